// Whether the station is still there. Three intervals without a word, or the end of the
// connection, mean that it is lost, for good.
//
// Safe from any thread.
#pragma once

#include <atomic>
#include <chrono>

#include "benchd/plugin/deadline.hpp"

namespace benchd::plugin::detail {

class StationWatch {
 public:
  // Until Setup names the intervals of its heartbeats, the station has `handshake` for a word.
  StationWatch(std::chrono::nanoseconds handshake, MonotonicTime now);

  void set_intervals(std::chrono::nanoseconds idle, std::chrono::nanoseconds armed);
  void set_armed(bool armed) { armed_ = armed; }
  [[nodiscard]] bool armed() const { return armed_; }

  void heard(MonotonicTime now) { heard_ = now; }
  void disconnected() { disconnected_ = true; }

  // The present interval between heartbeats.
  [[nodiscard]] std::chrono::nanoseconds interval() const;
  // When the station is lost unless it is heard again.
  [[nodiscard]] MonotonicTime lost_at() const;
  [[nodiscard]] bool lost(MonotonicTime now) const { return disconnected_ || now >= lost_at(); }
  [[nodiscard]] bool connected() const { return !disconnected_; }
  // Its heartbeats arrive: none has been missed.
  [[nodiscard]] bool fresh(MonotonicTime now) const;

 private:
  std::atomic<std::chrono::nanoseconds> idle_;
  std::atomic<std::chrono::nanoseconds> armed_interval_;
  std::atomic<bool> armed_ = false;
  std::atomic<bool> disconnected_ = false;
  std::atomic<MonotonicTime> heard_;
};

}  // namespace benchd::plugin::detail
