#include "plugins/labjack_t7/watchdog.hpp"

#include <bit>

#include "plugins/labjack_t7/registers.hpp"

namespace benchd::plugin::labjack_t7 {

std::vector<Watchdog::Setting> Watchdog::wanted() const {
  std::uint32_t lines = 0;
  for (const int n : config_.pwm_lines) lines |= 1U << static_cast<unsigned>(n);
  const std::uint32_t all = (1U << static_cast<unsigned>(kDioCount)) - 1U;
  std::vector<Setting> settings = {
      {kWatchdogTimeoutS, config_.watchdog_s, "the watchdog's time"},
      {kWatchdogStrictEnable, 1, "the watchdog's strict mode"},
      {kWatchdogStrictKey, config_.watchdog_key, "the watchdog's key"},
      {kWatchdogResetEnable, 0, "the watchdog's reset of the device"},
      {kWatchdogDioEnable, lines == 0 ? 0U : 1U, "the watchdog's hold on the lines"},
      {kWatchdogDioState, 0, "the watchdog's line states"},
      {kWatchdogDioDirection, lines, "the watchdog's line directions"},
      {kWatchdogDioInhibit, all & ~lines, "the watchdog's choice of lines"},
  };
  for (int n = 0; n < kDacCount; ++n) {
    settings.push_back({watchdog_dac_enable(n), 1, "the watchdog's hold on the DACs"});
    settings.push_back(
        {watchdog_dac_volts(n), std::bit_cast<std::uint32_t>(0.0F), "the watchdog's DAC voltage"});
  }
  return settings;
}

Result<bool> Watchdog::is_set_up(Deadline deadline) {
  for (const Setting& setting : wanted()) {
    auto found = link_.read_u32(setting.address, deadline);
    if (!found) return fail(std::move(found.error()));
    if (*found != setting.value) return false;
  }
  return true;
}

Result<void> Watchdog::arm(Deadline deadline) {
  armed_ = false;
  auto set_up = is_set_up(deadline);
  if (!set_up) return fail(std::move(set_up.error()));
  if (!*set_up) {
    auto off = link_.write_u32(kWatchdogEnable, 0, deadline);
    if (!off) return off;
    for (const Setting& setting : wanted()) {
      auto done = link_.prove_u32(setting.address, setting.value, setting.what, deadline);
      if (!done) return done;
    }
  }
  auto on = running(deadline);
  if (!on) return fail(std::move(on.error()));
  if (!*on) {
    auto started = link_.prove_u32(kWatchdogEnable, 1, "the watchdog", deadline);
    if (!started) return started;
  }
  if (auto fed = feed(deadline); !fed) return fed;
  armed_ = true;
  return {};
}

Result<void> Watchdog::feed(Deadline deadline) {
  return link_.write_u32(kWatchdogStrictClear, config_.watchdog_key, deadline);
}

Result<bool> Watchdog::running(Deadline deadline) {
  return link_.read_u32(kWatchdogEnable, deadline).map([](std::uint32_t on) { return on == 1; });
}

}  // namespace benchd::plugin::labjack_t7
