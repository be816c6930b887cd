#include "daemon/station/channel_table.hpp"

#include <cmath>

#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

class ChannelTableTest : public ::testing::Test {
 protected:
  ChannelTableTest() { config_.benches[0].channels[1].frozen_after = 500ms; }

  [[nodiscard]] plugin::v1::SampleBlock block(std::vector<double> values) const {
    plugin::v1::SampleBlock block;
    block.set_channel("thrust-1/rpm");
    block.set_interval_ns(Nanoseconds(10ms).count());
    const auto length = 10ms * (static_cast<int>(values.size()) - 1);
    block.set_start_monotonic_ns((clock_.monotonic_now() - length).time_since_epoch().count());
    for (const double value : values) block.add_values(value);
    return block;
  }

  ManualClock clock_;
  model::Station config_ = thrust_station();
  station::ChannelTable table_{config_.benches[0], clock_};
  const station::ChannelIndex rpm_ = *table_.find("rpm");
};

TEST_F(ChannelTableTest, AChannelIsFoundByItsNameInTheBenchAndAtTheDevice) {
  EXPECT_EQ(table_.find_at_device("thrust-1/rpm"), rpm_);
  EXPECT_EQ(table_.name_at_device(rpm_), "thrust-1/rpm");
  EXPECT_FALSE(table_.find("rmp"));
}

TEST_F(ChannelTableTest, NothingIsKnownBeforeTheFirstReading) {
  EXPECT_FALSE(table_.good(rpm_));
  EXPECT_FALSE(table_.latest("rpm")->good);
}

TEST_F(ChannelTableTest, TheLastValueOfABlockIsTheLatest) {
  table_.accept(rpm_, block({1, 2, 3}));
  EXPECT_EQ(table_.value(rpm_), 3);
  EXPECT_TRUE(table_.good(rpm_));
  EXPECT_EQ(*table_.good_at(rpm_), clock_.monotonic_now());
}

TEST_F(ChannelTableTest, AReadingIsStaleAtItsStaleTimeAndNotBefore) {
  table_.accept(rpm_, block({1}));
  clock_.advance(199ms);
  EXPECT_TRUE(table_.good(rpm_));
  clock_.advance(1ms);
  EXPECT_EQ(table_.quality(rpm_), link::v1::QUALITY_STALE);
}

TEST_F(ChannelTableTest, AValueThatNeverMovesIsFrozenAfterItsTime) {
  for (int i = 0; i < 50; ++i) {
    table_.accept(rpm_, block({7}));
    clock_.advance(10ms);
  }
  EXPECT_EQ(table_.quality(rpm_), link::v1::QUALITY_BAD);
  EXPECT_THAT(table_.trouble(rpm_), ::testing::HasSubstr("frozen"));
  table_.accept(rpm_, block({7, 8}));
  EXPECT_TRUE(table_.good(rpm_));
}

TEST_F(ChannelTableTest, AtTheIdlePaceAReadingMayBeSecondsOld) {
  table_.set_idle();
  table_.accept(rpm_, block({1}));
  clock_.advance(4999ms);
  EXPECT_TRUE(table_.good(rpm_));
  clock_.advance(1ms);
  EXPECT_EQ(table_.quality(rpm_), link::v1::QUALITY_STALE);
}

TEST_F(ChannelTableTest, BackAtFullPaceADeviceHasOneStaleTimeForItsFirstReading) {
  table_.set_idle();
  table_.accept(rpm_, block({1}));
  clock_.advance(1s);
  table_.set_full_pace(DeviceId("t7"));
  clock_.advance(199ms);
  EXPECT_TRUE(table_.good(rpm_));
  clock_.advance(1ms);
  EXPECT_EQ(table_.quality(rpm_), link::v1::QUALITY_STALE);
}

TEST_F(ChannelTableTest, ANotANumberIsNoGoodReading) {
  table_.accept(rpm_, block({1, std::nan("")}));
  EXPECT_EQ(table_.quality(rpm_), link::v1::QUALITY_BAD);
  EXPECT_EQ(clock_.monotonic_now() - *table_.good_at(rpm_), 10ms);
}

TEST_F(ChannelTableTest, ALostDeviceTakesTheTrustOfItsReadingsAway) {
  table_.accept(rpm_, block({1}));
  table_.lose(DeviceId("t7"));
  EXPECT_EQ(table_.quality(rpm_), link::v1::QUALITY_LOST);
  table_.accept(rpm_, block({1}));
  EXPECT_TRUE(table_.good(rpm_));
}

TEST_F(ChannelTableTest, AZeroIsTakenOffTheValueAndLeavesTheRawOne) {
  table_.accept(rpm_, block({10}));
  table_.set_zero(rpm_, 4);
  EXPECT_EQ(table_.value(rpm_), 6);
  EXPECT_EQ(table_.raw(rpm_), 10);
  table_.clear_zeros();
  EXPECT_EQ(table_.value(rpm_), 10);
}

}  // namespace
}  // namespace benchd::test
