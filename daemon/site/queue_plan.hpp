// What the queue as it is stored comes to: the plan, and which jobs start now. Pure.
#pragma once

#include <utility>
#include <vector>

#include "daemon/scheduling/policy.hpp"
#include "daemon/store/records.hpp"

namespace benchd::site {

struct QueuePlan {
  struct Start {
    model::JobId job;
    BenchId bench;
  };
  std::vector<std::pair<model::JobId, store::JobPlanRecord>> changed;  // jobs whose plan is another
  scheduling::Heads heads;
  bool news = false;                 // there is something to be stored
  std::vector<Start> starts;         // first to be started first
  std::optional<UtcSeconds> next;    // the next planned start after now
  std::optional<BookingId> preempt;  // whose job is to be ended for one that comes before it
};

[[nodiscard]] QueuePlan plan_queue(const store::QueueState& queue,
                                   const scheduling::Policy& policy,
                                   UtcSeconds now);

}  // namespace benchd::site
