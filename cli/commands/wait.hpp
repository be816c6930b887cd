// `run wait` and `booking wait`: block until a state is reached.
#pragma once

#include <CLI/App.hpp>

#include "cli/command_tree.hpp"

namespace benchd::cli {

// kExitCancelled when --timeout has passed; kExitFailure when the state can no longer be reached.
void add_run_wait(CommandTree& tree, CLI::App* noun);
void add_booking_wait(CommandTree& tree, CLI::App* noun);

}  // namespace benchd::cli
