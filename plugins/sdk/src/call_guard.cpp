#include "plugins/sdk/src/call_guard.hpp"

#include <utility>

namespace benchd::plugin::detail {

CallGuard::CallGuard(std::function<std::chrono::nanoseconds()> look_every,
                     std::function<void(int)> on_overrun)
    : look_every_(std::move(look_every)),
      on_overrun_(std::move(on_overrun)),
      thread_([this] { run(); }) {}

CallGuard::~CallGuard() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void CallGuard::look_again() {
  const std::scoped_lock lock(mutex_);
  look_again_ = true;
  changed_.notify_all();
}

void CallGuard::run() {
  MonotonicTime told_of = MonotonicTime::max();
  int times = 0;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_until(lock, monotonic_now() + look_every_(),
                        [this] { return stopping_ || look_again_; });
    look_again_ = false;
    const MonotonicTime cap = cap_;
    if (stopping_ || monotonic_now() < cap) continue;
    times = cap == told_of ? times + 1 : 1;
    told_of = cap;
    overran_ = true;
    on_overrun_(times);
  }
}

}  // namespace benchd::plugin::detail
