// Machines to be tested: made from the rest of a sequence's text, and the stops they are given.
#pragma once

#include <stdexcept>
#include <string_view>
#include <utility>

#include "daemon/sequence/machine.hpp"
#include "tests/unit/sequence/simulated_driver.hpp"
#include "tests/unit/sequence/test_bench.hpp"

namespace benchd::sequence {

inline SimulatedDriver driver_of(std::string_view rest,
                                 const Environment& bench = thrust_stand(),
                                 const Arguments& arguments = {}) {
  auto machine = Machine::create(sequence_of(rest), arguments, bench);
  if (!machine) throw std::runtime_error(machine.error().to_string());
  return {std::move(*machine), bench};
}

inline StopRequest soft_stop() {
  return {StopKind::Soft, model::Verdict::Aborted, Reason::RunStopped, "by alice"};
}
inline StopRequest hard_stop() {
  return {StopKind::Hard, model::Verdict::Aborted, Reason::RunStopped, "by alice"};
}

inline constexpr std::string_view kHold = R"(
  steps: [{hold: 10 s}]
  cleanup: [{set: {supply_output: off}}]
)";

inline constexpr std::string_view kThreeLevels = R"(
  steps:
    - sweep:
        channel: throttle
        levels: range(20 %, 40 %, 10 %)
        as: target
        rate: 20 %/s
        settle: 1 s
        steps:
          - measure: {as: level, channels: [thrust], count: "50", statistics: [mean]}
          - log: "{target} gives {level.thrust.mean}"
    - check: {name: last level, value: level.thrust.mean, min: 39 N}
)";

}  // namespace benchd::sequence
