// Rules of the order and of the plan that hold for any queue, checked on random ones; the plan
// against a model that is too simple to be wrong: it tries one minute after the other.
//
// SEED=N in the environment repeats a run.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "daemon/scheduling/job_order.hpp"
#include "daemon/scheduling/planner.hpp"
#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::Interval;
using std::chrono::minutes;

constexpr int kQueues = 150;

unsigned seed_of_queues() {
  const char* given = std::getenv("SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                          : std::random_device{}();
}

class QueueProperties : public testing::Test {
 protected:
  void SetUp() override { std::printf("SEED=%u repeats this run\n", seed_); }

  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }
  bool one_in(int times) { return pick(1, times) == 1; }

  const unsigned seed_ = seed_of_queues();
  std::mt19937 random_{seed_};
};

// ---- the plan

struct RandomBenches {
  std::deque<std::vector<Interval>> fixed;
  std::vector<PlanBench> benches;
};

class PlanProperties : public QueueProperties {
 protected:
  RandomBenches any_benches() {
    RandomBenches out;
    for (int count = pick(1, 4); count > 0; --count) {
      auto& fixed = out.fixed.emplace_back();
      for (int from = pick(0, 200); from < 1500; from += pick(0, 300)) {
        const int until = from + pick(1, 200);
        fixed.push_back({at(from), at(until)});
        from = until;
      }
      out.benches.push_back({bench_with(pick(0, 15), pick(0, 15)), fixed, std::nullopt});
      if (one_in(3)) out.benches.back().leaves = at(pick(-30, fixed.empty() ? 300 : 30));
    }
    return out;
  }

  StartRanges any_hours() {
    StartRanges ranges;
    for (int from = pick(0, 400); from < 5000; from += pick(200, 800)) {
      const int until = from + pick(0, 400);
      ranges.push_back({at(from), at(until)});
      from = until;
    }
    return ranges;
  }

  PlanJob any_job(std::size_t benches) {
    const int maximum = pick(1, 300);
    PlanJob job{.id = model::JobId{"j"},
                .predicted = minutes{pick(1, maximum)},
                .maximum = minutes{maximum},
                .earliest = one_in(4) ? at(pick(0, 600)) : at(-pick(0, 600))};
    std::vector<std::size_t> all(benches);
    std::iota(all.begin(), all.end(), 0U);
    std::ranges::shuffle(all, random_);
    job.fitting.assign(all.begin(), all.begin() + pick(1, static_cast<int>(benches)));
    if (one_in(3)) {
      for (std::size_t bench = 0; bench < job.fitting.size(); ++bench) {
        job.hours.emplace_back();
        for (int rules = pick(0, 2); rules > 0; --rules) job.hours.back().push_back(any_hours());
      }
    }
    return job;
  }

  std::vector<PlanJob> any_jobs(std::size_t benches) {
    std::vector<PlanJob> jobs;
    for (int count = pick(1, 12); count > 0; --count) jobs.push_back(any_job(benches));
    return jobs;
  }
};

bool allow(const std::vector<StartRanges>& conditions, UtcSeconds start) {
  return std::ranges::all_of(conditions, [&](const StartRanges& ranges) {
    return std::ranges::any_of(ranges, [&](const StartRange& range) {
      return range.first <= start && start <= range.last;
    });
  });
}

bool overlaps_any(std::span<const Interval> intervals, const Interval& wanted) {
  return std::ranges::any_of(intervals,
                             [&](const Interval& each) { return each.overlaps(wanted); });
}

// Whether the job may occupy that bench from then on, all that is fixed and planned being as it is.
bool may_start(const PlanJob& job,
               std::size_t choice,
               const PlanBench& bench,
               std::span<const Interval> planned,
               UtcSeconds start) {
  const auto buffers = bench.rules.setup_time + bench.rules.teardown_time;
  if (start < job.earliest || start < bench.leaves.value_or(start)) return false;
  if (choice < job.hours.size() && !allow(job.hours[choice], start + bench.rules.setup_time)) {
    return false;
  }
  return !overlaps_any(bench.fixed, {start, start + buffers + job.maximum}) &&
         !overlaps_any(planned, {start, start + buffers + job.predicted});
}

