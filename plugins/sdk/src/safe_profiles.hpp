// What makes each unit harmless in the present phase, as the station said last.
// Safe from any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

namespace benchd::plugin::detail {

// A step of the profiles of several units, merged in time.
struct TimedStep {
  std::chrono::nanoseconds after{0};  // since the beginning
  std::string unit;
  v1::ChannelValue write;
};

class SafeProfiles {
 public:
  void store(v1::SafeProfile profile);
  [[nodiscard]] bool any_armed() const;
  // The steps of one unit ("" = all), ordered by time; steps of one unit keep their order.
  [[nodiscard]] std::vector<TimedStep> steps(const std::string& unit) const;

 private:
  mutable std::mutex mutex_;
  std::vector<v1::SafeProfile> profiles_;  // one for each unit, in the order of their first arrival
};

}  // namespace benchd::plugin::detail
