#include "daemon/site/queue_plan.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "daemon/scheduling/admission.hpp"
#include "daemon/scheduling/preemption.hpp"

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

// Many jobs ask for the same length on the same bench.
class HoursOfBenches {
 public:
  HoursOfBenches(const store::QueueState& queue, UtcSeconds now)
      : queue_(queue), window_{now, now + scheduling::kLookAhead} {}

  const std::vector<scheduling::StartRanges>& of(std::size_t bench, const model::Job& job) {
    const auto key = std::tuple{bench, job.attendance, job.maximum};
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    return known_[key] = scheduling::start_conditions(queue_.benches[bench].rules, job.attendance,
                                                      job.maximum, window_);
  }

 private:
  const store::QueueState& queue_;
  const model::Interval window_;
  std::map<std::tuple<std::size_t, model::Attendance, std::chrono::seconds>,
           std::vector<scheduling::StartRanges>>
      known_;
};

PlanJob plan_job(const store::QueueState& queue,
                 const store::JobRecord& record,
                 HoursOfBenches& hours,
                 UtcSeconds now) {
  const auto& job = record.job;
  PlanJob out{.id = job.id,
              .predicted = job.predicted,
              .maximum = job.maximum,
              .earliest = job.earliest.value_or(now)};
  for (const auto& fit : job.fitting) {
    const auto bench = index_of(queue, fit.bench);
    // Nobody is asked for a job: what needs an approval is booked.
    if (!bench || queue.benches[*bench].rules.needs_approval) continue;
    out.fitting.push_back(*bench);
    out.hours.push_back(hours.of(*bench, job));
  }
  if (record.plan.bench) {
    // One that is out of service fits no job.
    const auto bench = index_of(queue, *record.plan.bench).value_or(queue.benches.size());
    out.before = scheduling::Planned{bench, record.plan.occupied};
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

std::vector<scheduling::RunningJob> running_jobs(const store::QueueState& queue) {
  std::vector<scheduling::RunningJob> running;
  for (std::size_t at = 0; at < queue.benches.size(); ++at) {
    const auto& job = queue.benches[at].running;
    if (job)
      running.push_back({job->booking, at, job->started, job->preemptible, job->preemptions});
  }
  return running;
}

// For the first job of a higher class that waits for a running one, if that serves it.
std::optional<BookingId> find_preempted(const store::QueueState& queue,
                                        const std::vector<std::size_t>& order,
                                        const std::vector<PlanBench>& benches,
                                        const std::vector<PlanJob>& jobs,
                                        const std::vector<scheduling::JobPlan>& plans,
                                        const scheduling::Policy& policy,
                                        UtcSeconds now) {
  const auto running = running_jobs(queue);
  if (running.empty()) return std::nullopt;
  for (std::size_t at = 0; at < plans.size(); ++at) {
    if (queue.jobs[order[at]].job.job_class == model::JobClass::Scavenger) break;
    if (plans[at].waits != scheduling::PlanCause::RunningJob) continue;
    const auto& planned = plans[at].planned;
    const auto start = planned ? std::optional{planned->occupied.start} : std::nullopt;
    const auto victim = scheduling::choose_victim(running, benches, std::span{jobs}.first(at + 1),
                                                  start, policy, now);
    if (victim) return running[*victim].booking;
  }
  return std::nullopt;
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
  HoursOfBenches hours(queue, now);
  std::vector<PlanJob> jobs;
  for (const auto at : order) jobs.push_back(plan_job(queue, queue.jobs[at], hours, now));
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
  out.preempt = find_preempted(queue, order, benches, jobs, plans, policy, now);
  out.news = !out.changed.empty() || out.heads != queue.heads;
  return out;
}

}  // namespace benchd::site
