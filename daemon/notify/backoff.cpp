#include "daemon/notify/backoff.hpp"

#include <algorithm>

namespace benchd::notify {

std::chrono::seconds delay_after(int failures) {
  constexpr std::chrono::seconds kFirst{10};
  constexpr std::chrono::seconds kLongest = std::chrono::hours{1};
  constexpr int kDoublings = 9;  // beyond the longest
  return std::min(kFirst * (1 << std::clamp(failures - 1, 0, kDoublings)), kLongest);
}

}  // namespace benchd::notify
