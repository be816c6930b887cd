// `benchd check PATH…`: every mistake of every file, or of all files in a folder; nothing is
// started.
#pragma once

#include <string>
#include <vector>

namespace benchd::app {

// Prints a line for each mistake to stdout; the process's exit code: 0 without any, else 1.
[[nodiscard]] int check_files(const std::vector<std::string>& paths);

}  // namespace benchd::app
