// The exit codes of benchctl, the same for all commands. `benchctl help exit-codes` prints them.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/base/reason.hpp"

namespace benchd::cli {

enum ExitCode : int {
  kExitOk = 0,         // also for an empty list
  kExitFailure = 1,    // anything that has no code of its own
  kExitUsage = 2,      // wrong arguments or values
  kExitCancelled = 3,  // the answer to a question was no, or a wait timed out
  kExitNotSignedIn = 4,
  kExitNotFound = 5,  // denied or not found: one code, so that existence does not leak
  kExitRefused = 6,   // a conflict, or a rule says no
  kExitUnreachable = 7,
  kExitInconclusive = 20,  // 20, 30 and 50 are the verdicts' codes of OpenTAP
  kExitTestFailed = 30,
  kExitBenchError = 50,  // run aborted, or a fault of the bench
  kExitInterrupted = 130,
};

// What a failed call exits with. `reason` decides where it says more than the code.
[[nodiscard]] int exit_code_of(Code code, std::optional<Reason> reason);

// The help topic.
[[nodiscard]] std::string_view exit_code_help();

}  // namespace benchd::cli
