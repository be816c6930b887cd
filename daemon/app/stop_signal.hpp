// Waits for the order to stop: SIGTERM or SIGINT, or a reason from inside the process.
#pragma once

#include <optional>

#include "daemon/base/result.hpp"

namespace benchd::app {

// Blocks SIGTERM and SIGINT for this thread and those it starts from now on, and ignores SIGPIPE.
// Once, at the beginning of main, before any thread.
void block_stop_signals();

// The next SIGTERM or SIGINT (nothing), or the error of an earlier or later `stop_with`. Main
// thread.
[[nodiscard]] std::optional<Error> wait_for_stop();

// Ends wait_for_stop() with an error: the process ends and its manager starts it again. Safe from
// any thread; the first error counts.
void stop_with(Error error);

}  // namespace benchd::app
