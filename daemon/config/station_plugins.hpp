// What a station file says of plugins, against those that there are. For this module only.
#pragma once

#include "benchd/config/v1/station.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/config/files.hpp"

namespace benchd::config {

// Reports each device whose plugin is not among those of `around`, and what the plugins of the
// others say of their settings and signals. `at` is the station, `checked` what has been made of
// it, `profiles` those that are right: a device whose profile is not there is not asked about.
void check_plugins(const v1::Station& station,
                   const model::Station& checked,
                   const Profiles& profiles,
                   const Surroundings& around,
                   const Checker& at);

}  // namespace benchd::config
