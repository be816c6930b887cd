#include "plugins/simulators/t7_analog.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "plugins/simulators/t7_errors.hpp"
#include "plugins/simulators/wiring.hpp"

namespace benchd::simulators {
namespace {

using Type = RegisterMap::Type;

constexpr double kBridgeCommonModeV = 2.5;  // half the excitation
constexpr double kFloatingV = 0.35;         // an open input drifts to something plausible
constexpr double kInvalidV = -9999.0;       // what the T7 reads where it cannot convert
constexpr double kOverRange = 1.05;         // the converter clips a little above its range
constexpr double kThermocoupleNoiseK = 0.1;
constexpr double kZeroCelsiusK = 273.15;
constexpr std::uint32_t kFirstThermocouple = 20;
constexpr std::uint32_t kLastThermocouple = 30;
constexpr std::uint32_t kTypeK = 22;

// T7 data sheet, appendix A-3, noise at the default resolution: about this rms per range.
double noise_v(double range_v) {
  if (range_v > 5.0) return 40e-6;
  if (range_v > 0.5) return 6e-6;
  return range_v > 0.05 ? 2e-6 : 1e-6;
}

// Seebeck coefficients near 25..100 degC for the EF indices 20..28 (E J K R T S N B C), uV/K,
// rounded from the NIST ITS-90 tables. Choosing the wrong type must give a wrong temperature.
double seebeck_uv_per_k(std::uint32_t index) {
  constexpr std::array<double, 9> kSeebeck = {61.0, 52.0, 41.0, 6.0, 41.5, 6.0, 27.0, 0.1, 14.0};
  const std::size_t i = index - kFirstThermocouple;
  return i < kSeebeck.size() ? kSeebeck[i] : 41.0;
}

bool is_thermocouple(std::uint32_t index) {
  return index >= kFirstThermocouple && index <= kLastThermocouple;
}

bool is_known_feature(std::uint32_t index) {
  return index == 0 || is_thermocouple(index) || (index >= 40 && index <= 42);
}

std::string analog_name(int n, const char* what) { return "AIN" + std::to_string(n) + what; }

}  // namespace

T7Analog::T7Analog(ThrustBench& bench, std::uint64_t seed) : bench_(bench), random_(seed) {}

void T7Analog::add_registers(RegisterMap& map) {
  for (int n = 0; n < kInputs; ++n) {
    add_input(map, n);
    add_extended_feature(map, n);
  }
  add_all_registers(map);
  map.add_f32_reader(60052, "TEMPERATURE_DEVICE_K", [this] { return device_c() + kZeroCelsiusK; });
  map.add_f32_reader(60050, "TEMPERATURE_AIR_K", [this] { return device_c() + kZeroCelsiusK; });
}

void T7Analog::add_input(RegisterMap& map, int n) {
  Input& input = inputs_[static_cast<std::size_t>(n)];
  map.add_f32_reader(nth_register(0, n, 2), analog_name(n, ""), [this, n] { return read_v(n); });
  map.add(
      nth_register(40000, n, 2), Type::F32, analog_name(n, "_RANGE"),
      [&input](std::uint32_t& value) {
        return value = float_bits(static_cast<double>(input.range_v)), 0;
      },
      [this, n](std::uint32_t value) { return set_range(n, bits_float(value)); });
  map.add(
      nth_register(41000, n, 1), Type::U16, analog_name(n, "_NEGATIVE_CH"),
      [&input](std::uint32_t& value) { return value = input.negative, 0; },
      [this, n](std::uint32_t value) {
        return set_negative(n, static_cast<std::uint16_t>(value));
      });
  map.add(
      nth_register(41500, n, 1), Type::U16, analog_name(n, "_RESOLUTION_INDEX"),
      [&input](std::uint32_t& value) { return value = input.resolution, 0; },
      [this, n](std::uint32_t value) { return set_resolution(n, value); });
  map.add_f32(nth_register(42000, n, 2), analog_name(n, "_SETTLING_US"), input.settling_us);
}

void T7Analog::add_extended_feature(RegisterMap& map, int n) {
  Input& input = inputs_[static_cast<std::size_t>(n)];
  map.add(
      nth_register(9000, n, 2), Type::U32, analog_name(n, "_EF_INDEX"),
      [&input](std::uint32_t& value) { return value = input.ef_index, 0; },
      [&input](std::uint32_t value) {
        if (!is_known_feature(value)) return t7_error::kAinEfIndexUnknown;
        input.ef_index = value;
        return 0;
      });
  const std::array<const char*, 4> kConfig = {"_EF_CONFIG_A", "_EF_CONFIG_B", "_EF_CONFIG_C",
                                              "_EF_CONFIG_D"};
  for (std::size_t i = 0; i < kConfig.size(); ++i) {
    map.add_u32(nth_register(9300 + static_cast<int>(i) * 300, n, 2), analog_name(n, kConfig[i]),
                input.ef_config[i]);
  }
  map.add(nth_register(7000, n, 2), Type::F32, analog_name(n, "_EF_READ_A"),
          [this, n](std::uint32_t& value) { return read_temperature(n, value); });
  map.add_f32_reader(nth_register(7300, n, 2), analog_name(n, "_EF_READ_B"),
                     [this, n] { return read_v(n); });
  map.add_f32_reader(nth_register(7600, n, 2), analog_name(n, "_EF_READ_C"),
                     [this] { return device_c() + kZeroCelsiusK; });
}

// Registers that set every input at once; they read back the last value.
void T7Analog::add_all_registers(RegisterMap& map) {
  const auto for_all = [](auto set) {
    return [set](std::uint32_t value) {
      DeviceError error = 0;
      for (int n = 0; n < kInputs && error == 0; ++n) error = set(n, value);
      return error;
    };
  };
  map.add(43900, Type::F32, "AIN_ALL_RANGE", {},
          for_all([this](int n, std::uint32_t v) { return set_range(n, bits_float(v)); }));
  map.add(43902, Type::U16, "AIN_ALL_NEGATIVE_CH", {}, for_all([this](int n, std::uint32_t v) {
            return v == 1 && n % 2 == 1
                       ? 0  // 1: differential for every even channel
                       : set_negative(n, static_cast<std::uint16_t>(
                                             v == 1 ? static_cast<unsigned>(n) + 1U : v));
          }));
  map.add(43903, Type::U16, "AIN_ALL_RESOLUTION_INDEX", {},
          for_all([this](int n, std::uint32_t v) { return set_resolution(n, v); }));
  map.add_f32(43904, "AIN_ALL_SETTLING_US", unused_);
}

void T7Analog::reset() { inputs_ = {}; }

DeviceError T7Analog::set_range(int n, double range_v) {
  for (const double known : {10.0, 1.0, 0.1, 0.01}) {
    if (std::abs(range_v - known) > 1e-6 * known && !(range_v == 0.0 && known == 10.0)) continue;
    inputs_[static_cast<std::size_t>(n)].range_v = static_cast<float>(known);
    return 0;
  }
  return t7_error::kBadRange;
}

DeviceError T7Analog::set_negative(int n, std::uint16_t negative) {
  const bool differential = n % 2 == 0 && negative == n + 1;
  if (negative != kSingleEnded && !differential) return t7_error::kBadNegativeChannel;
  inputs_[static_cast<std::size_t>(n)].negative = negative;
  return 0;
}

DeviceError T7Analog::set_resolution(int n, std::uint32_t index) {
  if (index > 12) return t7_error::kBadResolution;
  inputs_[static_cast<std::size_t>(n)].resolution = static_cast<std::uint16_t>(index);
  return 0;
}

void T7Analog::freeze(bool on) {
  frozen_.reset();
  if (on) frozen_ = bench_.outputs();
}

const plants::ThrustStandOutputs& T7Analog::seen() const {
  return frozen_ ? *frozen_ : bench_.outputs();
}

double T7Analog::device_c() const {
  constexpr double kSelfHeatingK = 3.0;
  return bench_.switches.ambient_c + kSelfHeatingK;
}

double T7Analog::terminal_v(int n) const {
  const plants::ThrustStandOutputs& seen_now = seen();
  const double thrust_v = seen_now.thrust_indicated_n * wiring::kThrustVoltPerN;
  const double torque_v = seen_now.torque_indicated_nm * wiring::kTorqueVoltPerNm;
  switch (n) {
    case wiring::kThrustAin:
      return kBridgeCommonModeV + 0.5 * thrust_v;
    case wiring::kThrustAin + 1:
      return kBridgeCommonModeV - 0.5 * thrust_v;
    case wiring::kTorqueAin:
      return kBridgeCommonModeV + 0.5 * torque_v;
    case wiring::kTorqueAin + 1:
      return kBridgeCommonModeV - 0.5 * torque_v;
    case wiring::kBusCurrentAin:
      return seen_now.power.bus_a * wiring::kBusCurrentVoltPerA;
    case wiring::kBusVoltageAin:
      return seen_now.power.bus_v * wiring::kBusVoltageVoltPerV;
    case wiring::kMotorThermocoupleAin:
      return (seen_now.power.motor_c - device_c()) * seebeck_uv_per_k(kTypeK) * 1e-6;
    default:
      return kFloatingV;
  }
}

double T7Analog::read_v(int n) {
  if (not_a_number_) return std::numeric_limits<double>::quiet_NaN();
  const Input& input = inputs_[static_cast<std::size_t>(n)];
  const double range_v = static_cast<double>(input.range_v);
  const double negative_v = input.negative == kSingleEnded ? 0.0 : terminal_v(input.negative);
  const double value = terminal_v(n) - negative_v;
  if (std::abs(value) > range_v * kOverRange) return kInvalidV;
  return frozen_ ? value : value + noise_v(range_v) * random_.normal();
}

DeviceError T7Analog::read_temperature(int n, std::uint32_t& value) {
  const Input& input = inputs_[static_cast<std::size_t>(n)];
  if (!is_thermocouple(input.ef_index)) return t7_error::kEfInactive;
  const double noise_k = frozen_ ? 0.0 : kThermocoupleNoiseK * random_.normal();
  const double celsius =
      device_c() + terminal_v(n) * 1e6 / seebeck_uv_per_k(input.ef_index) + noise_k;
  double result = celsius + kZeroCelsiusK;                     // CONFIG_A 0: kelvin
  if (input.ef_config[0] == 1) result = celsius;               // 1: degrees Celsius
  if (input.ef_config[0] == 2) result = celsius * 1.8 + 32.0;  // 2: degrees Fahrenheit
  if (not_a_number_) result = std::numeric_limits<double>::quiet_NaN();
  value = float_bits(result);
  return 0;
}

}  // namespace benchd::simulators
