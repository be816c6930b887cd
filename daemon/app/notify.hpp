// What a process tells its service manager (sd_notify(3)): systemd, or `benchd run`.
#pragma once

#include <string>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

namespace benchd::app {

void notify_ready();
void notify_stopping();

// Pings the watchdog from the executor at a third of the period, if one is asked for: an executor
// that is stuck gets the process restarted. Owner: the process's main; destroy on that executor or
// after it has stopped.
class WatchdogPing {
 public:
  explicit WatchdogPing(const asio::any_io_executor& executor);

 private:
  void ping();
  asio::steady_timer timer_;
  std::chrono::microseconds interval_{};
};

}  // namespace benchd::app
