// Counts heartbeats and their answers. Pure.
#pragma once

#include <cstdint>

namespace benchd::devices {

class Heartbeats {
 public:
  // Three unanswered ones mean that the other side hangs (design, section 5).
  static constexpr std::int64_t kMissedMeansLost = 3;

  // The number of the next one.
  [[nodiscard]] std::int64_t send() { return ++sent_; }
  // False for a number that was never sent, or was answered before.
  [[nodiscard]] bool answered(std::int64_t number);
  [[nodiscard]] bool lost() const { return sent_ - answered_ >= kMissedMeansLost; }

 private:
  std::int64_t sent_ = 0;
  std::int64_t answered_ = 0;
};

}  // namespace benchd::devices
