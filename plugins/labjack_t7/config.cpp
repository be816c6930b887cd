#include "plugins/labjack_t7/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/numbers.hpp"
#include "plugins/sdk/transport/problems.hpp"

namespace benchd::plugin::labjack_t7 {

using transport::Problems;

namespace {

// AIN extended feature index by thermocouple type, T-series data sheet 14.1.1.
constexpr std::array<std::pair<std::string_view, std::uint32_t>, 9> kThermocouples = {{
    {"E", 20},
    {"J", 21},
    {"K", 22},
    {"R", 23},
    {"T", 24},
    {"S", 25},
    {"N", 27},
    {"B", 28},
    {"C", 30},
}};

constexpr double kLeastServoHz = 50.0;
constexpr double kGreatestServoHz = 400.0;
constexpr double kLeastPulseUs = 500.0;
constexpr double kGreatestPulseUs = 2500.0;
constexpr double kLongestWatchdogS = 60.0;

// By the numbers that there are where only the number is wrong.
std::string hint_for(const std::string& signal, std::span<const std::string> known) {
  const auto names = names_like(signal);
  return names.empty() ? transport::suggestion(signal, known) : " There are: " + names + ".";
}

class Reader {
 public:
  explicit Reader(const v1::Setup& setup) : setup_(setup) {
    for (int n = 0; n < kAinCount; ++n) {
      for (const char* what : {"range", "negative", "resolution", "settling", "thermocouple"}) {
        known_.push_back("ain" + std::to_string(n) + "_" + what);
      }
    }
    for (const char* key : {"pwm_frequency", "pwm_zero", "pwm_max", "watchdog"}) {
      known_.emplace_back(key);
    }
  }

  Result<Config> read() {
    read_signals();
    for (const auto& setting : setup_.settings()) read_setting(setting.key(), setting.value());
    check_together();
    if (problems_.none()) return std::move(config_);
    return fail(problems_.error("device " + setup_.device()));
  }

 private:
  void read_signals();
  void use(const Signal& signal);
  void read_setting(const std::string& key, const std::string& value);
  void read_input_setting(const std::string& key,
                          const std::string& what,
                          int n,
                          const std::string& value);
  void read_device_setting(const std::string& key, const std::string& value);
  void read_negative(const std::string& key, int n, const std::string& value);
  void read_thermocouple(const std::string& key, int n, const std::string& value);
  void check_together();
  void report_shared_line(int line);

  // The number, where it is in the unit and `allowed`; else nothing, and the problem is noted.
  std::optional<double> number(const std::string& key,
                               const std::string& value,
                               const std::string& unit,
                               const std::function<bool(double)>& allowed,
                               const std::string& what_is_allowed) {
    const auto found = transport::finite_in(value, unit);
    if (found && allowed(*found)) return found;
    problems_.add_setting(key,
                          "'" + value + "' is not possible; it may be " + what_is_allowed + ".");
    return std::nullopt;
  }

