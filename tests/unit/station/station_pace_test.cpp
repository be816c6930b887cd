// How often the channels are sampled.
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

class StationPace : public StationFixture {
 protected:
  [[nodiscard]] bool takes_it_easy() {
    return std::all_of(devices_.begin(), devices_.end(),
                       [](const auto& each) { return each.second->pace() == 1s; });
  }
  void expect_all_good() const {
    const auto now = status();
    for (const auto& reading : now.readings()) {
      EXPECT_EQ(reading.quality(), link::v1::QUALITY_GOOD) << reading.ShortDebugString();
    }
  }
  [[nodiscard]] bool at_full_pace() {
    return std::all_of(devices_.begin(), devices_.end(),
                       [](const auto& each) { return each.second->pace() == 0s; });
  }
};

TEST_F(StationPace, ABenchThatNobodyHoldsIsSampledOnceASecond) {
  start_and_wait_until_ready();
  loop_.advance(2s);
  EXPECT_TRUE(takes_it_easy());
}

TEST_F(StationPace, ItsReadingsAreGoodAllTheSame) {
  start_and_wait_until_ready();
  for (int i = 0; i < 100; ++i) {
    loop_.advance(100ms);
    expect_all_good();
  }
  EXPECT_FALSE(status().latched());
}

TEST_F(StationPace, WhoeverHoldsItGetsFullPaceAtOnceAndGoodReadings) {
  start_and_wait_until_ready();
  loop_.advance(10s);
  ASSERT_EQ(assign().reason(), "");
  EXPECT_TRUE(at_full_pace());
  for (int i = 0; i < 50; ++i) {
    loop_.advance(20ms);
    expect_all_good();
  }
  ASSERT_EQ(confirm().reason(), "");
  EXPECT_EQ(arm().reason(), "");
}

TEST_F(StationPace, ASetupKnowsWhatWasDoneAfterTheLatestSample) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  loop_.advance(1s);
  for (const bool closed : {false, true}) {
    set_plant("door", closed ? 1 : 0);
    const auto result = confirm();
    ASSERT_EQ(result.setup_checks_size(), 2);
    EXPECT_EQ(result.setup_checks(1).item(), "door");
    EXPECT_EQ(result.setup_checks(1).complete(), closed);
    loop_.advance(1s);
  }
}

TEST_F(StationPace, WhoeverWatchesItSeesItAtFullPace) {
  start_and_wait_until_ready();
  loop_.advance(2s);
  station_->set_watched(BenchId("thrust-1"), true);
  loop_.advance(100ms);
  EXPECT_TRUE(at_full_pace());
  station_->set_watched(BenchId("thrust-1"), false);
  loop_.advance(2s);
  EXPECT_TRUE(takes_it_easy());
}

TEST_F(StationPace, GivenBackItTakesItEasyAgain) {
  make_armed();
  link::v1::Command order = command();
  order.mutable_release();
  ASSERT_EQ(send(order).reason(), "");
  loop_.advance(2s);
  EXPECT_TRUE(takes_it_easy());
}

TEST_F(StationPace, ADeviceThatComesBackToABookedBenchIsAtFullPace) {
  start_and_wait_until_ready();
  loop_.advance(2s);
  device("psb").crash(1s);
  ASSERT_EQ(assign().reason(), "");
  loop_.advance(5s);
  EXPECT_TRUE(at_full_pace());
  EXPECT_EQ(status().reason(), "");
}

TEST_F(StationPace, AReadingThatStopsIsNoticedInSecondsAlsoWhileNobodyHoldsTheBench) {
  start_and_wait_until_ready();
  loop_.advance(2s);
  plant_->silent.insert("thrust-1/rpm");
  loop_.advance(7s);
  const auto now = status();
  const auto rpm = std::find_if(now.readings().begin(), now.readings().end(),
                                [](const auto& each) { return each.channel() == "rpm"; });
  ASSERT_NE(rpm, now.readings().end());
  EXPECT_EQ(rpm->quality(), link::v1::QUALITY_STALE);
}

TEST_F(StationPace, AReadingThatDoesNotComeBackAtFullPaceIsStaleAfterItsOwnTime) {
  start_and_wait_until_ready();
  loop_.advance(2s);
  plant_->silent.insert("thrust-1/door");
  ASSERT_EQ(assign().reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  loop_.advance(300ms);
  EXPECT_NE(arm().reason(), "");
}

}  // namespace
}  // namespace benchd::test
