// The analog side of the simulated T7: what stands at the terminals (wiring.hpp), and how the
// converter reads it: range, negative channel, noise, thermocouple extended feature.
//
// Confined to: the simulator's thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "plants/random.hpp"
#include "plugins/simulators/register_map.hpp"
#include "plugins/simulators/thrust_bench.hpp"

namespace benchd::simulators {

class T7Analog {
 public:
  static constexpr int kInputs = 14;  // AIN0..AIN13

  T7Analog(ThrustBench& bench, std::uint64_t seed);
  T7Analog(const T7Analog&) = delete;
  T7Analog& operator=(const T7Analog&) = delete;

  void add_registers(RegisterMap& map);
  void reset();

  void freeze(bool on);
  void set_not_a_number(bool on) { not_a_number_ = on; }

 private:
  static constexpr std::uint16_t kSingleEnded = 199;
  struct Input {
    float range_v = 10.0F;
    std::uint16_t negative = kSingleEnded;
    std::uint16_t resolution = 0;
    float settling_us = 0.0F;
    std::uint32_t ef_index = 0;
    std::array<std::uint32_t, 4> ef_config{0, 60052, 0, 0};
  };

  void add_input(RegisterMap& map, int n);
  void add_extended_feature(RegisterMap& map, int n);
  void add_all_registers(RegisterMap& map);
  DeviceError set_range(int n, double range_v);
  DeviceError set_negative(int n, std::uint16_t negative);
  DeviceError set_resolution(int n, std::uint32_t index);
  DeviceError read_temperature(int n, std::uint32_t& value);

  [[nodiscard]] const plants::ThrustStandOutputs& seen() const;
  [[nodiscard]] double terminal_v(int n) const;  // against ground
  double read_v(int n);
  [[nodiscard]] double device_c() const;

  ThrustBench& bench_;
  plants::Random random_;
  std::array<Input, kInputs> inputs_;
  float unused_ = 0.0F;
  std::optional<plants::ThrustStandOutputs> frozen_;
  bool not_a_number_ = false;
};

}  // namespace benchd::simulators
