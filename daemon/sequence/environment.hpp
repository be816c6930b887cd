// What the check and the step machine know of the bench.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/model/booking.hpp"
#include "daemon/model/station.hpp"

namespace benchd::sequence {

// Values of parameters as a person writes them: "14.8 V", "on", and for lists "20 %, 30 %" or
// "range(20 %, 80 %, 10 %)". Parameters that are not named have their defaults.
using Arguments = std::vector<model::ParameterValue>;

// A bench as a sequence sees it. A value.
struct Environment {
  std::vector<model::Channel> channels;
  // The layout's limits in front of the bench's, both hold.
  std::vector<model::Limit> limits;
  // Setpoints of writable channels at the start of the run, in the channel's unit, where they are
  // known to differ from the safe value: a bench is in its safe state before it is armed.
  std::map<std::string, double, std::less<>> setpoints;
  // Zeros stored for channels at the start of the run, in the channel's unit.
  std::map<std::string, double, std::less<>> zeros;
  // Interval between the setpoints of a ramp and between two looks at a `wait_until` condition.
  Nanoseconds tick = std::chrono::milliseconds(50);

  // Null if there is no such channel.
  [[nodiscard]] const model::Channel* find_channel(std::string_view name) const;
};

// With the channels and limits of the bench, the limits of the layout and the writes of arming.
[[nodiscard]] Environment environment_of(const model::Bench& bench, std::string_view layout = {});

}  // namespace benchd::sequence
