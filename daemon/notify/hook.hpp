// The site's command. For this module only.
#pragma once

#include <chrono>
#include <string>

#include "daemon/base/result.hpp"

namespace benchd::notify {

// Runs the command with `input` on its standard input and the id in its environment, nothing else
// of ours: no descriptor, no variable but PATH. UNAVAILABLE unless it exits with 0 in time; what it
// has started goes with it.
[[nodiscard]] Status run_hook(const std::string& command,
                              const std::string& id,
                              const std::string& input,
                              std::chrono::milliseconds at_most);

}  // namespace benchd::notify
