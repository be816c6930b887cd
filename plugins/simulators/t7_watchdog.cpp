#include "plugins/simulators/t7_watchdog.hpp"

#include <algorithm>
#include <string>

#include "plugins/simulators/t7_errors.hpp"

namespace benchd::simulators {
namespace {

using Type = RegisterMap::Type;

constexpr std::uint32_t kShortestTimeoutS = 1;

}  // namespace

void T7Watchdog::add_registers(RegisterMap& map) {
  map.add(
      61600, Type::U32, "WATCHDOG_ENABLE_DEFAULT",
      [this](std::uint32_t& value) { return value = enabled_ ? 1 : 0, 0; },
      [this](std::uint32_t value) { return enable(value != 0); });
  add_setting(map, 61602, "WATCHDOG_ADVANCED_DEFAULT", advanced_);
  map.add(
      61604, Type::U32, "WATCHDOG_TIMEOUT_S_DEFAULT",
      [this](std::uint32_t& value) { return value = timeout_s_, 0; },
      [this](std::uint32_t value) { return set_timeout(value); });
  add_setting(map, 61606, "WATCHDOG_STARTUP_DELAY_S_DEFAULT", startup_delay_s_);
  add_setting(map, 61610, "WATCHDOG_STRICT_ENABLE_DEFAULT", strict_);
  add_setting(map, 61612, "WATCHDOG_STRICT_KEY_DEFAULT", key_);
  map.add(61614, Type::U32, "WATCHDOG_STRICT_CLEAR", {},
          [this](std::uint32_t value) { return clear_by_key(value); });
  add_setting(map, 61620, "WATCHDOG_RESET_ENABLE_DEFAULT", reset_on_timeout);
  add_setting(map, 61630, "WATCHDOG_DIO_ENABLE_DEFAULT", dio_enable);
  add_setting(map, 61632, "WATCHDOG_DIO_STATE_DEFAULT", dio_state);
  add_setting(map, 61634, "WATCHDOG_DIO_DIRECTION_DEFAULT", dio_direction);
  add_setting(map, 61636, "WATCHDOG_DIO_INHIBIT_DEFAULT", dio_inhibit);
  for (std::size_t n = 0; n < dac_volts.size(); ++n) {
    const std::string base = "WATCHDOG_DAC" + std::to_string(n);
    const auto address = static_cast<std::uint16_t>(61640 + 10 * n);
    add_setting(map, address, (base + "_ENABLE_DEFAULT").c_str(), dac_enable[n]);
    float& volts = dac_volts[n];
    map.add(
        static_cast<std::uint16_t>(address + 2), Type::F32, base + "_DEFAULT",
        [&volts](std::uint32_t& value) { return value = std::bit_cast<std::uint32_t>(volts), 0; },
        [this, &volts](std::uint32_t value) {
          if (enabled_) return t7_error::kWatchdogEnabled;
          volts = std::bit_cast<float>(value);
          return 0;
        });
  }
}

// No setting changes while the watchdog is enabled.
void T7Watchdog::add_setting(RegisterMap& map,
                             std::uint16_t address,
                             const char* name,
                             std::uint32_t& variable) {
  map.add(
      address, Type::U32, name, [&variable](std::uint32_t& value) { return value = variable, 0; },
      [this, &variable](std::uint32_t value) {
        if (enabled_) return t7_error::kWatchdogEnabled;
        variable = value;
        return 0;
      });
}

DeviceError T7Watchdog::set_timeout(std::uint32_t seconds) {
  if (enabled_) return t7_error::kWatchdogEnabled;
  if (seconds < kShortestTimeoutS) return t7_error::kWatchdogTimeoutTooShort;
  timeout_s_ = seconds;
  return 0;
}

DeviceError T7Watchdog::enable(bool on) {
  enabled_ = on;
  restart();
  return 0;
}

DeviceError T7Watchdog::clear_by_key(std::uint32_t key) {
  if (key != key_) return t7_error::kWatchdogBadKey;
  restart();
  return 0;
}

void T7Watchdog::restart() {
  silent_s_ = 0.0;
  fired_ = false;
}

void T7Watchdog::on_communication() {
  if (!strict()) restart();
}

double T7Watchdog::left_s() const { return std::max(0.0, timeout_s_ - silent_s_); }

void T7Watchdog::step(double dt_s) {
  if (!enabled_ || fired_) return;
  silent_s_ += dt_s;
  if (silent_s_ < timeout_s_) return;
  fired_ = true;
  ++times_fired_;
  action_(*this);
}

}  // namespace benchd::simulators
