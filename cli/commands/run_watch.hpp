// Watching a run to its end, and telling how it ended.
#pragma once

#include <string>
#include <vector>

#include <benchd/v1/run.pb.h>

#include "cli/failure.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// Whether the run belongs to the person at this terminal: then Ctrl-C on an attended run asks for a
// soft stop. A mere watcher never stops anything.
enum class WatchAs { Starter, Watcher };

struct WatchOptions {
  WatchAs as = WatchAs::Watcher;
  std::vector<std::string> channels;
  bool samples = false;
  bool attended = false;  // known from the start, before the first message has come
};

// Watches until the run has ended and says the verdict; the verdict's exit code. Goes on by itself
// when the server was away, and says so. kExitInterrupted after the second Ctrl-C.
[[nodiscard]] Outcome<int> watch_run(Session& session,
                                     const std::string& name,
                                     const WatchOptions& options);

// The run with its checks and measurements.
[[nodiscard]] Outcome<v1::Run> get_run(Session& session, const std::string& name);

// Verdict, checks, table; in all output formats.
void answer_run(Session& session, const v1::Run& run);

[[nodiscard]] bool has_ended(const v1::Run& run);

}  // namespace benchd::cli
