// Time and an io_context driven by hand: nothing happens unless the test says so.
//
//   TestLoop loop;
//   Thing thing(loop.clock(), loop.timers(), loop.executor());
//   loop.advance(61s);  // what is due, in its order, and everything that follows from it
//
// One thread. Strands made of executor() and work posted to it run inside run() and advance().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/timers.hpp"

namespace benchd::test {

// Stands still until it is moved. Begins at 1000 s after boot, on 2026-01-01 08:00 UTC.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime monotonic_now() const override { return monotonic_; }
  [[nodiscard]] UtcTime utc_now() const override { return utc_; }

  void advance(Nanoseconds time);
  // Never back.
  void advance_to(MonotonicTime when);
  // The wall clock alone, forwards or back.
  void step_utc(Nanoseconds time);

 private:
  MonotonicTime monotonic_{std::chrono::seconds{1000}};
  UtcTime utc_{std::chrono::sys_days{std::chrono::January / 1 / 2026} + std::chrono::hours{8}};
  Nanoseconds utc_rest_{};  // what is below a microsecond
};

class TestLoop {
 public:
  TestLoop();
  ~TestLoop();
  TestLoop(const TestLoop&) = delete;
  TestLoop& operator=(const TestLoop&) = delete;

  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] MonotonicTime now() const { return clock_.monotonic_now(); }
  [[nodiscard]] asio::any_io_executor executor() { return context_.get_executor(); }
  // Timers whose callbacks are posted to executor(), or to another one made of it.
  [[nodiscard]] Timers& timers() { return *timers_; }
  [[nodiscard]] std::unique_ptr<Timers> make_timers(asio::any_io_executor executor);

  // What is ready now, and what follows from it, without time passing.
  void run();
  // Lets time pass, stopping at each timer that is due on the way.
  void advance(Nanoseconds time);
  // Lets time pass until the condition holds; false if it does not within `limit`.
  [[nodiscard]] bool advance_until(const std::function<bool()>& condition, Nanoseconds limit);

 private:
  class LoopTimers;
  struct Due {
    asio::any_io_executor executor;
    std::weak_ptr<std::function<void()>> callback;
  };
  [[nodiscard]] bool fire_next(MonotonicTime until);

  ManualClock clock_;
  asio::io_context context_;
  std::multimap<MonotonicTime, Due> due_;
  std::unique_ptr<Timers> timers_;
};

}  // namespace benchd::test
