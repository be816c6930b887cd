#include "daemon/site/deadlines.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"

namespace benchd::site {

namespace {

// The wall clock may be set at any time: nobody sleeps longer by the monotonic one.
constexpr auto kLongestSleep = std::chrono::seconds{30};
constexpr auto kRetry = std::chrono::seconds{1};

}  // namespace

void Deadlines::start(std::function<void(Status)> ready) {
  fire([this, ready = std::move(ready)](const Status& fired) {
    if (!fired) return ready(fired);
    resume_teardowns({}, [this, ready](const Status& resumed) {
      if (!resumed) return ready(resumed);
      begin_watching();
      ready({});
    });
  });
}

// Until nothing is due any more.
void Deadlines::fire(std::function<void(Status)> done) {
  context_.store.fire_deadlines(
      {context_.clock.utc_now()},
      context_.posted([this, done = std::move(done)](
                          const Result<std::vector<store::BookingMoved>>& moved) mutable {
        if (!moved) return done(fail(moved.error()));
        for (const auto& each : *moved) {
          log::info("booking={} state={}", each.booking.booking.id.text(),
                    model::to_string(each.booking.booking.state));
          teardown_.after_moved(each.booking);
        }
        if (moved->empty()) return done({});
        fire(std::move(done));
      }));
}

void Deadlines::resume_teardowns(const std::string& page_token, std::function<void(Status)> done) {
  context_.store.list_bookings(
      {.open_only = true, .page = {.size = 1000, .token = page_token}},
      context_.posted([this, done = std::move(done)](
                          const Result<store::Page<store::BookingRecord>>& page) mutable {
        if (!page) return done(fail(page.error()));
        for (const auto& record : page->items) teardown_.after_moved(record);
        if (page->next_token.empty()) return done({});
        resume_teardowns(page->next_token, std::move(done));
      }));
}

void Deadlines::begin_watching() {
  changes_ = context_.changes.subscribe([this](const store::Change& change) {
    const bool concerns = change.kind == store::ChangeKind::Booking ||
                          change.kind == store::ChangeKind::Outage ||
                          change.kind == store::ChangeKind::Station;
    // What is due later is looked for when the timer runs out.
    if (concerns && (looking_ || change.deadline.value_or(UtcSeconds::min()) < next_)) look();
  });
  look();
}

// One question at a time, however many bookings change.
void Deadlines::look() {
  if (std::exchange(looking_, true)) {
    look_again_ = true;
    return;
  }
  context_.store.next_deadline(
      context_.posted([this](const Result<std::optional<UtcSeconds>>& next) {
        looking_ = false;
        if (std::exchange(look_again_, false)) return look();
        next_ = next ? next->value_or(UtcSeconds::max()) : UtcSeconds::min();
        if (!next) {
          timer_ = context_.timers.at(context_.clock.monotonic_now() + kRetry, [this] { look(); });
        } else if (*next) {
          sleep_until(**next);
        }
      }));
}

void Deadlines::sleep_until(UtcSeconds deadline) {
  const Nanoseconds left =
      std::max(UtcTime{deadline} - context_.clock.utc_now(), std::chrono::microseconds{});
  const bool due = left <= kLongestSleep;
  const auto wake = context_.clock.monotonic_now() + std::min<Nanoseconds>(left, kLongestSleep);
  timer_ = context_.timers.at(wake, [this, due] {
    if (!due) return look();
    fire([this](const Status& fired) {
      if (fired) return look();
      log::error("deadlines cannot be applied: {}", fired.error().to_string());
      timer_ = context_.timers.at(context_.clock.monotonic_now() + kRetry, [this] { look(); });
    });
  });
}

}  // namespace benchd::site
