// `benchd check FILE…`: every mistake of every file, and nothing is started.
#pragma once

#include <string>
#include <vector>

namespace benchd::app {

// Prints a line for each mistake to stdout; the process's exit code: 0 without any, else 1.
[[nodiscard]] int check_files(const std::vector<std::string>& files);

}  // namespace benchd::app
