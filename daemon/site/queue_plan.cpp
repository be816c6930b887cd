#include "daemon/site/queue_plan.hpp"

#include <algorithm>

namespace benchd::site {

namespace {

using scheduling::PlanBench;
using scheduling::PlanJob;

std::optional<std::size_t> index_of(const store::QueueState& queue, const BenchId& bench) {
  const auto found = std::ranges::find(queue.benches, bench,
                                       [](const store::QueueBench& each) { return each.rules.id; });
  if (found == queue.benches.end()) return std::nullopt;
  return static_cast<std::size_t>(found - queue.benches.begin());
}

std::vector<scheduling::QueuedJob> queued_jobs(const store::QueueState& queue) {
  std::vector<scheduling::QueuedJob> jobs;
  for (const auto& [job, title, external_id, plan, booking, reason, message, change] : queue.jobs) {
    jobs.push_back({.id = job.id,
                    .tenant = job.tenant,
                    .member = job.member,
                    .job_class = job.job_class,
                    .submit_time = std::chrono::floor<std::chrono::seconds>(job.submit_time),
                    .cost = static_cast<double>(job.predicted.count())});
  }
  return jobs;
}

PlanJob plan_job(const store::QueueState& queue, const store::JobRecord& record, UtcSeconds now) {
  const auto& job = record.job;
  PlanJob out{.id = job.id,
              .predicted = job.predicted,
              .maximum = job.maximum,
              .earliest = job.earliest.value_or(now)};
  for (const auto& fit : job.fitting) {
    if (const auto bench = index_of(queue, fit.bench)) out.fitting.push_back(*bench);
  }
  if (record.plan.bench) {
    if (const auto bench = index_of(queue, *record.plan.bench)) {
      out.before = scheduling::Planned{*bench, record.plan.occupied};
    }
  }
  return out;
}

store::JobPlanRecord record_of(const store::QueueState& queue, const scheduling::JobPlan& plan) {
  store::JobPlanRecord record{.waits = plan.waits, .moved = plan.moved};
  if (plan.planned) {
    record.bench = queue.benches[plan.planned->bench].rules.id;
    record.occupied = plan.planned->occupied;
  }
  return record;
}

}  // namespace

QueuePlan plan_queue(const store::QueueState& queue,
                     const scheduling::Policy& policy,
                     UtcSeconds now) {
  QueuePlan out{.heads = queue.heads};
  const auto queued = queued_jobs(queue);
  const scheduling::OrderInput input{queued, queue.tenants, queue.members, now};
  scheduling::update_heads(input, out.heads);
  const auto order = scheduling::order_jobs(input, out.heads, policy);

  std::vector<PlanBench> benches;
  for (const auto& bench : queue.benches)
    benches.push_back({bench.rules, bench.fixed, bench.leaves});
  std::vector<PlanJob> jobs;
  for (const auto at : order) jobs.push_back(plan_job(queue, queue.jobs[at], now));
  const auto plans = scheduling::make_plan(benches, jobs, now);

  for (std::size_t at = 0; at < plans.size(); ++at) {
    const auto& job = queue.jobs[order[at]];
    auto record = record_of(queue, plans[at]);
    // Why it was last moved is told until it is moved again.
    if (record.moved == scheduling::PlanCause::None) record.moved = job.plan.moved;
    if (record.bench && record.occupied.start == now) {
      out.starts.push_back({job.job.id, *record.bench});
    } else if (record.bench) {
      out.next = std::min(out.next.value_or(record.occupied.start), record.occupied.start);
    }
    if (record != job.plan) out.changed.emplace_back(job.job.id, std::move(record));
  }
  return out;
}

}  // namespace benchd::site
