#include "daemon/site/queue.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/ids.hpp"
#include "daemon/base/log.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

namespace {

// Predictions age: a plan is made anew at least so often, while anything waits.
constexpr Nanoseconds kPass = std::chrono::seconds{30};
constexpr Nanoseconds kRetry = std::chrono::seconds{1};

bool concerns_the_queue(store::ChangeKind kind) {
  return kind == store::ChangeKind::Booking || kind == store::ChangeKind::Bench ||
         kind == store::ChangeKind::Station || kind == store::ChangeKind::Job;
}

}  // namespace

void Queue::start() {
  changes_ = context_.changes.subscribe([this](const store::Change& change) {
    // A queue without jobs changes with a job alone.
    const bool concerns =
        empty_ ? change.kind == store::ChangeKind::Job : concerns_the_queue(change.kind);
    if (concerns || looking_) look();
  });
  look();
}

// One pass at a time, however much changes.
void Queue::look() {
  if (std::exchange(looking_, true)) {
    look_again_ = true;
    return;
  }
  timer_.cancel();
  const auto now = std::chrono::floor<std::chrono::seconds>(context_.clock.utc_now());
  context_.store.read_queue(
      now, context_.posted([this, now](const Result<store::QueueState>& queue) {
        if (!queue) {
          log::warn("the queue cannot be read: {}", queue.error().to_string());
          return rest(kRetry);
        }
        empty_ = queue->jobs.empty();
        if (empty_) return rest({});
        plan(*queue, now);
      }));
}

void Queue::plan(const store::QueueState& queue, UtcSeconds now) {
  auto plan = plan_queue(queue, context_.policy, now);
  if (!plan.news) return start_next(std::move(plan), 0, now);
  store::WritePlan command{.now = now, .plans = std::move(plan.changed), .heads = plan.heads};
  context_.store.write_plan(std::move(command), context_.posted([this, plan = std::move(plan),
                                                                 now](const Status& written) {
    if (written) return start_next(plan, 0, now);
    log::warn("the plan cannot be stored: {}", written.error().to_string());
    rest(kRetry);
  }));
}

// One job, then the order is asked for anew: its tenant has used more by then.
void Queue::start_next(QueuePlan plan, std::size_t next, UtcSeconds now) {
  if (next == plan.starts.size()) {
    if (plan.preempt) return preempt(*plan.preempt, now);
    const Nanoseconds left = plan.next ? Nanoseconds{*plan.next - now} : kPass;
    return rest(std::min(left, kPass));
  }
  const auto& [job, bench] = plan.starts[next];
  auto call = site_call(context_, access::Operation::SubmitJob);
  call.now = now;
  context_.store.start_job(
      {.call = std::move(call),
       .job = job,
       .booking = BookingId{new_random_id("b-")},
       .bench = bench},
      context_.posted([this, plan = std::move(plan), next,
                       now](const Result<store::BookingRecord>& booking) mutable {
        const auto& id = plan.starts[next].job.text();
        if (booking) {
          log::info("job={} booking={} started", id, booking->booking.id.text());
          look_again_ = true;
          return rest(kPass);
        }
        log::info("job={} could not start: {}", id, booking.error().to_string());
        start_next(std::move(plan), next + 1, now);
      }));
}

// Its bench is made safe; the plan follows when that is proved.
void Queue::preempt(const BookingId& booking, UtcSeconds now) {
  auto call = site_call(context_, access::Operation::SubmitJob);
  call.now = now;
  context_.store.change_booking(
      {.call = std::move(call),
       .tenant = std::nullopt,
       .booking = booking,
       .event = scheduling::BookingEvent::Preempt,
       .message = "Ended for a job that comes before it; it waits again."},
      context_.posted([this, booking](const Result<store::BookingMoved>& moved) {
        if (moved) {
          log::info("booking={} preempted", booking.text());
          bookings_.after_moved(moved->booking);
        } else {
          log::warn("booking={} cannot be preempted: {}", booking.text(),
                    moved.error().to_string());
        }
        rest(kPass);
      }));
}

// Until something changes, but no longer than `time`; zero: nothing waits.
void Queue::rest(Nanoseconds time) {
  looking_ = false;
  if (std::exchange(look_again_, false)) return look();
  if (time > Nanoseconds{}) {
    timer_ = context_.timers.at(context_.clock.monotonic_now() + time, [this] { look(); });
  }
}

}  // namespace benchd::site
