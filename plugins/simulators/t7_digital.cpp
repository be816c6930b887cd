#include "plugins/simulators/t7_digital.hpp"

#include <string>

#include "plugins/simulators/t7_errors.hpp"
#include "plugins/simulators/wiring.hpp"

namespace benchd::simulators {
namespace {

using Type = RegisterMap::Type;

constexpr std::uint32_t kPwmOut = 0;
constexpr std::uint32_t kPeriodRising = 3;
constexpr std::uint32_t kPeriodFalling = 4;
constexpr std::uint32_t kFrequencyIn = 11;
constexpr std::uint32_t kAllLines = (1U << T7Digital::kLines) - 1U;
// A servo input takes pulses at these rates; others are noise to it (usual for hobby ESCs).
constexpr double kServoLowestHz = 40.0;
constexpr double kServoHighestHz = 500.0;

std::string line_name(int n, const char* what) { return "DIO" + std::to_string(n) + what; }
std::uint32_t bit(int n) { return 1U << static_cast<unsigned>(n); }

// T-series data sheet 13.2: PWM out works on FIO0 and FIO2..5, period in on FIO0 and FIO1.
bool pin_has(std::uint32_t index, int n) {
  if (index == kPwmOut) return n == 0 || (n >= 2 && n <= 5);
  if (index == kPeriodRising || index == kPeriodFalling) return n <= 1;
  return n <= 3 || n == 6 || n == 7;  // interrupt features
}

bool is_known(std::uint32_t index) {
  return index == kPwmOut || index == kPeriodRising || index == kPeriodFalling ||
         index == kFrequencyIn;
}

}  // namespace

T7Digital::T7Digital(ThrustBench& bench) : bench_(bench) {}

void T7Digital::add_registers(RegisterMap& map) {
  for (int n = 0; n < kLines; ++n) {
    add_line(map, n);
    add_feature(map, n);
    add_feature_results(map, n);
  }
  add_banks(map);
  for (int n = 0; n < 3; ++n) add_clock(map, n);
}

// Writing a line makes it an output, reading makes it an input: the T7's rule, and a trap.
void T7Digital::add_line(RegisterMap& map, int n) {
  map.add(
      nth_register(2000, n, 1), Type::U16, line_name(n, ""),
      [this, n](std::uint32_t& value) {
        if (!feature(n).enabled) write_direction(bit(n), 0);
        value = (states() & bit(n)) != 0 ? 1 : 0;
        return 0;
      },
      [this, n](std::uint32_t value) {
        write_direction(bit(n), kAllLines);
        write_state(bit(n), value != 0 ? kAllLines : 0);
        return 0;
      });
}

void T7Digital::add_banks(RegisterMap& map) {
  // The high byte of a written FIO bank value inhibits lines; reading gives zeros there.
  const auto lines_of = [](std::uint32_t value) { return ~(value >> 8U) & 0xFFU; };
  map.add(
      2500, Type::U16, "FIO_STATE",
      [this](std::uint32_t& value) { return value = states() & 0xFFU, 0; },
      [this, lines_of](std::uint32_t value) { return write_state(lines_of(value), value), 0; });
  map.add(
      2600, Type::U16, "FIO_DIRECTION",
      [this](std::uint32_t& value) { return value = direction_ & 0xFFU, 0; },
      [this, lines_of](std::uint32_t value) { return write_direction(lines_of(value), value), 0; });
  map.add(
      2800, Type::U32, "DIO_STATE", [this](std::uint32_t& value) { return value = states(), 0; },
      [this](std::uint32_t value) { return write_state(~inhibit_ & kAllLines, value), 0; });
  map.add(
      2850, Type::U32, "DIO_DIRECTION",
      [this](std::uint32_t& value) { return value = direction_, 0; },
      [this](std::uint32_t value) { return write_direction(~inhibit_ & kAllLines, value), 0; });
  map.add_u32(2900, "DIO_INHIBIT", inhibit_);
}

void T7Digital::add_feature(RegisterMap& map, int n) {
  Feature& entry = feature(n);
  map.add(
      nth_register(44000, n, 2), Type::U32, line_name(n, "_EF_ENABLE"),
      [&entry](std::uint32_t& value) { return value = entry.enabled ? 1 : 0, 0; },
      [this, n](std::uint32_t value) { return enable_feature(n, value != 0); });
  map.add(
      nth_register(44100, n, 2), Type::U32, line_name(n, "_EF_INDEX"),
      [&entry](std::uint32_t& value) { return value = entry.index, 0; },
      [this, n](std::uint32_t value) { return set_index(n, value); });
  map.add(
      nth_register(44200, n, 2), Type::U32, line_name(n, "_EF_OPTIONS"),
      [&entry](std::uint32_t& value) { return value = entry.clock, 0; },
      [this, n](std::uint32_t value) {
        if (value >= clocks_.size()) return t7_error::kDioEfClockOff;
        feature(n).clock = value;
        publish();
        return 0;
      });
  map.add(
      nth_register(44300, n, 2), Type::U32, line_name(n, "_EF_CONFIG_A"),
      [&entry](std::uint32_t& value) { return value = entry.config[0], 0; },
      [this, n](std::uint32_t value) { return set_config_a(n, value); });
  map.add_u32(nth_register(44400, n, 2), line_name(n, "_EF_CONFIG_B"), entry.config[1]);
  map.add_u32(nth_register(44500, n, 2), line_name(n, "_EF_CONFIG_C"), entry.config[2]);
  map.add_u32(nth_register(44600, n, 2), line_name(n, "_EF_CONFIG_D"), entry.config[3]);
}

void T7Digital::add_feature_results(RegisterMap& map, int n) {
  const auto result = [this, n](double factor, bool as_period, bool as_float) {
    return [this, n, factor, as_period, as_float](std::uint32_t& value) {
      double number = 0.0;
      const DeviceError error = read_feature(n, factor, as_period, number);
      value = as_float ? float_bits(number) : static_cast<std::uint32_t>(std::llround(number));
      return error;
    };
  };
  // Frequency in (11): READ_A and READ_A_F in Hz. Period in (3, 4): ticks, seconds, and Hz in B_F.
  map.add(nth_register(3000, n, 2), Type::U32, line_name(n, "_EF_READ_A"),
          result(kCoreClockHz, true, false));
  map.add(nth_register(3500, n, 2), Type::F32, line_name(n, "_EF_READ_A_F"),
          result(1.0, true, true));
  map.add(nth_register(3700, n, 2), Type::F32, line_name(n, "_EF_READ_B_F"),
          result(1.0, false, true));
}

DeviceError T7Digital::read_feature(int n, double factor, bool as_period, double& result) {
  const Feature& entry = feature(n);
  if (!entry.enabled) return t7_error::kEfInactive;
  const bool counts = n == wiring::kRpmDio && entry.index != kPwmOut;
  const double hz = !counts ? 0.0 : frozen_hz_.value_or(bench_.outputs().rpm_pulse_hz);
  if (entry.index == kFrequencyIn || !as_period) {
    result = hz;
  } else {
    result = hz > 0.0 ? factor / hz : 0.0;
  }
  return 0;
}

void T7Digital::add_clock(RegisterMap& map, int n) {
  Clock& clock = clocks_[static_cast<std::size_t>(n)];
  const std::string base = "DIO_EF_CLOCK" + std::to_string(n);
  const auto address = [n](int offset) { return nth_register(44900 + offset, n, 10); };
  map.add(
      address(0), Type::U16, base + "_ENABLE",
      [&clock](std::uint32_t& value) { return value = clock.enabled ? 1 : 0, 0; },
      [this, &clock](std::uint32_t value) {
        clock.enabled = value != 0;
        publish();
        return 0;
      });
  map.add(
      address(1), Type::U16, base + "_DIVISOR",
      [&clock](std::uint32_t& value) { return value = clock.divisor, 0; },
      [&clock](std::uint32_t value) {
        if (clock.enabled) return t7_error::kDioEfClockBusy;
        if (value == 0) value = 1;
        if (value > 256 || (value & (value - 1)) != 0) return t7_error::kDioEfBadDivisor;
        clock.divisor = static_cast<std::uint16_t>(value);
        return 0;
      });
  map.add_u32(address(2), base + "_OPTIONS", clock.options);
  map.add(
      address(4), Type::U32, base + "_ROLL_VALUE",
      [&clock](std::uint32_t& value) { return value = clock.roll, 0; },
      [&clock](std::uint32_t value) {
        if (clock.enabled) return t7_error::kDioEfClockBusy;
        clock.roll = value;
        return 0;
      });
  map.add(address(8), Type::U32, base + "_COUNT", [this, &clock](std::uint32_t& value) {
    const double ticks = bench_.plant_time_s() * kCoreClockHz / clock.divisor;
    value = clock.enabled
                ? static_cast<std::uint32_t>(static_cast<std::uint64_t>(ticks) %
                                             static_cast<std::uint64_t>(clock.period_ticks()))
                : 0;
    return 0;
  });
}

DeviceError T7Digital::enable_feature(int n, bool on) {
  Feature& entry = feature(n);
  const Clock& clock = clocks_[entry.clock];
  if (on && !pin_has(entry.index, n)) return t7_error::kDioEfPinUnsuitable;
  if (on && entry.index == kPwmOut) {
    if (!clock.enabled) return t7_error::kDioEfClockOff;
    if (entry.config[0] > clock.period_ticks()) return t7_error::kDioEfValueAbovePeriod;
  }
  entry.enabled = on;
  if (on) write_direction(bit(n), entry.index == kPwmOut ? kAllLines : 0);
  publish();
  return 0;
}

DeviceError T7Digital::set_index(int n, std::uint32_t index) {
  Feature& entry = feature(n);
  if (entry.enabled && index != entry.index) return t7_error::kDioEfIndexWhileEnabled;
  if (!is_known(index)) return t7_error::kDioEfIndexUnknown;
  entry.index = index;
  return 0;
}

DeviceError T7Digital::set_config_a(int n, std::uint32_t value) {
  Feature& entry = feature(n);
  const bool pwm = entry.enabled && entry.index == kPwmOut;
  if (pwm && value > clocks_[entry.clock].period_ticks()) return t7_error::kDioEfValueAbovePeriod;
  entry.config[0] = value;
  publish();
  return 0;
}

std::optional<double> T7Digital::pulse_us() const {
  const Feature& entry = features_[wiring::kPwmDio];
  const Clock& clock = clocks_[entry.clock];
  if (!entry.enabled || entry.index != kPwmOut || !clock.enabled) return std::nullopt;
  const double tick_s = clock.divisor / kCoreClockHz;
  const double rate_hz = 1.0 / (clock.period_ticks() * tick_s);
  const bool servo = rate_hz >= kServoLowestHz && rate_hz <= kServoHighestHz;
  if (!servo || entry.config[0] == 0) return std::nullopt;
  return entry.config[0] * tick_s * 1e6;
}

void T7Digital::publish() { bench_.set_pulse(pulse_us()); }

bool T7Digital::input_level(int n) const {
  return n == wiring::kEstopSenseDio ? bench_.estop_healthy() : true;  // others: pull-up
}

std::uint32_t T7Digital::states() const {
  std::uint32_t result = state_ & direction_;
  for (int n = 0; n < kLines; ++n) {
    if ((direction_ & bit(n)) == 0 && input_level(n)) result |= bit(n);
  }
  return result;
}

void T7Digital::write_state(std::uint32_t mask, std::uint32_t value) {
  state_ = (state_ & ~mask) | (value & mask);
}

void T7Digital::write_direction(std::uint32_t mask, std::uint32_t value) {
  direction_ = (direction_ & ~mask) | (value & mask);
}

void T7Digital::force_lines(std::uint32_t direction, std::uint32_t state, std::uint32_t inhibit) {
  const std::uint32_t lines = ~inhibit & kAllLines;
  for (int n = 0; n < kLines; ++n) {
    if ((lines & bit(n)) != 0) feature(n).enabled = false;
  }
  write_direction(lines, direction);
  write_state(lines, state);
  publish();
}

void T7Digital::freeze(bool on) {
  frozen_hz_.reset();
  if (on) frozen_hz_ = bench_.outputs().rpm_pulse_hz;
}

void T7Digital::reset() {
  features_ = {};
  clocks_ = {};
  direction_ = state_ = inhibit_ = 0;
  publish();
}

}  // namespace benchd::simulators
