// Which registers bring the signals that are wanted, in as few requests as possible.
//
// Confined to the device thread. Owned by the driver.
#pragma once

#include <span>
#include <vector>

#include "benchd/plugin/driver.hpp"
#include "plugins/labjack_t7/config.hpp"
#include "plugins/labjack_t7/link.hpp"

namespace benchd::plugin::labjack_t7 {

// A run of registers that one request reads.
struct Run {
  int address = 0;
  int count = 0;
  friend bool operator==(const Run&, const Run&) = default;
};

// Pure. One run for all that are at most one input apart (what lies between is read and thrown
// away), else one each.
[[nodiscard]] std::vector<Run> runs_of(std::vector<Run> registers);

// Where a signal's value stands; pulses have no single place and are not read here.
[[nodiscard]] Run registers_of(const Signal& signal);

// Beyond the range the T7 gives about the limit, or -9999.
[[nodiscard]] RawReading voltage_reading(float volts, double range_v);

// Readings of all signals but pulses, which stay Bad.
[[nodiscard]] Result<std::vector<RawReading>> read_signals(std::span<const Signal> signals,
                                                           const Config& config,
                                                           Link& link,
                                                           Deadline deadline);

}  // namespace benchd::plugin::labjack_t7
