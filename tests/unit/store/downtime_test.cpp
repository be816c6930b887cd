#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using scheduling::UsageKind;

// Benches with 10 minutes of setup; a booking of an hour has a grace of 6 minutes.
class DowntimeTest : public StoreTest {
 protected:
  void station(bool connected, int now) {
    EXPECT_TRUE(call<void>([&](auto done) {
      store_->mark_station({kStation, connected, minutes_later(now)}, done);
    }));
  }
  void quarantined(bool out, int now, const BenchId& id = kBench) {
    EXPECT_TRUE(call<BenchRecord>([&](auto done) {
      store_->mark_bench({.call = {.now = minutes_later(now)}, .bench = id, .quarantined = out},
                         done);
    }));
  }
  // Minutes counted of a kind.
  int minutes(UsageKind kind, int now = 1000) {
    const model::Interval all{std::chrono::floor<std::chrono::seconds>(minutes_later(-600)),
                              std::chrono::floor<std::chrono::seconds>(minutes_later(6000))};
    const auto sums = call<std::vector<UsageSum>>([&](auto done) {
      store_->sum_usage({.bench = kBench, .windows = {all}, .now = minutes_later(now)}, done);
    });
    EXPECT_TRUE(sums);
    int counted = 0;
    for (const auto& sum : *sums) {
      if (sum.kind == kind) counted += static_cast<int>(sum.counted / std::chrono::minutes{1});
    }
    return counted;
  }
};

TEST_F(DowntimeTest, TheGraceStopsWhileTheStationIsAway) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  station(false, 63);
  EXPECT_TRUE(fire(66).empty()) << "the grace would be over";
  station(true, 73);
  EXPECT_TRUE(fire(75).empty());
  EXPECT_TRUE(change(id, BookingEvent::CheckIn, 75)) << "within the grace";
}

TEST_F(DowntimeTest, WhoDoesNotComeWhenTheBenchIsBackIsANoShow) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  station(false, 63);
  station(true, 73);
  EXPECT_TRUE(fire(75).empty());
  ASSERT_EQ(fire(76).size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::NoShow);
}

TEST_F(DowntimeTest, ABenchThatIsNeverToBeHadIsNobodysNoShow) {
  const auto id = booked(kAcme, 60, 120);
  station(false, 20);
  fire(119);
  EXPECT_EQ(state_of(id), BookingState::Setup);
  fire(120);
  EXPECT_EQ(state_of(id), BookingState::Interrupted);
  EXPECT_EQ(look(id)->reason, "BENCH_OFFLINE");
  EXPECT_EQ(minutes(UsageKind::NoShow), 0);
  EXPECT_EQ(minutes(UsageKind::Lost), 75) << "with its buffers; not charged";
  EXPECT_EQ(minutes(UsageKind::Down, 120), 100);
}

TEST_F(DowntimeTest, AQuarantineStopsTheGraceAsWell) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  quarantined(true, 61);
  fire(119);
  EXPECT_EQ(state_of(id), BookingState::Setup);
  fire(120);
  EXPECT_EQ(state_of(id), BookingState::Interrupted);
  EXPECT_EQ(look(id)->reason, "BENCH_QUARANTINED");
}

TEST_F(DowntimeTest, OneBenchOfSeveralStopsTheGrace) {
  auto command = wanted(kAcme, 60, 120);
  command.benches = {kBench, kOtherBench};
  ASSERT_TRUE(book(command));
  fire(50);
  quarantined(true, 62, kOtherBench);
  quarantined(true, 64, kBench);
  quarantined(false, 70, kOtherBench);
  quarantined(false, 72, kBench);
  EXPECT_TRUE(fire(75).empty());
  EXPECT_EQ(fire(76).size(), 1U) << "away for 10 minutes in all";
  EXPECT_EQ(state_of(command.id), BookingState::NoShow);
}

TEST_F(DowntimeTest, WhatIsDownWhenTheSetupBeginsCountsFromThereOn) {
  const auto id = booked(kAcme, 60, 120);
  station(false, 10);
  fire(50);
  station(true, 64);
  EXPECT_TRUE(fire(69).empty());
  ASSERT_EQ(fire(70).size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::NoShow);
}

TEST_F(DowntimeTest, AStoreThatWasDownKnowsWhenTheGraceStopped) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  station(false, 63);
  open_again();
  fire(100);
  EXPECT_EQ(state_of(id), BookingState::Setup);
  station(true, 100);
  fire(103);
  EXPECT_EQ(state_of(id), BookingState::NoShow);
}

TEST_F(DowntimeTest, AChangedBookingKeepsThePause) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  station(false, 61);
  station(true, 71);
  ASSERT_TRUE(move(id, 60, 110, 72));
  EXPECT_TRUE(fire(74).empty());
  EXPECT_EQ(fire(75).size(), 1U) << "5 minutes of grace, 10 of which nobody could come";
}

TEST_F(DowntimeTest, AStationThatIsAwayForLongIsDownFromWhenItWasLost) {
  station(false, 10);
  station(false, 11);
  fire(14);
  EXPECT_EQ(minutes(UsageKind::Down, 14), 0) << "not for long yet";
  EXPECT_EQ(*call<std::optional<UtcSeconds>>([&](auto done) { store_->next_deadline(done); }),
            minutes_later(15));
  fire(15);
  EXPECT_EQ(minutes(UsageKind::Down, 20), 10) << "until now";
  station(true, 40);
  EXPECT_EQ(minutes(UsageKind::Down), 30);
}

TEST_F(DowntimeTest, AStationThatIsSoonBackIsNotDown) {
  station(false, 10);
  station(true, 14);
  fire(100);
  EXPECT_EQ(minutes(UsageKind::Down), 0);
  station(false, 200);
  station(true, 230);
  EXPECT_EQ(minutes(UsageKind::Down), 30) << "though no deadline was fired meanwhile";
}

TEST_F(DowntimeTest, ABenchThatIsDownForTwoReasonsIsDownOnce) {
  quarantined(true, 10);
  station(false, 20);
  fire(30);
  quarantined(false, 40);
  station(true, 50);
  EXPECT_EQ(minutes(UsageKind::Down), 40);
  station(false, 100);
  quarantined(true, 102);
  quarantined(false, 104);
  fire(105);
  station(true, 120);
  EXPECT_EQ(minutes(UsageKind::Down), 40 + 18) << "2 minutes of the quarantine, then from its end";
}

}  // namespace
}  // namespace benchd::store
