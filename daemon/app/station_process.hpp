// `benchd station NAME`: one station, until it is told to stop.
#pragma once

#include <string>

#include "daemon/base/result.hpp"

namespace benchd::app {

// Returns when the station was told to stop and every bench is safe. CONFIG_INVALID with every
// mistake of its files, STORE_UNUSABLE.
[[nodiscard]] Status run_station(const std::string& name);

}  // namespace benchd::app
