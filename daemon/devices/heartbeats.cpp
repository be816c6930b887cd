#include "daemon/devices/heartbeats.hpp"

namespace benchd::devices {

bool Heartbeats::answered(std::int64_t number) {
  if (number <= answered_ || number > sent_) return false;
  answered_ = number;
  return true;
}

}  // namespace benchd::devices
