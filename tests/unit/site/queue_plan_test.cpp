#include "daemon/site/queue_plan.hpp"

#include <gmock/gmock.h>

namespace benchd::site {
namespace {

using model::JobId;
using scheduling::PlanCause;
using testing::IsEmpty;
using testing::SizeIs;

// Thursday, 2026-01-01.
UtcSeconds at(int hour, int minute = 0) {
  return UtcSeconds{std::chrono::sys_days{std::chrono::January / 1 / 2026}} +
         std::chrono::hours{hour} + std::chrono::minutes{minute};
}

class QueuePlanTest : public testing::Test {
 protected:
  QueuePlanTest() {
    queue_.benches.push_back(
        {.rules = {BenchId{"thrust-1"}, std::chrono::minutes{10}, std::chrono::minutes{5}}});
    for (const auto* tenant : {"acme", "rival"}) queue_.tenants.push_back({TenantId{tenant}});
  }

  void submit(const std::string& id, const std::string& tenant, int submitted = 8) {
    store::JobRecord record;
    record.job.id = JobId{id};
    record.job.tenant = TenantId{tenant};
    record.job.member = MemberId{"mia"};
    record.job.attendance = model::Attendance::Unattended;
    record.job.predicted = std::chrono::minutes{30};
    record.job.maximum = std::chrono::hours{1};
    record.job.submit_time = at(submitted);
    record.job.fitting = {{BenchId{"thrust-1"}, {}}};
    queue_.jobs.push_back(std::move(record));
  }
  [[nodiscard]] QueuePlan plan(UtcSeconds now) const { return plan_queue(queue_, {}, now); }
  static store::JobPlanRecord of(const QueuePlan& plan, const std::string& id) {
    for (const auto& [job, record] : plan.changed) {
      if (job == JobId{id}) return record;
    }
    ADD_FAILURE() << "nothing new of " << id;
    return {};
  }

  store::QueueState queue_;
};

TEST_F(QueuePlanTest, TheTenantThatHasUsedLessStartsFirst) {
  submit("j-1", "acme", 7);
  submit("j-2", "rival", 8);
  queue_.tenants[0].usage = 3600;
  const auto planned = plan(at(9));
  ASSERT_THAT(planned.starts, SizeIs(1));
  EXPECT_EQ(planned.starts[0].job, JobId{"j-2"});
  EXPECT_EQ(of(planned, "j-1").occupied.start, at(9, 45));
  EXPECT_EQ(of(planned, "j-1").waits, PlanCause::Order);
  EXPECT_EQ(planned.next, at(9, 45));
}

TEST_F(QueuePlanTest, WhatIsStoredAlreadyIsNoNews) {
  submit("j-1", "acme");
  queue_.benches[0].fixed = {{at(8), at(12)}};
  const auto first = plan(at(9));
  EXPECT_TRUE(first.news);
  queue_.jobs[0].plan = first.changed.at(0).second;
  queue_.heads = first.heads;
  const auto again = plan(at(9, 1));
  EXPECT_FALSE(again.news);
  EXPECT_THAT(again.changed, IsEmpty());
  EXPECT_EQ(again.next, at(12));
}

TEST_F(QueuePlanTest, AJobWaitsForTheHoursInWhichItMayBeginAndEnd) {
  submit("j-1", "acme");
  auto& bench_hours = queue_.benches[0].rules.hours;
  bench_hours.time_zone = "UTC";
  bench_hours.staffed = {
      {.days = 0x7f, .from = std::chrono::hours{8}, .to = std::chrono::hours{17}}};
  queue_.benches[0].rules.unattended = true;
  EXPECT_THAT(plan(at(9)).starts, SizeIs(1));
  // It would end at 17:10, when nobody is there to take the DUT off.
  const auto late = plan(at(16));
  EXPECT_THAT(late.starts, IsEmpty());
  EXPECT_EQ(of(late, "j-1").waits, PlanCause::Closed);
  EXPECT_EQ(of(late, "j-1").occupied.start, at(32));
}

TEST_F(QueuePlanTest, NoJobIsPlacedOnABenchThatNeedsAnApproval) {
  submit("j-1", "acme");
  queue_.benches[0].rules.needs_approval = true;
  const auto planned = plan(at(9));
  EXPECT_THAT(planned.starts, IsEmpty());
  EXPECT_EQ(of(planned, "j-1").waits, PlanCause::NoBench);
}

TEST_F(QueuePlanTest, AScavengerIsEndedForAJobThatComesBeforeIt) {
  submit("j-1", "acme");
  queue_.benches[0].leaves = at(20);
  queue_.benches[0].running = store::QueueBench::Running{BookingId{"b-1"}, at(7), true, 0};
  EXPECT_EQ(plan(at(9)).preempt, BookingId{"b-1"});
  queue_.jobs[0].job.job_class = model::JobClass::Scavenger;
  EXPECT_FALSE(plan(at(9)).preempt) << "not for its like";
}

TEST_F(QueuePlanTest, AJobWhoseBenchIsOutOfServiceHasNoPlan) {
  submit("j-1", "acme");
  queue_.jobs[0].plan = {.bench = BenchId{"thrust-1"}, .occupied = {at(10), at(11)}};
  queue_.benches.clear();
  const auto planned = plan(at(9));
  EXPECT_THAT(planned.starts, IsEmpty());
  EXPECT_FALSE(of(planned, "j-1").bench);
  EXPECT_EQ(of(planned, "j-1").waits, PlanCause::NoBench);
  EXPECT_EQ(of(planned, "j-1").moved, PlanCause::NoBench);
  EXPECT_FALSE(planned.next);
}

TEST_F(QueuePlanTest, AJobWhoseBenchIsOutOfServiceMovesToAnotherAndIsToldWhy) {
  submit("j-1", "acme");
  queue_.jobs[0].job.fitting.push_back({BenchId{"thrust-2"}, {}});
  queue_.jobs[0].plan = {.bench = BenchId{"thrust-1"}, .occupied = {at(10), at(11)}};
  queue_.benches[0].rules.id = BenchId{"thrust-2"};
  queue_.benches[0].fixed = {{at(8), at(12)}};
  const auto planned = plan(at(9));
  EXPECT_EQ(of(planned, "j-1").bench, BenchId{"thrust-2"});
  EXPECT_EQ(of(planned, "j-1").occupied.start, at(12));
  EXPECT_EQ(of(planned, "j-1").moved, PlanCause::NoBench);
}

}  // namespace
}  // namespace benchd::site
