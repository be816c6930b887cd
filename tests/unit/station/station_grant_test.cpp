// The right of a booking to the bench, and its end.
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using ::testing::SizeIs;

class StationGrant : public StationFixture {};

TEST_F(StationGrant, AtItsEndTheRunIsStoppedSoftlyAndTheBenchIsProvedSafe) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign(5s).reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  ASSERT_EQ(arm().reason(), "");
  ASSERT_EQ(start_run().reason(), "");
  link::v1::Command shorter = command();
  shorter.mutable_assign()->set_booking("b-1");
  shorter.mutable_assign()->set_remaining_ns(Nanoseconds(1s).count());
  shorter.mutable_assign()->set_remaining_with_teardown_ns(Nanoseconds(30s).count());
  ASSERT_EQ(send(shorter).reason(), "");
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "BOOKING_ENDED");
  loop_.advance(1s);
  const auto ended = uplink_.events(EventCase::kGrantEnded);
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_TRUE(ended[0].grant_ended().proved_safe());
  EXPECT_EQ(ended[0].booking(), "b-1");
  EXPECT_TRUE(plant_is_safe());
  EXPECT_EQ(status().booking(), "");
  EXPECT_EQ(arm().reason(), "NO_GRANT");
}

TEST_F(StationGrant, TheWallClockDoesNotMoveItsEnd) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign(10s).reason(), "");
  loop_.clock().step_utc(48h);
  loop_.advance(9s);
  EXPECT_EQ(status().booking(), "b-1");
  loop_.advance(2s);
  EXPECT_EQ(status().booking(), "");
}

TEST_F(StationGrant, AReleaseEndsItAndAnswersWithTheProof) {
  make_armed();
  link::v1::Command order = command();
  order.mutable_release()->set_removal_confirmed(true);
  const auto result = send(order);
  EXPECT_EQ(result.reason(), "");
  EXPECT_TRUE(result.safe_state().proved());
  EXPECT_TRUE(plant_is_safe());
  EXPECT_THAT(uplink_.events(EventCase::kGrantEnded), SizeIs(1));
}

TEST_F(StationGrant, AnEndThatCannotBeProvedQuarantinesTheBench) {
  make_armed();
  plant_->stuck.insert("thrust-1/contactor");
  link::v1::Command order = command();
  order.mutable_release();
  EXPECT_EQ(send(order).reason(), "SAFE_STATE_UNPROVED");
  EXPECT_TRUE(status().latched());
  EXPECT_FALSE(uplink_.events(EventCase::kGrantEnded).at(0).grant_ended().proved_safe());
}

TEST_F(StationGrant, AnotherBookingHasToWaitForIt) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  link::v1::Command order = command();
  order.mutable_assign()->set_booking("b-2");
  order.mutable_assign()->set_remaining_ns(Nanoseconds(1h).count());
  EXPECT_EQ(send(order).reason(), "STATION_BUSY");
}

TEST_F(StationGrant, SurvivesARestartOfTheStationOnTheSameBoot) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign(30s).reason(), "");
  kill();
  loop_.advance(10s);
  start_and_wait_until_ready();
  EXPECT_EQ(status().booking(), "b-1");
  loop_.advance(21s);
  EXPECT_EQ(status().booking(), "");
  EXPECT_THAT(uplink_.events(EventCase::kGrantEnded), SizeIs(1));
}

TEST_F(StationGrant, EndsWithTheBoot) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign(1h).reason(), "");
  kill();
  boot_id_ = "boot-2";
  start();
  loop_.advance(2s);
  EXPECT_EQ(status().booking(), "");
  EXPECT_THAT(uplink_.events(EventCase::kGrantEnded), SizeIs(1));
}

TEST_F(StationGrant, TheNextBookingNeedsASetupOfItsOwn) {
  make_armed();
  link::v1::Command order = command();
  order.mutable_release();
  send(order);
  ASSERT_EQ(assign().reason(), "");
  EXPECT_EQ(arm().reason(), "SETUP_INCOMPLETE");
}

}  // namespace
}  // namespace benchd::test
