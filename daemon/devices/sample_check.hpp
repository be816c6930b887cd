// Whether a batch of samples is what the contract says: a plugin that lies must not reach limits
// and recordings. Pure.
#pragma once

#include <set>
#include <string>

#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::devices {

// The first thing that is wrong: PLUGIN_FAILED. `channels` are those that the device carries.
[[nodiscard]] Status check_samples(const benchd::plugin::v1::StreamSamplesResponse& batch,
                                   const std::set<std::string>& channels,
                                   MonotonicTime now);

}  // namespace benchd::devices
