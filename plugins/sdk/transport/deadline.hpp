// Deadlines on the monotonic clock.
#pragma once

#include <algorithm>
#include <chrono>

namespace benchd::plugin::transport {

using Deadline = std::chrono::steady_clock::time_point;

[[nodiscard]] inline Deadline deadline_in(std::chrono::nanoseconds time) {
  return std::chrono::steady_clock::now() + time;
}

// Never negative.
[[nodiscard]] inline std::chrono::nanoseconds time_left(Deadline deadline) {
  return std::max(std::chrono::nanoseconds::zero(),
                  std::chrono::nanoseconds(deadline - std::chrono::steady_clock::now()));
}

// The earlier of the deadline and `limit` from now.
[[nodiscard]] inline Deadline at_most(Deadline deadline, std::chrono::nanoseconds limit) {
  return std::min(deadline, deadline_in(limit));
}

}  // namespace benchd::plugin::transport
