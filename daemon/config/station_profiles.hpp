// What a station file says of profiles, against the folder that holds them. For this module only.
#pragma once

#include <filesystem>

#include "benchd/config/v1/station.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/config/files.hpp"

namespace benchd::config {

// Reports each device whose profile is not in the folder (NAME.yaml) or has mistakes of its own,
// and each channel whose signal its device's profile does not have. `at` is the station. Returns
// the profiles that are right.
Profiles check_profiles(const v1::Station& station,
                        const std::filesystem::path& folder,
                        const Checker& at);

}  // namespace benchd::config