std::vector<std::optional<Planned>> minute_by_minute(std::span<const PlanBench> benches,
                                                     std::span<const PlanJob> jobs) {
  std::vector<std::vector<Interval>> planned(benches.size());
  std::vector<std::optional<Planned>> plans;
  for (const auto& job : jobs) {
    auto& plan = plans.emplace_back();
    for (int minute = 0; !plan && minute < 7000; ++minute) {
      for (std::size_t choice = 0; !plan && choice < job.fitting.size(); ++choice) {
        const auto bench = job.fitting[choice];
        if (!may_start(job, choice, benches[bench], planned[bench], at(minute))) continue;
        const auto& rules = benches[bench].rules;
        plan = Planned{
            bench,
            {at(minute), at(minute) + rules.setup_time + rules.teardown_time + job.predicted}};
        planned[bench].push_back(plan->occupied);
      }
    }
  }
  return plans;
}

// So no job waits where it fits, none gains by what comes behind it, and none that fills a gap
// touches a claim if it takes as long as it may.
TEST_F(PlanProperties, EachJobGetsTheFirstMinuteThatThoseBeforeItAndTheClaimsLeave) {
  for (int queue = 0; queue < kQueues; ++queue) {
    const auto site = any_benches();
    const auto jobs = any_jobs(site.benches.size());
    const auto plans = make_plan(site.benches, jobs, at(0));
    const auto expected = minute_by_minute(site.benches, jobs);
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      ASSERT_EQ(plans[job].planned, expected[job]) << "job " << job << " SEED=" << seed_;
      const bool starts = plans[job].planned && plans[job].planned->occupied.start == at(0);
      ASSERT_EQ(plans[job].waits == PlanCause::None, starts) << "job " << job << " SEED=" << seed_;
    }
  }
}

TEST_F(PlanProperties, TheOrderInWhichBenchesAreNamedChangesNoPlan) {
  for (int queue = 0; queue < kQueues; ++queue) {
    const auto site = any_benches();
    const auto jobs = any_jobs(site.benches.size());
    std::vector<std::size_t> place(site.benches.size());
    std::iota(place.begin(), place.end(), 0U);
    std::ranges::shuffle(place, random_);
    std::vector<PlanBench> benches(site.benches.size());
    for (std::size_t bench = 0; bench < place.size(); ++bench) {
      benches[place[bench]] = site.benches[bench];
    }
    auto renamed = jobs;
    for (auto& job : renamed) {
      for (auto& bench : job.fitting) bench = place[bench];
    }
    const auto before = make_plan(site.benches, jobs, at(0));
    const auto after = make_plan(benches, renamed, at(0));
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      auto expected = before[job].planned;
      if (expected) expected->bench = place[expected->bench];
      ASSERT_EQ(after[job].planned, expected) << "SEED=" << seed_;
      ASSERT_EQ(after[job].waits, before[job].waits) << "SEED=" << seed_;
    }
  }
}

