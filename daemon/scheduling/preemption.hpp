// Which running job is ended for one that comes before it. Pure: told the time.
//
// Only jobs that have declared themselves preemptible, never a booking that was made for a fixed
// time; not before they have had their protected time; twice at most. The one that loses the fewest
// bench-seconds goes, which is the one started last; and none where the gain is no more than the
// changeover that it costs.
#pragma once

#include <optional>
#include <span>

#include "daemon/base/ids.hpp"
#include "daemon/scheduling/planner.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

// As often a job is ended for others before it is left alone.
inline constexpr int kMostPreemptions = 2;

// The job that has a bench.
struct RunningJob {
  BookingId booking;
  std::size_t bench = 0;  // index into the benches of the plan
  UtcSeconds started;     // its occupied time began
  bool preemptible = false;
  int preemptions = 0;  // so far
};

// Whom to end for the last of `jobs`, which are in order, with the ones before it keeping their
// plans: an index into `running`. `planned_start`: of its occupied time, as the plan has it.
[[nodiscard]] std::optional<std::size_t> choose_victim(std::span<const RunningJob> running,
                                                       std::span<const PlanBench> benches,
                                                       std::span<const PlanJob> jobs,
                                                       std::optional<UtcSeconds> planned_start,
                                                       const Policy& policy,
                                                       UtcSeconds now);

}  // namespace benchd::scheduling
