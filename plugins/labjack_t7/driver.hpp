// Drives a LabJack T7: analog inputs, thermocouples, pulse frequencies, digital lines, servo
// pulses for ESCs, analog outputs.
//
// Confined to the SDK's device thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "plugins/labjack_t7/config.hpp"
#include "plugins/labjack_t7/link.hpp"
#include "plugins/labjack_t7/servo_pwm.hpp"
#include "plugins/labjack_t7/watchdog.hpp"

namespace benchd::plugin::labjack_t7 {

class T7Driver final : public Driver {
 public:
  T7Driver(Config config, transport::Endpoint endpoint);

  Result<Description> identify(Deadline deadline) override;
  // Sets the inputs, arms the watchdog and reads it back, and makes the PWM ready, in this order.
  Result<void> open(Deadline deadline) override;
  Result<std::vector<RawReading>> read(std::span<const std::string> signals,
                                       Deadline deadline) override;
  // Refused while the device's watchdog is not armed.
  Result<std::optional<double>> write(const std::string& signal,
                                      double raw,
                                      Deadline deadline) override;
  // Zero throttle, pulses off, lines low, DACs 0 V.
  Result<void> make_safe(std::string_view unit, Deadline deadline) override;
  // A watchdog that is not running, and pulses that have ended by themselves.
  Result<std::vector<Fault>> check(Deadline deadline) override;
  Result<void> keep_alive(Deadline deadline) override;
  void close(Deadline deadline) override;

 private:
  [[nodiscard]] Result<void> connect(Deadline deadline);
  [[nodiscard]] Result<void> require_identified();
  [[nodiscard]] Result<void> check_words(Deadline deadline);
  [[nodiscard]] Result<Description> read_identity(Deadline deadline);
  [[nodiscard]] Result<void> set_input(int number, const AnalogInput& input, Deadline deadline);
  [[nodiscard]] Result<void> set_frequency_in(int line, Deadline deadline);
  [[nodiscard]] const Signal* find_signal(std::string_view name) const;
  [[nodiscard]] SignalDescription describe(const Signal& signal) const;

  Config config_;
  Link link_;
  Watchdog watchdog_;
  ServoPwm pwm_;
  bool identified_ = false;  // since the connection was made
  bool reconnected_ = true;  // since identify last said so
};

// For run_plugin.
[[nodiscard]] Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup);

}  // namespace benchd::plugin::labjack_t7
