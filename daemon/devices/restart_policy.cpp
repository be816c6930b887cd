#include "daemon/devices/restart_policy.hpp"

namespace benchd::devices {

std::optional<Nanoseconds> RestartPolicy::crashed(MonotonicTime now) {
  while (!crashes_.empty() && now - crashes_.front() >= kWindow) crashes_.pop_front();
  crashes_.push_back(now);
  if (crashes_.size() >= kMostCrashes) return std::nullopt;
  return crashes_.size() == 1 ? Nanoseconds{0} : pause_;
}

}  // namespace benchd::devices
