// Hours of a site or a bench. For this module only.
#pragma once

#include "benchd/config/v1/hours.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/model/hours.hpp"

namespace benchd::config {

// Without the zone.
[[nodiscard]] model::Hours check_hours(const v1::Hours& hours, const Checker& at);

}  // namespace benchd::config
