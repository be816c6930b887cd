// What a plugin is told of its device, from the station file.
#pragma once

#include <map>
#include <string>

#include "benchd/config/v1/profile.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/devices/device_session.hpp"
#include "daemon/model/station.hpp"

namespace benchd::station {

// With the channels of all benches that the device carries. CONFIG_INVALID when its profile is not
// among `profiles`.
[[nodiscard]] Result<devices::DeviceSetup> device_setup(
    const model::Station& station,
    const model::Device& device,
    const std::map<std::string, config::v1::Profile>& profiles);

}  // namespace benchd::station
