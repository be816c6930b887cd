// When a plugin that has crashed is started again: at once, then after a pause; the third crash
// within ten minutes leaves it down (reliability.md 3b). Pure.
#pragma once

#include <deque>
#include <optional>

#include "daemon/base/clock.hpp"

namespace benchd::devices {

class RestartPolicy {
 public:
  static constexpr std::size_t kMostCrashes = 3;
  static constexpr Nanoseconds kWindow = std::chrono::minutes(10);

  explicit RestartPolicy(Nanoseconds pause) : pause_(pause) {}

  // How long to wait before the next start; empty = stay down.
  [[nodiscard]] std::optional<Nanoseconds> crashed(MonotonicTime now);
  void forget() { crashes_.clear(); }

 private:
  Nanoseconds pause_;
  std::deque<MonotonicTime> crashes_;
};

}  // namespace benchd::devices
