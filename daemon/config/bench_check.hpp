// One bench of a station file. For this module only.
#pragma once

#include <vector>

#include "benchd/config/v1/station.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/model/station.hpp"

namespace benchd::config {

[[nodiscard]] model::Bench check_bench(const v1::Bench& bench,
                                       const std::vector<model::Device>& devices,
                                       const Checker& at);

}  // namespace benchd::config
