#include "plugins/sdk/src/station_watch.hpp"

namespace benchd::plugin::detail {

namespace {
constexpr int kMissedHeartbeats = 3;  // design, section 5
}  // namespace

StationWatch::StationWatch(std::chrono::nanoseconds handshake, MonotonicTime now)
    : idle_(handshake / kMissedHeartbeats),
      armed_interval_(handshake / kMissedHeartbeats),
      heard_(now) {}

void StationWatch::set_intervals(std::chrono::nanoseconds idle, std::chrono::nanoseconds armed) {
  idle_ = idle;
  armed_interval_ = armed;
}

std::chrono::nanoseconds StationWatch::interval() const { return armed_ ? armed_interval_ : idle_; }

MonotonicTime StationWatch::lost_at() const {
  return heard_.load() + kMissedHeartbeats * interval();
}

bool StationWatch::fresh(MonotonicTime now) const {
  return !disconnected_ && now < heard_.load() + 2 * interval();
}

}  // namespace benchd::plugin::detail
