// Limits and interlocks of a bench. For this module only.
#pragma once

#include <vector>

#include "benchd/config/v1/station.pb.h"

#include "daemon/config/channel_check.hpp"
#include "daemon/config/checker.hpp"
#include "daemon/model/station.hpp"

namespace benchd::config {

[[nodiscard]] model::Limit check_limit(const v1::Limit& limit,
                                       const ChannelBook& channels,
                                       const Checker& at);

// A layout's limit with the name of one of the bench's must be the narrower of the two.
void check_narrower(const model::Limit& limit,
                    const std::vector<model::Limit>& of_bench,
                    const ChannelBook& channels,
                    const Checker& at);

[[nodiscard]] model::Interlock check_interlock(const v1::Interlock& interlock,
                                               const ChannelBook& channels,
                                               const Checker& at);

}  // namespace benchd::config
