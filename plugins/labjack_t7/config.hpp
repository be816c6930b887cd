// How one T7 is wired and used: the settings and signals of the station file, checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/error.hpp"
#include "plugins/labjack_t7/signals.hpp"

namespace benchd::plugin::labjack_t7 {

struct AnalogInput {
  double range_v = 10.0;       // 10, 1, 0.1 or 0.01
  int negative = 199;          // the other input of a pair, or 199 = ground
  int resolution = 0;          // 0 = the device's default, up to 12
  double settling_us = 0.0;    // 0 = the device's default
  std::uint32_t ef_index = 0;  // 20..30: thermocouple of a type
};

struct Config {
  std::vector<Signal> signals;              // of the channels, each once
  std::map<int, AnalogInput> inputs;        // that are used
  std::vector<int> frequency_lines;         // DIOn with frequency in
  std::vector<int> pwm_lines;               // DIOn with servo pulses
  double pwm_frequency_hz = 50.0;           // 50..400
  double pwm_zero_us = 1000.0;              // the pulse that means zero throttle
  double pwm_max_us = 2000.0;               // the longest pulse
  std::uint32_t watchdog_s = 1;             // time-out of the device's watchdog
  std::uint32_t watchdog_key = 0x62656E63;  // "benc": no accident writes it
};

// CONFIG_INVALID with everything that is wrong, each with a suggestion. Settings:
//   ain0_range: 1 V            10 (default), 1, 0.1 or 0.01
//   ain0_negative: AIN1        for a differential pair; GND (default)
//   ain0_resolution: 8         0 (default) to 12
//   ain0_settling: 100 us
//   ain6_thermocouple: K       E J K R T S N B C
//   pwm_frequency: 50 Hz       50 (default) to 400
//   pwm_zero: 1000 us          the pulse that means zero throttle
//   pwm_max: 2000 us
//   watchdog: 1 s              whole seconds, 1 to 60
[[nodiscard]] Result<Config> read_config(const v1::Setup& setup);

}  // namespace benchd::plugin::labjack_t7
