// `booking change` and `booking confirm`.
#pragma once

#include <CLI/App.hpp>

#include "cli/command_tree.hpp"

namespace benchd::cli {

void add_booking_change(CommandTree& tree, CLI::App* noun);

}  // namespace benchd::cli