  const v1::Setup& setup_;
  Problems problems_;
  Config config_;
  std::vector<std::string> known_;
};

void Reader::use(const Signal& signal) {
  const auto add_once = [](std::vector<int>& lines, int n) {
    if (std::ranges::find(lines, n) == lines.end()) lines.push_back(n);
  };
  switch (signal.kind) {
    case SignalKind::Voltage:
    case SignalKind::Temperature:
      config_.inputs.try_emplace(signal.number);
      break;
    case SignalKind::Frequency:
      add_once(config_.frequency_lines, signal.number);
      break;
    case SignalKind::Pulse:
      add_once(config_.pwm_lines, signal.number);
      break;
    case SignalKind::Line:
    case SignalKind::Output:
      break;
  }
}

void Reader::read_signals() {
  static const std::vector<std::string> kNames = {
      "AIN0", "AIN0_TEMPERATURE", "DIO0_FREQUENCY", "FIO0", "EIO0", "DIO0", "PWM0", "DAC0"};
  for (const auto& channel : setup_.channels()) {
    const auto signal = parse_signal(channel.signal());
    if (!signal) {
      problems_.add_channel(channel.channel(), "there is no signal '" + channel.signal() + "'." +
                                                   hint_for(channel.signal(), kNames));
      continue;
    }
    use(*signal);
    const bool is_new = std::ranges::none_of(
        config_.signals, [&](const Signal& other) { return other.name == signal->name; });
    if (is_new) config_.signals.push_back(*signal);
  }
}

void Reader::read_setting(const std::string& key, const std::string& value) {
  if (std::ranges::find(known_, key) == known_.end()) {
    static const std::vector<std::string> kExamples = {
        "ain0_range",    "ain0_negative", "ain0_resolution", "ain0_settling", "ain0_thermocouple",
        "pwm_frequency", "pwm_zero",      "pwm_max",         "watchdog"};
    problems_.add_setting(key, "it is unknown." + transport::suggestion(key, kExamples));
    return;
  }
  const auto underscore = key.find('_');
  if (!key.starts_with("ain")) return read_device_setting(key, value);
  int n = 0;
  std::from_chars(key.data() + 3, key.data() + underscore, n);
  read_input_setting(key, key.substr(underscore + 1), n, value);
}

void Reader::read_input_setting(const std::string& key,
                                const std::string& what,
                                int n,
                                const std::string& value) {
  AnalogInput& input = config_.inputs[n];
  if (what == "negative") return read_negative(key, n, value);
  if (what == "thermocouple") return read_thermocouple(key, n, value);
  if (what == "range") {
    const auto is_range = [](double v) { return v == 10.0 || v == 1.0 || v == 0.1 || v == 0.01; };
    input.range_v = number(key, value, "V", is_range, "10 V, 1 V, 0.1 V or 0.01 V").value_or(10.0);
  } else if (what == "resolution") {
    const auto is_index = [](double v) { return v >= 0 && v <= 12 && v == std::floor(v); };
    input.resolution = static_cast<int>(number(key, value, "1", is_index, "0 to 12").value_or(0));
  } else {
    const auto is_time = [](double v) { return v >= 0 && v <= 50'000; };
    input.settling_us = number(key, value, "us", is_time, "0 us to 50000 us").value_or(0.0);
  }
}

void Reader::read_negative(const std::string& key, int n, const std::string& value) {
  const std::string partner = "AIN" + std::to_string(n + 1);
  if (transport::equal_ignoring_case(value, "GND")) return;
  if (n % 2 == 0 && transport::equal_ignoring_case(value, partner)) {
    config_.inputs[n].negative = n + 1;
    return;
  }
  problems_.add_setting(
      key, "'" + value + "' is not possible; it may be " +
               (n % 2 == 0 ? partner + " or GND." : "GND, since pairs begin at even inputs."));
}

void Reader::read_thermocouple(const std::string& key, int n, const std::string& value) {
  for (const auto& [type, index] : kThermocouples) {
    if (!transport::equal_ignoring_case(value, type)) continue;
    config_.inputs[n].ef_index = index;
    return;
  }
  problems_.add_setting(
      key, "'" + value + "' is no thermocouple type; it may be E, J, K, R, T, S, N, B or C.");
}

void Reader::read_device_setting(const std::string& key, const std::string& value) {
  const auto is_pulse = [](double v) { return v >= kLeastPulseUs && v <= kGreatestPulseUs; };
  if (key == "pwm_frequency") {
    const auto is_rate = [](double v) { return v >= kLeastServoHz && v <= kGreatestServoHz; };
    config_.pwm_frequency_hz =
        number(key, value, "Hz", is_rate, "50 Hz to 400 Hz").value_or(config_.pwm_frequency_hz);
  } else if (key == "pwm_zero") {
    config_.pwm_zero_us =
        number(key, value, "us", is_pulse, "500 us to 2500 us").value_or(config_.pwm_zero_us);
  } else if (key == "pwm_max") {
    config_.pwm_max_us =
        number(key, value, "us", is_pulse, "500 us to 2500 us").value_or(config_.pwm_max_us);
  } else {
    const auto is_time = [](double v) {
      return v >= 1 && v <= kLongestWatchdogS && v == std::floor(v);
    };
    config_.watchdog_s = static_cast<std::uint32_t>(
        number(key, value, "s", is_time, "whole seconds from 1 s to 60 s").value_or(1.0));
  }
}

void Reader::check_together() {
  if (config_.pwm_zero_us >= config_.pwm_max_us) {
    problems_.add_setting("pwm_zero", "the zero-throttle pulse must be shorter than pwm_max.");
  }
  if (config_.pwm_max_us * config_.pwm_frequency_hz >= 1e6) {
    problems_.add_setting("pwm_max",
                          "the pulse is longer than its period, which pwm_frequency gives.");
  }
  for (const Signal& signal : config_.signals) {
    if (signal.kind != SignalKind::Temperature || config_.inputs[signal.number].ef_index != 0) {
      continue;
    }
    problems_.add_setting("ain" + std::to_string(signal.number) + "_thermocouple",
                          "it is missing; the signal " + signal.name +
                              " needs to know which thermocouple it is, e.g. K.");
  }
  for (const int line : config_.frequency_lines) {
    if (std::ranges::find(config_.pwm_lines, line) == config_.pwm_lines.end()) continue;
    report_shared_line(line);
  }
}

void Reader::report_shared_line(int line) {
  for (const auto& channel : setup_.channels()) {
    const auto signal = parse_signal(channel.signal());
    if (!signal || signal->kind != SignalKind::Frequency || signal->number != line) continue;
    problems_.add_channel(channel.channel(),
                          "DIO" + std::to_string(line) + " cannot put out pulses and count them.");
  }
}

}  // namespace

Result<Config> read_config(const v1::Setup& setup) { return Reader(setup).read(); }

}  // namespace benchd::plugin::labjack_t7
