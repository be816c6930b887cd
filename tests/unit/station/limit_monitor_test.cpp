#include "daemon/station/limit_monitor.hpp"

#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class LimitMonitorTest : public ::testing::Test {
 protected:
  LimitMonitorTest() { EXPECT_TRUE(monitor_.set_limits(config_.benches[0], "", {})); }

  [[nodiscard]] std::vector<station::LimitFinding> look(const std::string& channel,
                                                        std::vector<double> values) {
    std::vector<station::LimitFinding> found;
    monitor_.look(*table_.find(channel), values, found);
    return found;
  }

  ManualClock clock_;
  model::Station config_ = thrust_station();
  station::ChannelTable table_{config_.benches[0], clock_};
  station::LimitMonitor monitor_{table_};
};

TEST_F(LimitMonitorTest, FindsTheFirstValueBeyondWithinABlock) {
  monitor_.set_armed(true);
  const auto found = look("current", {39, 42, 45, 39});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].value, 42);
  EXPECT_EQ(found[0].limit.id, "over-current");
  EXPECT_EQ(found[0].message, "current is 42 A, above the limit over-current of 40 A");
}

TEST_F(LimitMonitorTest, TheBoundItselfIsAllowed) {
  monitor_.set_armed(true);
  EXPECT_THAT(look("current", {40}), IsEmpty());
}

TEST_F(LimitMonitorTest, AnExcursionIsFoundOnceUntilItHasEnded) {
  monitor_.set_armed(true);
  EXPECT_THAT(look("current", {41}), SizeIs(1));
  EXPECT_THAT(look("current", {42}), IsEmpty());
  EXPECT_THAT(look("current", {30}), IsEmpty());
  EXPECT_THAT(look("current", {41}), SizeIs(1));
}

TEST_F(LimitMonitorTest, OnlyWarningsAreLookedAtWhileUnarmed) {
  EXPECT_THAT(look("current", {41}), IsEmpty());
  EXPECT_THAT(look("rpm", {6001}), SizeIs(1));
}

TEST_F(LimitMonitorTest, ARatingNarrowsTheLimitThatNamesItAndNeverWidens) {
  const model::Rating rating{"max_current", 10, units::unit("A")};
  const model::Rating wide{"max_current", 100, units::unit("A")};
  monitor_.set_armed(true);
  ASSERT_TRUE(monitor_.set_limits(config_.benches[0], "", {rating}));
  EXPECT_THAT(look("current", {11}), SizeIs(1));
  ASSERT_TRUE(monitor_.set_limits(config_.benches[0], "", {wide}));
  EXPECT_THAT(look("current", {41}), SizeIs(1));
}

TEST_F(LimitMonitorTest, ARatingInAnotherUnitOfTheKindIsConvertedAndOneOfAnotherKindRefused) {
  const model::Rating milli{"max_current", 10'000, units::unit("mA")};
  const model::Rating volts{"max_current", 10, units::unit("V")};
  monitor_.set_armed(true);
  ASSERT_TRUE(monitor_.set_limits(config_.benches[0], "", {milli}));
  EXPECT_THAT(look("current", {11}), SizeIs(1));
  const auto refused = monitor_.set_limits(config_.benches[0], "", {volts});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::UnitMismatch);
}

TEST_F(LimitMonitorTest, TheLimitsOfAnotherLayoutDoNotCount) {
  model::Limit narrow = config_.benches[0].limits[0];
  narrow.max = 5;
  config_.benches[0].layouts.push_back({.id = "tractor", .limits = {narrow}});
  monitor_.set_armed(true);
  ASSERT_TRUE(monitor_.set_limits(config_.benches[0], "pusher", {}));
  EXPECT_THAT(look("current", {6}), IsEmpty());
  ASSERT_TRUE(monitor_.set_limits(config_.benches[0], "tractor", {}));
  EXPECT_THAT(look("current", {6}), SizeIs(1));
}

TEST_F(LimitMonitorTest, ASequencesLimitsHoldBesideTheBenchs) {
  model::Limit own = config_.benches[0].limits[0];
  own.id = "own";
  own.max = 20;
  monitor_.set_armed(true);
  monitor_.set_run_limits({own});
  EXPECT_THAT(look("current", {41}), SizeIs(2));
  monitor_.set_run_limits({});
  EXPECT_THAT(look("current", {30}), IsEmpty());
}

TEST_F(LimitMonitorTest, AReadingThatGetsOldIsFoundExactlyWhenItIsAnnounced) {
  for (const char* channel : {"current", "thrust", "rpm"}) {
    table_.accept(*table_.find(channel), 1, clock_.monotonic_now(), link::v1::QUALITY_GOOD);
  }
  monitor_.set_armed(true);
  ASSERT_TRUE(monitor_.next_look());
  EXPECT_EQ(*monitor_.next_look() - clock_.monotonic_now(), 200ms);
  std::vector<station::LimitFinding> found;
  clock_.advance(199ms);
  monitor_.look_at_quality(found);
  EXPECT_THAT(found, IsEmpty());
  clock_.advance(1ms);
  monitor_.look_at_quality(found);
  EXPECT_THAT(found, SizeIs(3));
  EXPECT_TRUE(found[0].invalid);
  EXPECT_FALSE(monitor_.next_look());
}

}  // namespace
}  // namespace benchd::test
