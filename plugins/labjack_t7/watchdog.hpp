// The T7's own watchdog, in strict mode: only the key keeps it from acting, so that a stray reader
// cannot keep a dead station alive. When it acts, the PWM lines go low and the DACs to 0 V.
//
// Confined to the device thread. Owned by the driver.
#pragma once

#include <vector>

#include "plugins/labjack_t7/config.hpp"
#include "plugins/labjack_t7/link.hpp"

namespace benchd::plugin::labjack_t7 {

class Watchdog {
 public:
  Watchdog(const Config& config, Link& link) : config_(config), link_(link) {}

  // Sets it up and starts it, and proves all of it by reading back. Settings are kept in the
  // device's flash, so they are written only where they differ.
  [[nodiscard]] Result<void> arm(Deadline deadline);
  // False after arm failed, or after forget.
  [[nodiscard]] bool armed() const { return armed_; }
  // After a reconnect nothing is known of it.
  void forget() { armed_ = false; }

  [[nodiscard]] Result<void> feed(Deadline deadline);
  // The device says that it is running.
  [[nodiscard]] Result<bool> running(Deadline deadline);

 private:
  struct Setting {
    int address = 0;
    std::uint32_t value = 0;
    const char* what = "";
  };
  [[nodiscard]] std::vector<Setting> wanted() const;
  [[nodiscard]] Result<bool> is_set_up(Deadline deadline);

  const Config& config_;
  Link& link_;
  bool armed_ = false;
};

}  // namespace benchd::plugin::labjack_t7