// Whatever comes before it by now: fair share, or a job of a higher class.
TEST_F(PlanProperties, APromisedJobMovesLaterOnlyForAClaimARunningJobOrTheHours) {
  int moved = 0;
  for (int queue = 0; queue < kQueues; ++queue) {
    auto site = any_benches();
    auto jobs = any_jobs(site.benches.size());
    const auto plans = make_plan(site.benches, jobs, at(0));
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      jobs[job].before = plans[job].planned;
      if (plans[job].planned) {
        jobs[job].promise = Promise{plans[job].planned->occupied.start, at(100'000)};
      }
    }
    for (int more = pick(0, 6); more > 0; --more) jobs.push_back(any_job(site.benches.size()));
    std::ranges::shuffle(jobs, random_);
    const int now = one_in(2) ? 0 : pick(1, 60);
    const auto bench = static_cast<std::size_t>(pick(0, static_cast<int>(site.benches.size()) - 1));
    const bool late = one_in(2);
    if (late) site.benches[bench].leaves = at(now + pick(1, 600));
    const auto again = make_plan(site.benches, jobs, at(now));
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      const auto& before = jobs[job].before;
      if (!before || before->occupied.start < at(now)) continue;
      ASSERT_TRUE(again[job].planned) << "SEED=" << seed_;
      if (again[job].planned->occupied.start <= before->occupied.start) continue;
      ++moved;
      // By what runs there, or by a promised job that had to leave such a place.
      ASSERT_TRUE(late || now > 0) << "SEED=" << seed_;
      ASSERT_NE(again[job].moved, PlanCause::None) << "SEED=" << seed_;
    }
  }
  EXPECT_GT(moved, 0);
}

// ---- the order

class OrderProperties : public QueueProperties {
 protected:
  struct Queue {
    std::vector<QueuedJob> jobs;
    std::vector<TenantUse> tenants;
    MemberUse members;
    Heads heads;
    UtcSeconds now = at(20 * 24 * 60);
    [[nodiscard]] OrderInput input() const { return {jobs, tenants, members, now}; }
  };

  Queue any_queue() {
    Queue queue;
    const int tenants = pick(1, 6);
    for (int tenant = 0; tenant < tenants; ++tenant) {
      queue.tenants.push_back({TenantId{std::string(1, static_cast<char>('a' + tenant))},
                               static_cast<double>(pick(1, 3)),
                               one_in(4) ? 0 : static_cast<double>(pick(0, 40)) * 3600});
    }
    const int jobs = pick(1, 30);
    for (int job = 0; job < jobs; ++job) {
      const auto& tenant = queue.tenants[static_cast<std::size_t>(pick(0, tenants - 1))].tenant;
      queue.jobs.push_back({.id = model::JobId{"j-" + std::to_string(100 + job)},
                            .tenant = tenant,
                            .member = MemberId{"m" + std::to_string(pick(0, 2))},
                            .job_class = static_cast<model::JobClass>(pick(2, 4)),
                            .submit_time = at(60 * pick(0, 20)),
                            .cost = static_cast<double>(pick(1, 10)) * 600});
    }
    // Some have been head for long: found as they came.
    std::ranges::sort(queue.jobs, {}, &QueuedJob::submit_time);
    const auto all = queue.jobs;
    for (std::size_t first = 1; first <= all.size(); ++first) {
      queue.jobs.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
      auto seen = queue.input();
      seen.now = at(pick(0, 24 * 60 * 19));
      update_heads(seen, queue.heads);
    }
    return queue;
  }
};

std::vector<model::JobId> ids_in_order(const OrderInput& input, const Heads& heads) {
  std::vector<model::JobId> ids;
  for (const auto at : order_jobs(input, heads, {})) ids.push_back(input.jobs[at].id);
  return ids;
}

TEST_F(OrderProperties, TheOrderInWhichJobsOfOneInstantArriveDoesNotCount) {
  for (int round = 0; round < kQueues; ++round) {
    auto queue = any_queue();
    auto other = queue;
    std::ranges::shuffle(other.jobs, random_);
    std::ranges::shuffle(other.tenants, random_);
    if (one_in(2)) {
      queue.heads.clear();
      other.heads.clear();
    }
    update_heads(queue.input(), queue.heads);
    update_heads(other.input(), other.heads);
    ASSERT_EQ(queue.heads, other.heads) << "SEED=" << seed_;
    ASSERT_EQ(ids_in_order(queue.input(), queue.heads), ids_in_order(other.input(), other.heads))
        << "SEED=" << seed_;
  }
}

