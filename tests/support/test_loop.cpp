#include "tests/support/test_loop.hpp"

namespace benchd::test {

void ManualClock::advance(Nanoseconds time) {
  monotonic_ += time;
  step_utc(time);
}

void ManualClock::advance_to(MonotonicTime when) {
  if (when > monotonic_) advance(when - monotonic_);
}

void ManualClock::step_utc(Nanoseconds time) {
  const Nanoseconds whole = utc_rest_ + time;
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(whole);
  utc_ += microseconds;
  utc_rest_ = whole - microseconds;
}

class TestLoop::LoopTimers final : public Timers {
 public:
  LoopTimers(TestLoop& loop, asio::any_io_executor executor)
      : loop_(loop), executor_(std::move(executor)) {}

  [[nodiscard]] TimerHandle at(MonotonicTime when, std::function<void()> callback) override {
    auto handle = std::make_unique<Handle>();
    handle->callback = std::make_shared<std::function<void()>>(std::move(callback));
    loop_.due_.emplace(when, Due{executor_, handle->callback});
    return TimerHandle{std::move(handle)};
  }

 private:
  struct Handle final : TimerHandle::Impl {
    std::shared_ptr<std::function<void()>> callback;  // gone when cancelled
  };
  TestLoop& loop_;
  asio::any_io_executor executor_;
};

TestLoop::TestLoop() : timers_(std::make_unique<LoopTimers>(*this, executor())) {}
TestLoop::~TestLoop() = default;

std::unique_ptr<Timers> TestLoop::make_timers(asio::any_io_executor executor) {
  return std::make_unique<LoopTimers>(*this, std::move(executor));
}

void TestLoop::run() {
  context_.restart();
  context_.poll();
}

bool TestLoop::fire_next(MonotonicTime until) {
  const auto next = due_.begin();
  if (next == due_.end() || next->first > until) return false;
  clock_.advance_to(next->first);
  const Due due = std::move(next->second);
  due_.erase(next);
  if (due.callback.expired()) return true;
  asio::post(due.executor, [weak = due.callback] {
    const auto callback = weak.lock();
    if (!callback) return;
    const std::function<void()> copy = *callback;  // it may well destroy its own handle
    copy();
  });
  run();
  return true;
}

void TestLoop::advance(Nanoseconds time) {
  const MonotonicTime until = now() + time;
  run();
  while (fire_next(until)) {
  }
  clock_.advance_to(until);
  run();
}

bool TestLoop::advance_until(const std::function<bool()>& condition, Nanoseconds limit) {
  const MonotonicTime until = now() + limit;
  run();
  while (!condition()) {
    if (!fire_next(until)) {
      clock_.advance_to(until);
      run();
      return condition();
    }
  }
  return true;
}

}  // namespace benchd::test
