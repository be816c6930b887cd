// The digital side of the simulated T7: 23 lines, their extended features (PWM out, frequency in)
// and the clocks behind them. DIO0's PWM is the ESC's throttle signal.
//
// Confined to: the simulator's thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "plugins/simulators/register_map.hpp"
#include "plugins/simulators/thrust_bench.hpp"

namespace benchd::simulators {

class T7Digital {
 public:
  static constexpr int kLines = 23;  // FIO0..7, EIO0..7, CIO0..3, MIO0..2
  static constexpr double kCoreClockHz = 80e6;

  explicit T7Digital(ThrustBench& bench);
  T7Digital(const T7Digital&) = delete;
  T7Digital& operator=(const T7Digital&) = delete;

  void add_registers(RegisterMap& map);
  void reset();
  void freeze(bool on);

  // What the watchdog does to the lines that `inhibit` leaves: extended features end, direction
  // and state are set.
  void force_lines(std::uint32_t direction, std::uint32_t state, std::uint32_t inhibit);

  // The pulse that DIO0 puts out, none while its PWM is off.
  [[nodiscard]] std::optional<double> pulse_us() const;

 private:
  struct Feature {
    bool enabled = false;
    std::uint32_t index = 0;
    std::uint32_t clock = 0;
    std::array<std::uint32_t, 4> config{};
  };
  struct Clock {
    bool enabled = false;
    std::uint16_t divisor = 1;
    std::uint32_t options = 0;
    std::uint32_t roll = 0;  // 0 stands for 2^32
    [[nodiscard]] double period_ticks() const { return roll == 0 ? 4294967296.0 : roll; }
  };

  void add_line(RegisterMap& map, int n);
  void add_banks(RegisterMap& map);
  void add_feature(RegisterMap& map, int n);
  void add_feature_results(RegisterMap& map, int n);
  void add_clock(RegisterMap& map, int n);
  DeviceError enable_feature(int n, bool on);
  DeviceError set_index(int n, std::uint32_t index);
  DeviceError set_config_a(int n, std::uint32_t value);
  DeviceError read_feature(int n, double factor_hz, bool as_period, double& result);
  [[nodiscard]] std::uint32_t states() const;
  [[nodiscard]] bool input_level(int n) const;
  void write_state(std::uint32_t mask, std::uint32_t value);
  void write_direction(std::uint32_t mask, std::uint32_t value);
  void publish();

  Feature& feature(int n) { return features_[static_cast<std::size_t>(n)]; }

  ThrustBench& bench_;
  std::array<Feature, kLines> features_;
  std::array<Clock, 3> clocks_;
  std::uint32_t direction_ = 0;  // 1 = output
  std::uint32_t state_ = 0;      // what the outputs put out
  std::uint32_t inhibit_ = 0;    // lines that DIO_STATE and DIO_DIRECTION leave alone
  std::optional<double> frozen_hz_;
};

}  // namespace benchd::simulators
