// What a process tells its service manager (sd_notify(3)): systemd, or `benchd run`.
#pragma once

#include <memory>

#include <asio/any_io_executor.hpp>

namespace benchd::app {

void notify_ready();
void notify_stopping();

// Pings the watchdog from the executor at a third of the period, if one is asked for: an executor
// that is stuck gets the process restarted. Owner: the process's main; may be destroyed at any
// time.
class WatchdogPing {
 public:
  explicit WatchdogPing(const asio::any_io_executor& executor);
  ~WatchdogPing();
  WatchdogPing(const WatchdogPing&) = delete;
  WatchdogPing& operator=(const WatchdogPing&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;  // kept by the timer that is pending
};

}  // namespace benchd::app
