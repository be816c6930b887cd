// What the T7 can measure and set, by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace benchd::plugin::labjack_t7 {

enum class SignalKind {
  Voltage,      // AINn, V
  Temperature,  // AINn_TEMPERATURE, K, by a thermocouple
  Frequency,    // DIOn_FREQUENCY, Hz
  Line,         // DIOn, FIOn, EIOn: 0 or 1, read only
  Pulse,        // PWMn, us: the length of the servo pulse at DIOn
  Output,       // DACn, V
};

struct Signal {
  std::string name;  // as the station file spells it
  SignalKind kind = SignalKind::Voltage;
  int number = 0;  // of the input, line or output
};

// Upper and lower case are the same. Nothing for an unknown name or number.
[[nodiscard]] std::optional<Signal> parse_signal(std::string_view name);

// "AIN0 to AIN13" for "AIN77": the names that differ from an unknown one in the number only. Empty
// where there are none.
[[nodiscard]] std::string names_like(std::string_view name);

// The UCUM unit of the raw value.
[[nodiscard]] std::string unit_of(SignalKind kind);

}  // namespace benchd::plugin::labjack_t7
