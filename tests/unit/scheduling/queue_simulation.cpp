#include "tests/unit/scheduling/queue_simulation.hpp"

#include <algorithm>

#include "daemon/scheduling/slots.hpp"

namespace benchd::scheduling {

using model::Interval;
using std::chrono::seconds;

QueueSimulation::QueueSimulation(std::vector<BenchRules> benches,
                                 std::vector<std::string> tenants,
                                 UtcSeconds now)
    : now_(now), tenants_(std::move(tenants)) {
  for (auto& rules : benches) benches_.push_back({std::move(rules), {}, std::nullopt});
}

seconds QueueSimulation::buffers(std::size_t bench) const {
  return benches_[bench].rules.setup_time + benches_[bench].rules.teardown_time;
}

void QueueSimulation::submit(const Work& work) {
  const auto number = std::to_string(++submitted_);
  jobs_[model::JobId{"j-" + std::string(8 - number.size(), '0') + number}] = {
      work, now_, std::nullopt, std::nullopt};
}

bool QueueSimulation::is_free(std::size_t bench, const Interval& occupied) const {
  const auto& [rules, fixed, running] = benches_[bench];
  if (occupied.start < now_ || find_conflict(fixed, occupied)) return false;
  return !running || running->latest_end <= occupied.start;
}

void QueueSimulation::claim(std::size_t bench, const Interval& occupied) {
  auto& fixed = benches_[bench].fixed;
  fixed.insert(std::ranges::upper_bound(fixed, occupied.start, {}, &Interval::start), occupied);
}

bool QueueSimulation::book(std::size_t bench, const Interval& occupied) {
  if (!is_free(bench, occupied)) return false;
  for (const auto& [id, job] : jobs_) {
    if (!job.promise || !job.plan || job.plan->bench != bench) continue;
    const auto start = job.plan->occupied.start;
    if (occupied.overlaps({start, start + buffers(bench) + job.work.maximum})) return false;
  }
  claim(bench, occupied);
  return true;
}

bool QueueSimulation::close(std::size_t bench, const Interval& occupied) {
  if (!is_free(bench, occupied)) return false;
  claim(bench, occupied);
  return true;
}

std::size_t QueueSimulation::waiting(const std::string& tenant) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      jobs_, [&](const auto& entry) { return entry.second.work.tenant == tenant; }));
}

std::vector<QueuedJob> QueueSimulation::queued() const {
  std::vector<QueuedJob> queued;
  for (const auto& [id, job] : jobs_) {
    queued.push_back({.id = id,
                      .tenant = TenantId{job.work.tenant},
                      .member = MemberId{job.work.member},
                      .job_class = job.work.job_class,
                      .submit_time = job.submitted,
                      .cost = static_cast<double>(job.work.predicted.count())});
  }
  return queued;
}

std::vector<TenantUse> QueueSimulation::uses() const {
  std::vector<TenantUse> uses;
  for (const auto& tenant : tenants_) {
    const auto usage = usage_.find(tenant);
    uses.push_back({TenantId{tenant}, 1,
                    usage == usage_.end() ? 0 : usage->second.at(now_, policy_.usage_half_life)});
  }
  return uses;
}

// No job has its bench, made safe again, later than when a claim begins.
void QueueSimulation::check_claims() {
  for (const auto& bench : benches_) {
    if (!bench.running) continue;
    const Interval had{bench.running->start, bench.running->end};
    for (const auto& claim : bench.fixed) {
      if (claim.overlaps(had))
        violations_.push_back("a claim of " + bench.rules.id.text() + " is delayed to " +
                              to_rfc3339(had.end));
    }
  }
}

void QueueSimulation::end_running() {
  check_claims();
  for (auto& bench : benches_) {
    if (bench.running && bench.running->end <= now_) bench.running.reset();
    std::erase_if(bench.fixed, [&](const Interval& claim) { return claim.end <= now_; });
  }
}

// What takes longer than predicted is expected to take as long again as it is late.
UtcSeconds QueueSimulation::predicted_to_leave(const Bench& bench) const {
  const auto late = now_ - bench.running->predicted_end;
  if (late < seconds{0}) return bench.running->predicted_end;
  return now_ + std::max(late, seconds{1800});
}

std::vector<JobPlan> QueueSimulation::plan(const std::vector<model::JobId>& order) {
  std::vector<PlanBench> benches;
  for (const auto& bench : benches_) {
    auto& each = benches.emplace_back(PlanBench{bench.rules, bench.fixed, std::nullopt});
    if (bench.running) each.leaves = predicted_to_leave(bench);
  }
  std::vector<PlanJob> jobs;
  for (const auto& id : order) {
    const Job& job = jobs_.at(id);
    jobs.push_back({.id = id,
                    .predicted = job.work.predicted,
                    .maximum = job.work.maximum,
                    .earliest = job.submitted,
                    .fitting = job.work.fitting,
                    .before = job.plan,
                    .promise = job.promise});
  }
  return make_plan(benches, jobs, now_);
}

