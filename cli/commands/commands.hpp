// The commands, one file for each noun.
#pragma once

#include <string>
#include <vector>

#include "cli/command_tree.hpp"
#include "cli/io.hpp"

namespace benchd::cli {

void add_bench_commands(CommandTree& tree);
void add_booking_commands(CommandTree& tree);
void add_calendar_command(CommandTree& tree);
void add_channel_commands(CommandTree& tree);
void add_completion_command(CommandTree& tree);
void add_config_commands(CommandTree& tree);
void add_dut_commands(CommandTree& tree);
void add_help_commands(CommandTree& tree);
void add_job_commands(CommandTree& tree);
void add_notify_commands(CommandTree& tree);
void add_outage_commands(CommandTree& tree);
void add_policy_commands(CommandTree& tree);
void add_result_commands(CommandTree& tree);
void add_run_commands(CommandTree& tree);
void add_sequence_commands(CommandTree& tree);
void add_slot_commands(CommandTree& tree);
void add_usage_command(CommandTree& tree);

void add_all_commands(CommandTree& tree);

// `benchctl __complete WORD…`, called by the completion scripts: candidates for the last word, one
// a line. Silent where the server cannot be asked, and quick.
int complete(Io& io,
             const CommandTree& tree,
             GlobalFlags& flags,
             const std::vector<std::string>& words);

}  // namespace benchd::cli
