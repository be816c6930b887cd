// Conservative backfilling: every queued job gets a planned start around what is fixed, and a job
// that comes later in the order starts earlier only where that moves no earlier one. Pure: told the
// time. (Mu'alem and Feitelson, IEEE TPDS 12(6), 2001.)
//
// A job has two durations. Its declared maximum, after which it is stopped, must end before the
// next fixed claim, with setup and teardown: so a job never delays a booking. Its predicted
// duration is what other queued jobs are planned by.
//
// A promised job never moves later but for a cause that is not the order: a claim that is fixed, a
// running job that takes longer, a bench that is gone.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "daemon/model/job.hpp"
#include "daemon/scheduling/intervals.hpp"
#include "daemon/scheduling/open_time.hpp"

namespace benchd::scheduling {

struct PlanBench {
  BenchRules rules;
  Busy fixed;  // claims of bookings and outages
  // When the job that runs on it is predicted to have left it, with its teardown. The planner
  // counts on no time before `now`.
  std::optional<UtcSeconds> leaves;
};

struct Planned {
  std::size_t bench = 0;     // index into the benches
  model::Interval occupied;  // predicted, with setup and teardown
  friend bool operator==(const Planned&, const Planned&) = default;
};

struct Promise {
  UtcSeconds start;    // of the occupied time
  UtcSeconds expires;  // from then on it does not count
};

struct PlanJob {
  model::JobId id;
  std::chrono::seconds predicted{};
  std::chrono::seconds maximum{};    // at least the predicted one
  UtcSeconds earliest;               // not before
  std::vector<std::size_t> fitting;  // indices of benches in service, the preferred one first
  // What the hours of each fitting bench demand of the start of a booking for the declared maximum
  // (start_conditions()); shorter than the list of benches where there is no rule.
  std::vector<std::vector<StartRanges>> hours;
  // What the last plan said, perhaps of a bench that does not fit now.
  std::optional<Planned> before;
  std::optional<Promise> promise;
};

// Why a job does not start now, or later than the last plan said. A closed list: it never says
// whose claim or job it is.
// Stored by number: only ever append.
enum class PlanCause {
  None,
  NoBench,     // none that fits is in service
  NotYet,      // its own earliest start lies ahead
  FixedClaim,  // bookings or outages leave no time before
  RunningJob,  // a running job has not left the bench, or takes longer than predicted
  Order,       // jobs that come before it by class and fair share
  Closed,      // the bench is not open, or nobody of the site is there
};

struct JobPlan {
  std::optional<Planned> planned;     // none without a bench
  PlanCause waits = PlanCause::None;  // None: it starts now
  PlanCause moved = PlanCause::None;  // None: not later than before
};

// One plan for each job, in the order of the jobs given, which is the order of precedence.
[[nodiscard]] std::vector<JobPlan> make_plan(std::span<const PlanBench> benches,
                                             std::span<const PlanJob> jobs,
                                             UtcSeconds now);

}  // namespace benchd::scheduling
