// One-shot timers on a strand.
//
// The owner keeps the handle; destroying it cancels the timer, so a callback never outlives the
// object that asked for it. Callbacks run on the executor given to the implementation, and a
// cancelled timer's callback never runs, even if it was already due.
#pragma once

#include <functional>
#include <memory>

#include "daemon/base/clock.hpp"

namespace benchd {

class TimerHandle {
 public:
  class Impl {
   public:
    virtual ~Impl() = default;
  };
  TimerHandle() = default;
  explicit TimerHandle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
  void cancel() { impl_.reset(); }
  [[nodiscard]] bool active() const { return impl_ != nullptr; }

 private:
  std::unique_ptr<Impl> impl_;
};

class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  virtual ~Timers() = default;

  // Runs `callback` once at or after `when` (monotonic).
  [[nodiscard]] virtual TimerHandle at(MonotonicTime when, std::function<void()> callback) = 0;
};

}  // namespace benchd
