// Servo pulses for ESCs on digital lines: one clock for all, a pulse length for each.
//
//   Off --start (with the zero-throttle pulse)--> Running --stop--> Off, line low
//
// The T7 makes the pulses itself, jitter-free, in steps of 0.1 us; while it runs only CONFIG_A
// changes. What "running" says is what this process has done and proved, not what the device is
// doing now: see is_enabled.
//
// Confined to the device thread. Owned by the driver.
#pragma once

#include <map>

#include "plugins/labjack_t7/config.hpp"
#include "plugins/labjack_t7/link.hpp"

namespace benchd::plugin::labjack_t7 {

class ServoPwm {
 public:
  ServoPwm(const Config& config, Link& link) : config_(config), link_(link) {}

  // All lines off, clock set and running, pulses at zero throttle: ready, nothing goes out.
  [[nodiscard]] Result<void> prepare(Deadline deadline);

  // Sets the pulse and returns the length read back. A line that is off begins with the zero
  // throttle pulse or not at all: DEVICE_REFUSED for any other.
  [[nodiscard]] Result<double> set(int line, double pulse_us, Deadline deadline);

  // The pulse, as the device says; the zero-throttle pulse where there is none, because an ESC
  // takes that as zero.
  [[nodiscard]] Result<double> pulse_us(int line, Deadline deadline);

  // The line should put out pulses.
  [[nodiscard]] bool running(int line) const;
  // The line puts out pulses, as the device says.
  [[nodiscard]] Result<bool> is_enabled(int line, Deadline deadline);

  // Zero throttle for three periods, then no pulses, line low. Each step follows whatever became
  // of the one before; proved by readings.
  [[nodiscard]] Result<void> stop(int line, Deadline deadline);

  // After a reconnect nothing is known.
  void forget() { running_.clear(); }

 private:
  [[nodiscard]] std::uint32_t ticks_of(double pulse_us) const;
  [[nodiscard]] Result<void> set_clock(Deadline deadline);
  void rest_at_zero(Deadline deadline) const;

  const Config& config_;
  Link& link_;
  std::map<int, bool> running_;  // absent: unknown
};

}  // namespace benchd::plugin::labjack_t7
