// `benchd site`: the site, until it is told to stop.
#pragma once

#include "daemon/base/result.hpp"

namespace benchd::app {

// CONFIG_INVALID with every mistake of the site file, STORE_UNUSABLE, STORAGE_FAILED (the disk
// failed while it ran: to be started again).
[[nodiscard]] Status run_site();

}  // namespace benchd::app
