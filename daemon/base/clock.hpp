// Time, passed in from outside so that a test drives it by hand.
//
// Durations, deadlines and the times of samples use the rig PC's monotonic clock; they never
// depend on the wall clock. Bookings are whole seconds UTC.
#pragma once

#include <chrono>
#include <cstdint>

namespace benchd {

using Nanoseconds = std::chrono::nanoseconds;

// CLOCK_MONOTONIC of this machine and boot; the same in every process on it.
struct MonotonicClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};
using MonotonicTime = MonotonicClock::time_point;

// Whole seconds UTC: bookings, claims, slots.
using UtcSeconds = std::chrono::sys_seconds;
// UTC with microseconds: audit entries, run starts.
using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual MonotonicTime monotonic_now() const = 0;
  [[nodiscard]] virtual UtcTime utc_now() const = 0;

  [[nodiscard]] UtcSeconds utc_seconds_now() const {
    return std::chrono::floor<std::chrono::seconds>(utc_now());
  }
};

// The machine's own clocks. Safe from any thread.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime monotonic_now() const override;
  [[nodiscard]] UtcTime utc_now() const override;
};

}  // namespace benchd
