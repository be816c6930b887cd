#pragma once

#include <CLI/App.hpp>

#include "cli/command_tree.hpp"

namespace benchd::cli {

// Reads what the bench can read, asks the rest, confirms, and arms.
void add_booking_setup(CommandTree& tree, CLI::App* noun);

}  // namespace benchd::cli
