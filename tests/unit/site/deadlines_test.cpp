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
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_COMPLETED, 16min));
  EXPECT_THAT(station_->orders(), ElementsAre("assign", "confirm_setup", "arm", "release"));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
}

TEST_F(DeadlinesTest, WhoDoesNotComeLosesTheBookingAndTheStationHearsNothing) {
  const auto booking = book();
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_NO_SHOW, 12min));
  EXPECT_THAT(station_->commands, IsEmpty());
}

TEST_F(DeadlinesTest, WhoCouldNotComeForTheStationWasAwayKeepsTheBookingUntilItIsBack) {
  const auto booking = book();  // from minute 5 on, with a grace of 6 minutes
  advance(8min);
  station_->disconnect();
  advance(20min);
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_SETUP);
  ASSERT_TRUE(station_->connect());
  advance(2min);
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_SETUP);
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_NO_SHOW, 2min));
}

TEST_F(DeadlinesTest, ABookingWhoseStationWasNeverThereIsInterruptedAndSaysWhy) {
  const auto booking = book(10min);
  station_->disconnect();
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_INTERRUPTED, 16min));
  EXPECT_EQ(get(booking.name()).reason(), "BENCH_OFFLINE");
  EXPECT_EQ(get(booking.name()).message(), "The bench could not be used.");
}

TEST_F(DeadlinesTest, WhatBecameDueWhileTheSiteWasDownHappensAtItsStart) {
  const auto booking = book(10min);
  ASSERT_TRUE(confirm(booking.name()));
  close();
  loop_.advance(17min + 30s);
  open();
  // The station has ended the grant by its own clock, and its readings are safe.
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_COMPLETED, 10s));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
}

TEST_F(DeadlinesTest, AStationThatIsAwayAtTheEndOfTheTeardownTimeIsTakenOutOfUse) {
  const auto booking = book(10min);
  ASSERT_TRUE(confirm(booking.name()));
  station_->disconnect();
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_TEARDOWN, 16min));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_OFFLINE);
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_COMPLETED, 3min));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED);
}

TEST_F(DeadlinesTest, AReleaseThatWaitedForItsStationStillProvesTheBooking) {
  const auto booking = book(10min);
  ASSERT_TRUE(confirm(booking.name()));
  station_->disconnect();
  ASSERT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_TEARDOWN, 16min));
  advance(1s);
  ASSERT_TRUE(station_->connect());
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_COMPLETED, 10s));
  EXPECT_EQ(station_->orders().back(), "release");
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
}

}  // namespace
}  // namespace benchd::site
