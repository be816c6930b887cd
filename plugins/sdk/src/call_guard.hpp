// Notices a driver call that does not come back.
//
// The device thread says when a call begins and ends; a thread of its own looks now and then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "benchd/plugin/deadline.hpp"

namespace benchd::plugin::detail {

class CallGuard {
 public:
  // `on_overrun` is told once for each call that overruns, and then again with every look, how
  // often it has been told; it comes on the guard's thread. `look_every` is asked before each
  // pause; after a change `look_again` ends the pause that runs.
  CallGuard(std::function<std::chrono::nanoseconds()> look_every,
            std::function<void(int)> on_overrun);
  ~CallGuard();
  CallGuard(const CallGuard&) = delete;
  CallGuard& operator=(const CallGuard&) = delete;

  void look_again();

  // A call that must have ended by `cap`.
  void begin(MonotonicTime cap) { cap_ = cap; }
  // Whether it has overrun its cap, and on_overrun was told.
  [[nodiscard]] bool end() {
    cap_ = MonotonicTime::max();
    return overran_.exchange(false);
  }

 private:
  void run();

  std::function<std::chrono::nanoseconds()> look_every_;
  std::function<void(int)> on_overrun_;
  std::atomic<MonotonicTime> cap_ = MonotonicTime::max();
  std::atomic<bool> overran_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool look_again_ = false;
  std::thread thread_;
};

}  // namespace benchd::plugin::detail
