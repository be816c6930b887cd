#include "daemon/scheduling/preemption.hpp"

#include <vector>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using std::chrono::minutes;

// Two benches, 5 min of setup and 5 of teardown, on each of which a preemptible job runs until
// minute 600 unless it is ended. It is minute 100.
class PreemptionTest : public testing::Test {
 protected:
  PreemptionTest() {
    for (std::size_t bench = 0; bench < 2; ++bench) {
      benches_.push_back({bench_with(5, 5), {}, at(600)});
      running_.push_back({.booking = BookingId{"b-" + std::to_string(bench)},
                          .bench = bench,
                          .started = at(0),
                          .preemptible = true});
    }
    jobs_.push_back({.id = model::JobId{"j"},
                     .predicted = minutes{30},
                     .maximum = minutes{60},
                     .earliest = at(0),
                     .fitting = {0, 1},
                     .before = std::nullopt,
                     .promise = std::nullopt});
  }
  [[nodiscard]] std::optional<std::size_t> victim(int planned = 600) const {
    return choose_victim(running_, benches_, jobs_, at(planned), policy_, at(100));
  }

  Policy policy_;
  std::vector<PlanBench> benches_;
  std::vector<RunningJob> running_;
  std::vector<PlanJob> jobs_;
};

TEST_F(PreemptionTest, TheJobThatHasRunTheShortestIsEnded) {
  running_[1].started = at(40);
  EXPECT_EQ(victim(), 1U);
  running_[0].started = at(60);
  EXPECT_EQ(victim(), 0U);
}

TEST_F(PreemptionTest, AJobThatHasNotDeclaredItselfPreemptibleIsLeftAlone) {
  running_[0].preemptible = false;
  EXPECT_EQ(victim(), 1U);
  running_[1].preemptible = false;
  EXPECT_EQ(victim(), std::nullopt);
}

TEST_F(PreemptionTest, AJobHasItsProtectedTime) {
  policy_.protected_time = minutes{30};
  running_[0].started = at(71);
  running_[1].started = at(70);
  EXPECT_EQ(victim(), 1U);
}

TEST_F(PreemptionTest, AJobThatWasEndedTwiceIsLeftAlone) {
  running_[0].preemptions = 2;
  running_[1].preemptions = 1;
  EXPECT_EQ(victim(), 1U);
}

TEST_F(PreemptionTest, NothingIsEndedForLessThanTheChangeover) {
  // Ended now, the bench is free at 105; setup and teardown take ten minutes.
  EXPECT_EQ(victim(115), std::nullopt);
  EXPECT_EQ(victim(116), 0U);
}

TEST_F(PreemptionTest, NothingIsEndedWhereABookingLeavesNoTimeAnyway) {
  const std::vector<model::Interval> booked{{at(150), at(700)}};
  benches_[0].fixed = booked;
  EXPECT_EQ(victim(), 1U);
  benches_[1].fixed = booked;
  EXPECT_EQ(victim(), std::nullopt);
}

TEST_F(PreemptionTest, OnlyABenchThatFitsIsTaken) {
  jobs_[0].fitting = {1};
  EXPECT_EQ(victim(), 1U);
}

}  // namespace
}  // namespace benchd::scheduling
