// benchctl as a function, so that tests run it as it is.
#pragma once

#include <string>
#include <vector>

#include "cli/io.hpp"

namespace benchd::cli {

// Carries out one command line (without the program's name); the exit code.
[[nodiscard]] int run_benchctl(const std::vector<std::string>& words, Io& io);

}  // namespace benchd::cli
