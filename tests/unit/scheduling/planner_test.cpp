#include "daemon/scheduling/planner.hpp"

#include <deque>
#include <gmock/gmock.h>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::Interval;
using std::chrono::minutes;
using testing::ElementsAre;

// Minutes from midnight; it is minute 0.
class PlannerTest : public testing::Test {
 protected:
  void bench(std::vector<Interval> fixed, int setup = 0, int teardown = 0) {
    fixed_.push_back(std::move(fixed));
    benches_.push_back({bench_with(setup, teardown), {}, std::nullopt});
    for (std::size_t i = 0; i < benches_.size(); ++i) benches_[i].fixed = fixed_[i];
  }
  static Interval claim(int from, int to) { return {at(from), at(to)}; }
  static PlanJob job(int predicted, int maximum, std::vector<std::size_t> fitting = {0}) {
    return {.id = model::JobId{"j"},
            .predicted = minutes{predicted},
            .maximum = minutes{maximum},
            .earliest = at(0),
            .fitting = std::move(fitting),
            .before = std::nullopt,
            .promise = std::nullopt};
  }
  std::vector<JobPlan> plan(const std::vector<PlanJob>& jobs) {
    return make_plan(benches_, jobs, at(0));
  }
  // Start minutes; -1: none.
  static std::vector<int> starts(const std::vector<JobPlan>& plans) {
    std::vector<int> minutes_of_start;
    for (const auto& each : plans) {
      minutes_of_start.push_back(
          each.planned ? static_cast<int>((each.planned->occupied.start - at(0)) / minutes{1})
                       : -1);
    }
    return minutes_of_start;
  }

  std::deque<std::vector<Interval>> fixed_;
  std::vector<PlanBench> benches_;
};

TEST_F(PlannerTest, JobsFollowEachOtherByTheirPredictedDuration) {
  bench({});
  const auto plans = plan({job(30, 300), job(20, 20)});
  EXPECT_THAT(starts(plans), ElementsAre(0, 30));
  EXPECT_EQ(plans[0].waits, PlanCause::None);
  EXPECT_EQ(plans[1].waits, PlanCause::Order);
}

TEST_F(PlannerTest, TheDeclaredMaximumEndsBeforeTheNextBookingWithItsTeardown) {
  bench({claim(100, 200)}, 5, 10);
  EXPECT_THAT(starts(plan({job(30, 85)})), ElementsAre(0));
  const auto later = plan({job(30, 86)});
  EXPECT_THAT(starts(later), ElementsAre(200));
  EXPECT_EQ(later[0].waits, PlanCause::FixedClaim);
}

TEST_F(PlannerTest, ALaterJobFillsAGapOnlyWhereItMovesNoEarlierOne) {
  bench({claim(60, 120)});
  // The first needs 90 min and waits for the booking's end; 60 min before it are free.
  EXPECT_THAT(starts(plan({job(90, 90), job(60, 60), job(10, 10)})), ElementsAre(120, 0, 210));
}

TEST_F(PlannerTest, TheBenchThatIsFreeFirstIsChosenAndThePreferredOneOfTwo) {
  bench({claim(0, 50)});
  bench({});
  const auto plans = plan({job(10, 10, {0, 1}), job(10, 10, {0, 1}), job(100, 100, {1, 0})});
  EXPECT_THAT(starts(plans), ElementsAre(0, 10, 20));
  EXPECT_EQ(plans[2].planned->bench, 1U);
}

TEST_F(PlannerTest, SetupAndTeardownOfEachJobCount) {
  bench({}, 5, 10);
  EXPECT_THAT(starts(plan({job(30, 30), job(30, 30)})), ElementsAre(0, 45));
}

TEST_F(PlannerTest, ARunningJobHoldsTheBenchUntilItIsPredictedToLeave) {
  bench({});
  benches_[0].leaves = at(25);
  const auto plans = plan({job(10, 10)});
  EXPECT_THAT(starts(plans), ElementsAre(25));
  EXPECT_EQ(plans[0].waits, PlanCause::RunningJob);
}

TEST_F(PlannerTest, WithoutABenchThereIsNoPlanAndTheReason) {
  bench({});
  const auto plans = plan({job(10, 10, {})});
  EXPECT_FALSE(plans[0].planned);
  EXPECT_EQ(plans[0].waits, PlanCause::NoBench);
}

TEST_F(PlannerTest, NoJobStartsBeforeItsOwnEarliestTime) {
  bench({});
  auto patient = job(10, 10);
  patient.earliest = at(40);
  const auto plans = plan({patient, job(40, 40)});
  EXPECT_THAT(starts(plans), ElementsAre(40, 0));
  EXPECT_EQ(plans[0].waits, PlanCause::NotYet);
}

TEST_F(PlannerTest, AJobStartsOnlyWhereTheHoursAllowItsMaximum) {
  bench({claim(100, 130)}, 5, 0);
  auto jobs = std::vector{job(10, 30), job(10, 10)};
  // Of the booked start, behind the setup time.
  jobs[0].hours = {{{StartRange{at(50), at(80)}, StartRange{at(200), at(230)}}}};
  const auto plans = plan(jobs);
  EXPECT_THAT(starts(plans), ElementsAre(45, 0));
  EXPECT_EQ(plans[0].waits, PlanCause::Closed);
  // Where a claim leaves no time in the first hours, the next ones count.
  bench({claim(60, 130)}, 5, 0);
  jobs[0].fitting = {1};
  EXPECT_THAT(starts(plan(jobs)), ElementsAre(195, 0));
}

TEST_F(PlannerTest, APromisedJobIsNotMovedLaterByOneThatGoesBeforeIt) {
  bench({});
  auto promised = job(30, 30);
  promised.before = Planned{0, claim(0, 30)};
  promised.promise = Promise{at(0), at(1000)};
  const auto kept = plan({job(60, 60), promised});
  EXPECT_THAT(starts(kept), ElementsAre(30, 0));
  promised.promise->expires = at(0);
  const auto moved = plan({job(60, 60), promised});
  EXPECT_THAT(starts(moved), ElementsAre(0, 60));
  EXPECT_EQ(moved[1].moved, PlanCause::Order);
}

TEST_F(PlannerTest, APromisedJobMovesEarlierWhenItCan) {
  bench({});
  auto promised = job(30, 30);
  promised.before = Planned{0, claim(500, 530)};
  promised.promise = Promise{at(500), at(1000)};
  EXPECT_THAT(starts(plan({job(60, 60), promised})), ElementsAre(0, 60));
}

TEST_F(PlannerTest, WhatKeepsAJobWhoseTimeWentByUnseenIsWhatIsInItsWayNow) {
  bench({claim(30, 100)});
  auto late = job(20, 60);
  late.before = Planned{0, claim(-60, -40)};
  const auto plans = plan({late});
  EXPECT_THAT(starts(plans), ElementsAre(100));
  EXPECT_EQ(plans[0].moved, PlanCause::FixedClaim);
}

TEST_F(PlannerTest, WhatMovesAPromisedJobIsNamed) {
  bench({claim(20, 40)});
  auto promised = job(30, 30);
  promised.before = Planned{0, claim(0, 30)};
  promised.promise = Promise{at(0), at(1000)};
  const auto plans = plan({promised});
  EXPECT_THAT(starts(plans), ElementsAre(40));
  EXPECT_EQ(plans[0].moved, PlanCause::FixedClaim);
}

}  // namespace
}  // namespace benchd::scheduling
