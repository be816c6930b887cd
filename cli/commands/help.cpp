#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/version.hpp"

namespace benchd::cli {

// `help` itself is carried out before options are read; this makes it visible.
void add_help_commands(CommandTree& tree) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* help = tree.verb(&tree.root(), "help", "Explain a command, or the exit codes",
                             "benchctl help run start\nbenchctl help exit-codes",
                             [](Session&) -> Outcome<int> { return kExitOk; });
  help->add_option("COMMAND", *words, "The command");
  tree.verb(&tree.root(), "version", "Print the version", "benchctl version",
            [](Session& session) -> Outcome<int> {
              session.say("benchctl " + std::string(kVersion));
              return kExitOk;
            });
}

void add_all_commands(CommandTree& tree) {
  add_bench_commands(tree);
  add_slot_commands(tree);
  add_calendar_command(tree);
  add_booking_commands(tree);
  add_job_commands(tree);
  add_dut_commands(tree);
  add_sequence_commands(tree);
  add_run_commands(tree);
  add_result_commands(tree);
  add_channel_commands(tree);
  add_usage_command(tree);
  add_notify_commands(tree);
  add_outage_commands(tree);
  add_policy_commands(tree);
  add_config_commands(tree);
  add_completion_command(tree);
  add_help_commands(tree);
}

}  // namespace benchd::cli
