// The queue at work: plans again whenever something has changed, and starts the jobs whose turn has
// come.
//
// The store is the queue; nothing is kept here. Strand of the site; owned by Jobs.
#pragma once

#include "daemon/site/changes.hpp"
#include "daemon/site/queue_plan.hpp"

namespace benchd::site {

struct SiteContext;

class Queue {
 public:
  explicit Queue(SiteContext& context) : context_(context) {}

  void start();

 private:
  void look();
  void plan(const store::QueueState& queue, UtcSeconds now);
  void start_next(QueuePlan plan, std::size_t next, UtcSeconds now);
  void rest(Nanoseconds time);

  SiteContext& context_;
  Subscription changes_;
  TimerHandle timer_;
  bool looking_ = false;
  bool look_again_ = false;
};

}  // namespace benchd::site
