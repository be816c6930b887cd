#include "daemon/scheduling/planner.hpp"

#include <algorithm>

namespace benchd::scheduling {

namespace {

using model::Interval;
using std::chrono::seconds;

// The earliest start at or after `from` with `length` free; none if it begins at `before` or later.
std::optional<UtcSeconds> earliest_gap(Busy busy,
                                       UtcSeconds from,
                                       seconds length,
                                       UtcSeconds before) {
  auto next = std::ranges::upper_bound(busy, from, {}, &Interval::end);
  for (; next != busy.end() && next->start < from + length; ++next) {
    from = next->end;
    if (from >= before) return std::nullopt;
  }
  return from < before ? std::optional{from} : std::nullopt;
}

// What is fixed and what is planned, bench by bench.
class Timetable {
 public:
  Timetable(std::span<const PlanBench> benches, UtcSeconds now)
      : benches_(benches), planned_(benches.size()), now_(now) {}

  // By its predicted duration.
  [[nodiscard]] Planned place(const PlanJob& job, std::size_t bench, UtcSeconds start) const {
    return {bench, {start, start + buffers(bench) + job.predicted}};
  }

  // The earliest place on the benches that fit; on the preferred one of several.
  [[nodiscard]] std::optional<Planned> earliest(const PlanJob& job) const {
    std::optional<Planned> best;
    for (const std::size_t bench : job.fitting) {
      const auto before = best ? best->occupied.start : UtcSeconds::max();
      if (const auto start = earliest_on(job, bench, before)) best = place(job, bench, *start);
    }
    return best;
  }

  // As if no other job were planned.
  [[nodiscard]] UtcSeconds earliest_alone(const PlanJob& job) const {
    auto best = UtcSeconds::max();
    for (const std::size_t bench : job.fitting) {
      best = earliest_beside_fixed(job, bench, first(job, bench), best).value_or(best);
    }
    return best;
  }

  // What keeps the job from a place, the order aside; from now on there if its start has gone by.
  [[nodiscard]] std::optional<PlanCause> obstacle(const PlanJob& job, const Planned& at) const {
    if (std::ranges::find(job.fitting, at.bench) == job.fitting.end()) return PlanCause::NoBench;
    const auto& [rules, fixed, leaves] = benches_[at.bench];
    const auto start = std::max(at.occupied.start, now_);
    if (find_conflict(fixed, {start, start + longest(job, at.bench)})) return PlanCause::FixedClaim;
    if (leaves && *leaves > start) return PlanCause::RunningJob;
    if (open_from(job, at.bench, start) != start) return PlanCause::Closed;
    return std::nullopt;
  }
  [[nodiscard]] bool is_free(const Planned& at) const {
    return !find_conflict(planned_[at.bench], at.occupied);
  }

  // The first time that the job may occupy the bench, claims and plans aside.
  [[nodiscard]] UtcSeconds first(const PlanJob& job, std::size_t bench) const {
    return std::max({now_, job.earliest, benches_[bench].leaves.value_or(now_)});
  }

  // The first time at or after `from` at which the hours let the job occupy the bench.
  [[nodiscard]] std::optional<UtcSeconds> open_from(const PlanJob& job,
                                                    std::size_t bench,
                                                    UtcSeconds from) const {
    const auto at =
        static_cast<std::size_t>(std::ranges::find(job.fitting, bench) - job.fitting.begin());
    if (at >= job.hours.size() || job.hours[at].empty()) return from;
    const auto setup_time = benches_[bench].rules.setup_time;
    const auto start = next_start(job.hours[at], from + setup_time);
    if (!start) return std::nullopt;
    return *start - setup_time;
  }

  void insert(const Planned& at) {
    auto& planned = planned_[at.bench];
    planned.insert(std::ranges::upper_bound(planned, at.occupied.start, {}, &Interval::start),
                   at.occupied);
  }
  void erase(const Planned& at) {
    auto& planned = planned_[at.bench];
    planned.erase(std::ranges::lower_bound(planned, at.occupied.start, {}, &Interval::start));
  }

 private:
  [[nodiscard]] seconds buffers(std::size_t bench) const {
    return benches_[bench].rules.setup_time + benches_[bench].rules.teardown_time;
  }
  [[nodiscard]] seconds longest(const PlanJob& job, std::size_t bench) const {
    return buffers(bench) + job.maximum;
  }

