// `benchd check PATH…`: every mistake of every file, or of all files in a folder. No station or
// site is started and no device touched; plugins are asked what they think of their settings and
// signals (docs/adr/0010-check-asks-the-plugins.md).
#pragma once

#include <string>
#include <vector>

namespace benchd::app {

// Prints a line for each mistake to stdout; the process's exit code: 0 without any, else 1.
[[nodiscard]] int check_files(const std::vector<std::string>& paths);

}  // namespace benchd::app
