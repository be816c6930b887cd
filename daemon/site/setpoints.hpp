// Setpoints that a person writes by hand, checked before a station is asked. For this module only.
#pragma once

#include <string>
#include <vector>

#include "benchd/v1/control.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/model/dut.hpp"
#include "daemon/model/station.hpp"

namespace benchd::site {

// In the units of their channels, in the order of the request. `layout` empty: the bench's first.
// `dut`: nullptr for none.
//
// INVALID_ARGUMENT (no number, a channel that is only measured), UNKNOWN_CHANNEL, UNKNOWN_UNIT,
// UNIT_MISMATCH, OUT_OF_RANGE, DUT_RATING_EXCEEDED: the first that is wrong, named by its field.
// Pure.
[[nodiscard]] Result<std::vector<model::ChannelWrite>> read_setpoints(
    const google::protobuf::RepeatedPtrField<v1::ChannelSetpoint>& setpoints,
    const model::Bench& bench,
    const std::string& layout,
    const model::Dut* dut);

}  // namespace benchd::site
