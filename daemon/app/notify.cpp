#include "daemon/app/notify.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

#include <asio/steady_timer.hpp>
#include <systemd/sd-daemon.h>

namespace benchd::app {

void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }

struct WatchdogPing::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& executor, std::chrono::microseconds pause)
      : timer(executor), interval(pause) {}

  void ping() {
    sd_notify(0, "WATCHDOG=1");
    timer.expires_after(interval);
    timer.async_wait([self = shared_from_this()](auto error) {
      if (!error && !self->ended) self->ping();
    });
  }

  asio::steady_timer timer;
  const std::chrono::microseconds interval;
  std::atomic<bool> ended = false;
};

WatchdogPing::WatchdogPing(const asio::any_io_executor& executor) {
  std::uint64_t period_us = 0;
  if (sd_watchdog_enabled(0, &period_us) <= 0) return;
  state_ = std::make_shared<State>(executor, std::chrono::microseconds{period_us / 3});
  state_->ping();
}

WatchdogPing::~WatchdogPing() {
  if (state_) state_->ended = true;
}

}  // namespace benchd::app
