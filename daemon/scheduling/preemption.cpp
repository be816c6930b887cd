#include "daemon/scheduling/preemption.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace benchd::scheduling {

namespace {

using std::chrono::seconds;

bool may_be_ended(const RunningJob& job, const Policy& policy, UtcSeconds now) {
  return job.preemptible && job.preemptions < kMostPreemptions &&
         now - job.started >= policy.protected_time;
}

}  // namespace

std::optional<std::size_t> choose_victim(std::span<const RunningJob> running,
                                         std::span<const PlanBench> benches,
                                         std::span<const PlanJob> jobs,
                                         std::optional<UtcSeconds> planned_start,
                                         const Policy& policy,
                                         UtcSeconds now) {
  const auto& fitting = jobs.back().fitting;
  std::vector<std::size_t> candidates;
  for (std::size_t at = 0; at < running.size(); ++at) {
    const bool fits = std::ranges::find(fitting, running[at].bench) != fitting.end();
    if (fits && may_be_ended(running[at], policy, now)) candidates.push_back(at);
  }
  std::ranges::sort(candidates, {}, [&](std::size_t at) {
    return std::tuple{now - running[at].started, running[at].booking};
  });
  for (const auto at : candidates) {
    const auto bench = running[at].bench;
    std::vector<PlanBench> freed(benches.begin(), benches.end());
    freed[bench].leaves = now + freed[bench].rules.teardown_time;
    const auto plan = make_plan(freed, jobs, now).back();
    if (!plan.planned || plan.planned->bench != bench) continue;
    const auto changeover = freed[bench].rules.teardown_time + freed[bench].rules.setup_time;
    if (!planned_start || *planned_start - plan.planned->occupied.start > changeover) return at;
  }
  return std::nullopt;
}

}  // namespace benchd::scheduling
