// The T7's watchdog: if nobody talks to it (or, in strict mode, nobody writes the key) for the
// timeout, it sets digital lines and DACs to stored values. On a thrust stand that ends the PWM.
//
//   Off --enable--> Running --timeout--> Fired --clear--> Running
//
// Confined to: the simulator's thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "plugins/simulators/register_map.hpp"

namespace benchd::simulators {

class T7Watchdog {
 public:
  // What happens when it fires; the stored settings are read from here.
  using Action = std::function<void(const T7Watchdog&)>;

  explicit T7Watchdog(Action action) : action_(std::move(action)) {}
  T7Watchdog(const T7Watchdog&) = delete;
  T7Watchdog& operator=(const T7Watchdog&) = delete;

  void add_registers(RegisterMap& map);
  void step(double dt_s);
  // Any request arrived: this clears it, unless strict.
  void on_communication();

  [[nodiscard]] bool enabled() const { return enabled_; }
  [[nodiscard]] bool strict() const { return strict_ != 0; }
  [[nodiscard]] bool fired() const { return fired_; }
  [[nodiscard]] std::uint32_t times_fired() const { return times_fired_; }
  [[nodiscard]] double left_s() const;

  // Stored defaults, kept over a reboot as in the device.
  std::uint32_t reset_on_timeout = 0;
  std::uint32_t dio_enable = 0;
  std::uint32_t dio_state = 0;
  std::uint32_t dio_direction = 0;
  std::uint32_t dio_inhibit = 0;
  std::array<std::uint32_t, 2> dac_enable{};
  std::array<float, 2> dac_volts{};

 private:
  void add_setting(RegisterMap& map, std::uint16_t address, const char* name, std::uint32_t& value);
  DeviceError enable(bool on);
  DeviceError set_timeout(std::uint32_t seconds);
  DeviceError clear_by_key(std::uint32_t key);
  void restart();

  Action action_;
  bool enabled_ = false;
  bool fired_ = false;
  std::uint32_t times_fired_ = 0;
  std::uint32_t advanced_ = 0;
  std::uint32_t timeout_s_ = 3600;
  std::uint32_t startup_delay_s_ = 0;
  std::uint32_t strict_ = 0;
  std::uint32_t key_ = 0;
  double silent_s_ = 0.0;
};

}  // namespace benchd::simulators