  // Neither claims nor hours are in the way of its declared maximum.
  [[nodiscard]] std::optional<UtcSeconds> earliest_beside_fixed(const PlanJob& job,
                                                                std::size_t bench,
                                                                UtcSeconds start,
                                                                UtcSeconds before) const {
    // Each may only move it later; done when both agree.
    for (;;) {
      const auto gap = earliest_gap(benches_[bench].fixed, start, longest(job, bench), before);
      if (!gap) return std::nullopt;
      const auto open = open_from(job, bench, *gap);
      if (!open || *open >= before) return std::nullopt;
      if (*open == *gap) return open;
      start = *open;
    }
  }

  [[nodiscard]] std::optional<UtcSeconds> earliest_on(const PlanJob& job,
                                                      std::size_t bench,
                                                      UtcSeconds before) const {
    auto start = first(job, bench);
    for (;;) {
      const auto around = earliest_beside_fixed(job, bench, start, before);
      if (!around) return std::nullopt;
      const auto among =
          earliest_gap(planned_[bench], *around, buffers(bench) + job.predicted, before);
      if (!among || *among == *around) return among;
      start = *among;
    }
  }

  std::span<const PlanBench> benches_;
  std::vector<std::vector<Interval>> planned_;
  UtcSeconds now_;
};

bool is_promised(const PlanJob& job, UtcSeconds now) {
  return job.promise && job.promise->expires > now;
}

// Promised jobs have a place before any other is planned: that of the last plan, or where nothing
// but other promised jobs comes before them.
std::vector<std::optional<Planned>> reserve(Timetable& table,
                                            std::span<const PlanJob> jobs,
                                            UtcSeconds now) {
  std::vector<std::optional<Planned>> places(jobs.size());
  std::vector<std::size_t> displaced;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const PlanJob& job = jobs[i];
    if (!is_promised(job, now)) continue;
    if (job.before && job.before->occupied.start >= now && !table.obstacle(job, *job.before)) {
      const auto place = table.place(job, job.before->bench, job.before->occupied.start);
      if (table.is_free(place)) places[i] = place;
    }
    if (places[i])
      table.insert(*places[i]);
    else
      displaced.push_back(i);
  }
  std::ranges::stable_sort(displaced, {}, [&](std::size_t i) { return jobs[i].promise->start; });
  for (const std::size_t i : displaced) {
    places[i] = table.earliest(jobs[i]);
    if (places[i]) table.insert(*places[i]);
  }
  return places;
}

PlanCause why_waiting(const Timetable& table,
                      const PlanJob& job,
                      const Planned& at,
                      UtcSeconds now) {
  const auto start = at.occupied.start;
  if (start == now) return PlanCause::None;
  if (start == job.earliest) return PlanCause::NotYet;
  if (start > table.earliest_alone(job)) return PlanCause::Order;
  const auto first = table.first(job, at.bench);
  if (start == first) return PlanCause::RunningJob;
  return table.open_from(job, at.bench, first) == start ? PlanCause::Closed : PlanCause::FixedClaim;
}

PlanCause why_later(const Timetable& table, const PlanJob& job, const JobPlan& plan) {
  if (!job.before) return PlanCause::None;
  if (!plan.planned) return PlanCause::NoBench;
  if (plan.planned->occupied.start <= job.before->occupied.start) return PlanCause::None;
  return table.obstacle(job, *job.before).value_or(PlanCause::Order);
}

}  // namespace

std::vector<JobPlan> make_plan(std::span<const PlanBench> benches,
                               std::span<const PlanJob> jobs,
                               UtcSeconds now) {
  Timetable table(benches, now);
  const auto reserved = reserve(table, jobs, now);
  std::vector<JobPlan> plans(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    JobPlan& plan = plans[i];
    // Its own place is free for it, so it never gets a later one.
    if (reserved[i]) table.erase(*reserved[i]);
    plan.planned = table.earliest(jobs[i]);
    if (plan.planned) table.insert(*plan.planned);
    plan.waits =
        plan.planned ? why_waiting(table, jobs[i], *plan.planned, now) : PlanCause::NoBench;
    plan.moved = why_later(table, jobs[i], plan);
  }
  return plans;
}

}  // namespace benchd::scheduling
