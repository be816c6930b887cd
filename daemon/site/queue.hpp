// The queue at work: plans again whenever something has changed, and starts the jobs whose turn has
// come.
//
// The store is the queue; nothing is kept here. Strand of the site; owned by Jobs.
#pragma once

#include "daemon/base/timers.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/queue_plan.hpp"

namespace benchd::site {

class Bookings;
struct SiteContext;

class Queue {
 public:
  Queue(SiteContext& context, Bookings& bookings) : context_(context), bookings_(bookings) {}

  void start();

 private:
  void look();
  void plan(const store::QueueState& queue, UtcSeconds now);
  void start_next(QueuePlan plan, std::size_t next, UtcSeconds now);
  void preempt(const BookingId& booking, UtcSeconds now);
  void rest(Nanoseconds time);

  SiteContext& context_;
  Bookings& bookings_;
  Subscription changes_;
  TimerHandle timer_;
  bool empty_ = false;  // as far as it was looked at
  bool looking_ = false;
  bool look_again_ = false;
};

}  // namespace benchd::site