TEST_F(OrderProperties,
       EachTenantsHeadComesFirstOfItsJobsAndOnlyAHeadThatWaitedTooLongBeatsShares) {
  const Policy policy;
  for (int round = 0; round < kQueues; ++round) {
    const auto queue = any_queue();
    const auto factors = fair_share(queue.tenants);
    const auto order = order_jobs(queue.input(), queue.heads, policy);
    ASSERT_TRUE(std::ranges::is_permutation(order,
                                            [&] {
                                              std::vector<std::size_t> all(queue.jobs.size());
                                              std::iota(all.begin(), all.end(), 0U);
                                              return all;
                                            }()))
        << "SEED=" << seed_;
    std::map<std::pair<TenantId, model::JobClass>, model::JobId> first;
    std::map<model::JobClass, Head> first_of_class;
    auto before = model::JobClass::Safety;
    for (const auto at : order) {
      const auto& job = queue.jobs[at];
      ASSERT_LE(static_cast<int>(before), static_cast<int>(job.job_class)) << "SEED=" << seed_;
      before = job.job_class;
      const auto& head = queue.heads.at({job.tenant, job.job_class});
      if (!first.try_emplace({job.tenant, job.job_class}, job.id).second) continue;
      ASSERT_EQ(job.id, head.job) << "SEED=" << seed_;
      if (!first_of_class.try_emplace(job.job_class, head).second) continue;
      const auto waited = [&](const Head& each) {
        return queue.now - each.since > policy.longest_head_wait;
      };
      for (const auto& [key, other] : queue.heads) {
        if (key.second != job.job_class) continue;
        if (waited(other)) {
          ASSERT_LE(head.since, other.since) << "SEED=" << seed_;
        } else if (!waited(head) && first_of_class.size() == 1) {
          // In the classes below, those that come before have been charged for.
          ASSERT_GE(factors.at(job.tenant), factors.at(key.first)) << "SEED=" << seed_;
        }
      }
    }
  }
}

TEST_F(OrderProperties, NoHeadIsOvertakenByOneThatBecameHeadMoreThanTheLongestWaitLater) {
  const Policy policy;
  int pairs = 0;
  for (int round = 0; round < kQueues; ++round) {
    const auto queue = any_queue();
    std::map<model::JobId, std::size_t> place;
    for (const auto at : order_jobs(queue.input(), queue.heads, policy)) {
      place.emplace(queue.jobs[at].id, place.size());
    }
    for (const auto& [key, head] : queue.heads) {
      for (const auto& [other_key, other] : queue.heads) {
        if (key.second != other_key.second) continue;
        if (other.since <= head.since + policy.longest_head_wait) continue;
        ++pairs;
        ASSERT_LT(place.at(head.job), place.at(other.job)) << "SEED=" << seed_;
      }
    }
  }
  EXPECT_GT(pairs, 0);
}

TEST_F(OrderProperties, WhoQueuesALotMoreKeepsHisHeadAndMovesNoneOfTheOthersAmongThemselves) {
  for (int round = 0; round < kQueues; ++round) {
    auto queue = any_queue();
    const auto flooding = queue.jobs.front();
    for (auto& each : queue.tenants) each.shares = 1;
    const auto others = [&] {
      auto ids = ids_in_order(queue.input(), queue.heads);
      std::erase_if(ids, [&](const model::JobId& id) {
        return std::ranges::find(queue.jobs, id, &QueuedJob::id)->tenant == flooding.tenant;
      });
      return ids;
    };
    const auto heads = queue.heads;
    const auto before = others();
    for (int job = 0; job < 50; ++job) {
      auto more = flooding;
      more.id = model::JobId{"k-" + std::to_string(100 + job)};
      more.submit_time = queue.now;
      queue.jobs.push_back(more);
    }
    update_heads(queue.input(), queue.heads);
    ASSERT_EQ(queue.heads, heads) << "SEED=" << seed_;
    ASSERT_EQ(others(), before) << "SEED=" << seed_;
  }
}

}  // namespace
}  // namespace benchd::scheduling
