#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using DeadlinesTest = SiteTest;

TEST_F(DeadlinesTest, AtTheEndOfABookingItsBenchIsReleasedAndProved) {
  const auto booking = book(10min);
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  advance(16min);
  wait([&] { return get(booking.name()).state() == v1::BOOKING_STATE_COMPLETED; });
  EXPECT_THAT(station_->orders(), ElementsAre("assign", "confirm_setup", "arm", "release"));
}

TEST_F(DeadlinesTest, WhoDoesNotComeLosesTheBookingAndTheStationHearsNothing) {
  const auto booking = book();
  advance(20min);
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_NO_SHOW);
  EXPECT_THAT(station_->commands, IsEmpty());
}

TEST_F(DeadlinesTest, WhatBecameDueWhileTheSiteWasDownHappensOnceAtItsStart) {
  const auto used = book(10min);
  ASSERT_TRUE(confirm(used.name()));
  close();
  loop_.advance(12min + 30s + 5min);
  open();
  wait([&] { return !get(used.name()).state() || get(used.name()).state() != 5; });
  advance(10s);
  // The station that was connected anew has no grant; the bench reads safe.
  EXPECT_EQ(get(used.name()).state(), v1::BOOKING_STATE_COMPLETED);
}

TEST_F(DeadlinesTest, AStationThatIsAwayAtTheEndOfTheTeardownTimeIsTakenOutOfUse) {
  const auto booking = book(10min);
  ASSERT_TRUE(confirm(booking.name()));
  station_->disconnect();
  advance(20min);
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_COMPLETED);
  v1::GetBenchRequest request;
  request.set_name("sites/hub/benches/thrust-1");
  const auto bench = call(site_->benches, &Benches::get_bench, operator_, request);
  ASSERT_TRUE(bench);
  EXPECT_EQ(bench->status().state(), v1::BENCH_STATE_QUARANTINED);
}

TEST_F(DeadlinesTest, AReleaseThatWaitedForItsStationStillProvesTheBooking) {
  const auto booking = book(10min);
  ASSERT_TRUE(confirm(booking.name()));
  station_->disconnect();
  advance(15min + 30s);
  ASSERT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_TEARDOWN);
  ASSERT_TRUE(station_->connect());
  wait([&] { return get(booking.name()).state() == v1::BOOKING_STATE_COMPLETED; });
  EXPECT_EQ(station_->orders().back(), "release");
}

}  // namespace
}  // namespace benchd::site
