// Points in time on CLOCK_MONOTONIC, which all processes of a machine share.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace benchd::plugin {

// std::chrono::steady_clock is CLOCK_MONOTONIC on Linux.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

[[nodiscard]] inline MonotonicTime monotonic_now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now());
}

// Until when a call may block. A driver may ask for the remaining time as often as it likes; it
// is never negative.
class Deadline {
 public:
  explicit Deadline(MonotonicTime when) : when_(when) {}
  [[nodiscard]] static Deadline in(std::chrono::nanoseconds time) {
    return Deadline(monotonic_now() + time);
  }

  [[nodiscard]] MonotonicTime when() const { return when_; }
  [[nodiscard]] bool passed() const { return monotonic_now() >= when_; }
  [[nodiscard]] std::chrono::nanoseconds remaining() const {
    return std::max(when_ - monotonic_now(), std::chrono::nanoseconds(0));
  }
  // For poll(2) and the like; rounded up, so that it is 0 only when the deadline has passed.
  [[nodiscard]] int remaining_ms() const {
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(remaining()).count());
  }
  // The earlier one of this and `time` from now: for one of several steps of a call.
  [[nodiscard]] Deadline within(std::chrono::nanoseconds time) const {
    return Deadline(std::min(when_, monotonic_now() + time));
  }

 private:
  MonotonicTime when_;
};

}  // namespace benchd::plugin
