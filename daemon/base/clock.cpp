#include "daemon/base/clock.hpp"

#include <ctime>

namespace benchd {

MonotonicTime MonotonicClock::now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return MonotonicTime{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

MonotonicTime SystemClock::monotonic_now() const { return MonotonicClock::now(); }

UtcTime SystemClock::utc_now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace benchd
