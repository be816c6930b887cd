#include "daemon/app/notify.hpp"

#include <cstdint>

#include <systemd/sd-daemon.h>

namespace benchd::app {

void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }

WatchdogPing::WatchdogPing(const asio::any_io_executor& executor) : timer_(executor) {
  std::uint64_t period_us = 0;
  if (sd_watchdog_enabled(0, &period_us) <= 0) return;
  interval_ = std::chrono::microseconds{period_us / 3};
  ping();
}

void WatchdogPing::ping() {
  sd_notify(0, "WATCHDOG=1");
  timer_.expires_after(interval_);
  timer_.async_wait([this](auto error) {
    if (!error) ping();
  });
}

}  // namespace benchd::app