void QueueSimulation::check_move(const Job& job, const JobPlan& plan) {
  if (!job.plan || !plan.planned || plan.planned->occupied.start <= job.plan->occupied.start) {
    return;
  }
  const auto& bench = benches_[job.plan->bench];
  const auto start = job.plan->occupied.start;
  const Interval longest{start, start + buffers(job.plan->bench) + job.work.maximum};
  const bool fixed = std::ranges::any_of(
      bench.fixed, [&](const Interval& claim) { return claim.overlaps(longest); });
  const bool runs = bench.running && predicted_to_leave(bench) > start;
  const bool is_true = (plan.moved == PlanCause::FixedClaim && fixed) ||
                       (plan.moved == PlanCause::RunningJob && runs) ||
                       (plan.moved == PlanCause::Order && !job.promise && !fixed);
  if (!is_true) {
    violations_.push_back("a job's plan moved from " + to_rfc3339(start) + " to " +
                          to_rfc3339(plan.planned->occupied.start) + " for cause " +
                          std::to_string(static_cast<int>(plan.moved)));
  }
}

// Nobody waits for a bench that he could use without moving anybody who goes before him.
void QueueSimulation::check_no_idle_bench(const std::vector<model::JobId>& order) {
  for (std::size_t at = 0; at < benches_.size(); ++at) {
    const auto& bench = benches_[at];
    if (bench.running) continue;
    for (const auto& id : order) {
      const Job& job = jobs_.at(id);
      if (std::ranges::find(job.work.fitting, at) == job.work.fitting.end()) continue;
      const Interval longest{now_, now_ + buffers(at) + job.work.maximum};
      const Interval predicted{now_, now_ + buffers(at) + job.work.predicted};
      const bool taken =
          find_conflict(bench.fixed, longest) || std::ranges::any_of(jobs_, [&](const auto& other) {
            return other.second.plan && other.second.plan->bench == at &&
                   other.second.plan->occupied.overlaps(predicted);
          });
      if (!taken) violations_.push_back(id.text() + " waits for an idle bench");
    }
  }
}

void QueueSimulation::check_overtaking(const model::JobId& id, const Head& own) {
  const auto since = own.job == id ? own.since : now_;
  const auto job_class = jobs_.at(id).work.job_class;
  for (const auto& [key, head] : heads_) {
    if (key.second != job_class || head.job == id) continue;
    if (since <= head.since + policy_.longest_head_wait) continue;
    overtaken_.push_back(head.job.text() + ", head since " + to_rfc3339(head.since) + ", by " +
                         id.text() + ", since " + to_rfc3339(since));
  }
}

void QueueSimulation::start(const model::JobId& id) {
  const Job job = jobs_.at(id);
  Bench& bench = benches_[job.plan->bench];
  const auto buffer = buffers(job.plan->bench);
  const Interval longest{now_, now_ + buffer + job.work.maximum};
  if (bench.running) violations_.push_back(id.text() + " starts on a bench where another runs");
  if (find_conflict(bench.fixed, longest)) {
    violations_.push_back(id.text() + " may run into a fixed claim");
  }
  bench.running = Running{now_, now_ + buffer + job.work.predicted, now_ + buffer + job.work.actual,
                          longest.end};
  const auto key = std::pair{TenantId{job.work.tenant}, job.work.job_class};
  const Head& head = heads_.at(key);
  check_overtaking(id, head);
  started_.push_back({job.work.tenant, job.work.member, job.submitted,
                      head.job == id ? head.since : now_, now_, job.work.actual});
  const auto cost = static_cast<double>(job.work.actual.count());
  usage_[job.work.tenant].add(cost, now_, policy_.usage_half_life);
  member_usage_[{job.work.tenant, job.work.member}] += cost;
  jobs_.erase(id);
}

void QueueSimulation::pass() {
  end_running();
  for (bool started = true; started;) {
    started = false;
    const auto queue = queued();
    const auto tenants = uses();
    OrderInput input{queue, tenants, {}, now_};
    for (const auto& [key, used] : member_usage_) {
      input.members[{TenantId{key.first}, MemberId{key.second}}] = used;
    }
    update_heads(input, heads_);
    std::vector<model::JobId> order;
    for (const auto at : order_jobs(input, heads_, policy_)) order.push_back(queue[at].id);
    const auto plans = plan(order);
    for (std::size_t at = 0; at < order.size(); ++at) {
      Job& job = jobs_.at(order[at]);
      check_move(job, plans[at]);
      job.plan = plans[at].planned;
      if (job.work.wants_promise && !job.promise && job.plan) {
        job.promise = Promise{job.plan->occupied.start, now_ + std::chrono::hours{24 * 30}};
      }
    }
    for (const auto& id : order) {
      const auto& planned = jobs_.at(id).plan;
      if (!planned || planned->occupied.start != now_) continue;
      if (id != order.front()) ++backfilled_;
      start(id);
      started = true;
      break;  // whose head is next is asked again
    }
    if (!started) check_no_idle_bench(order);
  }
}

void QueueSimulation::advance(UtcSeconds until) {
  auto next = until;
  for (const auto& bench : benches_) {
    if (!bench.running) continue;
    next = std::min(next, bench.running->end);
    // It has not left when it was predicted to: plans follow.
    if (bench.running->predicted_end > now_) next = std::min(next, bench.running->predicted_end);
  }
  for (const auto& [id, job] : jobs_) {
    if (job.plan) next = std::min(next, job.plan->occupied.start);
  }
  now_ = std::max(next, now_ + seconds{1});
  pass();
}

}  // namespace benchd::scheduling
