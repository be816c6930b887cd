#include "plugins/labjack_t7/signals.hpp"

#include <array>
#include <charconv>

#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

struct Form {
  std::string_view before;
  std::string_view after;
  SignalKind kind;
  int count;      // how many there are
  int first = 0;  // number of the first line
};

constexpr std::array<Form, 8> kForms = {{
    {"AIN", "_TEMPERATURE", SignalKind::Temperature, kAinCount},
    {"AIN", "", SignalKind::Voltage, kAinCount},
    {"DIO", "_FREQUENCY", SignalKind::Frequency, kDioCount},
    {"DIO", "", SignalKind::Line, kDioCount},
    {"FIO", "", SignalKind::Line, 8},
    {"EIO", "", SignalKind::Line, 8, 8},
    {"PWM", "", SignalKind::Pulse, 6},
    {"DAC", "", SignalKind::Output, kDacCount},
}};

// Whatever the number: it may be one that there is not.
std::optional<int> any_number_between(std::string_view name, const Form& form) {
  if (name.size() <= form.before.size() + form.after.size()) return std::nullopt;
  const auto before = name.substr(0, form.before.size());
  const auto after = name.substr(name.size() - form.after.size());
  if (!transport::equal_ignoring_case(before, form.before)) return std::nullopt;
  if (!transport::equal_ignoring_case(after, form.after)) return std::nullopt;
  const auto digits = name.substr(before.size(), name.size() - before.size() - form.after.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<int> number_between(std::string_view name, const Form& form) {
  const auto number = any_number_between(name, form);
  if (!number || *number < 0 || *number >= form.count) return std::nullopt;
  return *number + form.first;
}

}  // namespace

std::optional<Signal> parse_signal(std::string_view name) {
  for (const Form& form : kForms) {
    const auto number = number_between(name, form);
    if (!number) continue;
    // T-series data sheet, 13.2: PWM out is at FIO0 and FIO2..5.
    if (form.kind == SignalKind::Pulse && *number == 1) return std::nullopt;
    return Signal{std::string(name), form.kind, *number};
  }
  return std::nullopt;
}

std::string names_like(std::string_view name) {
  for (const Form& form : kForms) {
    if (!any_number_between(name, form)) continue;
    const auto named = [&](int number) {
      return std::string(form.before) + std::to_string(number) + std::string(form.after);
    };
    const bool is_pulse = form.kind == SignalKind::Pulse;
    return (is_pulse ? named(0) + ", " + named(2) : named(0)) + " to " + named(form.count - 1);
  }
  return {};
}

std::string unit_of(SignalKind kind) {
  switch (kind) {
    case SignalKind::Voltage:
    case SignalKind::Output:
      return "V";
    case SignalKind::Temperature:
      return "K";
    case SignalKind::Frequency:
      return "Hz";
    case SignalKind::Pulse:
      return "us";
    case SignalKind::Line:
      break;
  }
  return "1";
}

}  // namespace benchd::plugin::labjack_t7
