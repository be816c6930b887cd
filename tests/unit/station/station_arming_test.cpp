// What must hold before a bench may energise, and what arming does.
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StationArming : public StationFixture {
 protected:
  void make_set_up() {
    start_and_wait_until_ready();
    ASSERT_EQ(assign().reason(), "");
    ASSERT_EQ(confirm().reason(), "");
  }
};

TEST_F(StationArming, WritesTheArmingWritesInOrderAfterThePluginsKnowWhatToDoAlone) {
  make_set_up();
  record_->acts.clear();
  ASSERT_EQ(arm().reason(), "");
  const auto writes = record_->of(FakeAct::Kind::Write);
  ASSERT_EQ(writes.size(), 3U);
  EXPECT_EQ(writes[0].channel, "thrust-1/contactor");
  EXPECT_EQ(writes[1].channel, "thrust-1/voltage");
  EXPECT_EQ(writes[2].channel, "thrust-1/output");
  EXPECT_THAT(record_->violations, IsEmpty());
  for (const auto& [unit, profile] : record_->profiles) EXPECT_TRUE(profile.armed()) << unit;
  EXPECT_EQ(uplink_.events(EventCase::kArmed).size(), 1U);
}

TEST_F(StationArming, IsRefusedWithoutAGrant) {
  start_and_wait_until_ready();
  EXPECT_EQ(arm().reason(), "NO_GRANT");
}

TEST_F(StationArming, IsRefusedWhileAnInterlockIsOpenAndNamesIt) {
  make_set_up();
  set_plant("door", 0);
  loop_.advance(100ms);
  const auto result = arm();
  EXPECT_EQ(result.reason(), "INTERLOCK_OPEN");
  EXPECT_THAT(result.message(), HasSubstr("Guard door"));
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), IsEmpty());
}

TEST_F(StationArming, IsRefusedWithAnIncompleteSetupAndNamesWhatIsMissing) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  link::v1::Command order = command();
  order.mutable_confirm_setup()->set_member("maria");
  const auto confirmed = send(order);
  ASSERT_EQ(confirmed.setup_checks_size(), 2);
  EXPECT_FALSE(confirmed.setup_checks(0).complete());
  EXPECT_EQ(confirmed.setup_checks(0).question(), "Is Motor 7 mounted?");
  EXPECT_TRUE(confirmed.setup_checks(1).complete());
  const auto result = arm();
  EXPECT_EQ(result.reason(), "SETUP_INCOMPLETE");
  EXPECT_THAT(result.message(), HasSubstr("mounted"));
}

TEST_F(StationArming, ASetupReadingThatIsNotAsItShouldBeIsNamedWithItsValue) {
  start_and_wait_until_ready();
  set_plant("door", 0);
  loop_.advance(100ms);
  ASSERT_EQ(assign().reason(), "");
  const auto confirmed = confirm();
  ASSERT_EQ(confirmed.setup_checks_size(), 2);
  EXPECT_FALSE(confirmed.setup_checks(1).complete());
  EXPECT_THAT(confirmed.setup_checks(1).message(), HasSubstr("door reads 0"));
}

TEST_F(StationArming, ADryConfirmationRecordsNothing) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  link::v1::Command order = command();
  order.mutable_confirm_setup()->set_dry_run(true);
  auto& answer = *order.mutable_confirm_setup()->add_answers();
  answer.set_item("mounted");
  answer.set_confirmed(true);
  EXPECT_TRUE(send(order).setup_checks(0).complete());
  EXPECT_THAT(uplink_.events(EventCase::kSetupRecorded), IsEmpty());
  EXPECT_EQ(arm().reason(), "SETUP_INCOMPLETE");
}

TEST_F(StationArming, IsRefusedWhileALimitedReadingIsStale) {
  make_set_up();
  plant_->silent.insert("thrust-1/current");
  loop_.advance(1s);
  const auto result = arm();
  EXPECT_EQ(result.reason(), "READING_INVALID");
  EXPECT_THAT(result.message(), HasSubstr("current is stale"));
}

TEST_F(StationArming, IsRefusedWhileADeviceIsNotThere) {
  make_set_up();
  device("psb").crash(std::nullopt);
  loop_.advance(1s);
  EXPECT_EQ(arm().reason(), "PLUGIN_FAILED");
}

TEST_F(StationArming, IsRefusedWhileTheDiskIsNearlyFull) {
  make_set_up();
  disk_.free_bytes = 1;
  loop_.advance(1100ms);
  EXPECT_EQ(arm().reason(), "DISK_FULL");
}

TEST_F(StationArming, AWriteThatADeviceRefusesEndsInTheSafeState) {
  make_set_up();
  device("psb").refuse_writes(true);
  EXPECT_EQ(arm().reason(), "DEVICE_REFUSED");
  loop_.advance(1s);
  EXPECT_TRUE(plant_is_safe());
  EXPECT_FALSE(status().armed());
  EXPECT_TRUE(status().safe());
}

TEST_F(StationArming, ADutsRatingNarrowsTheLimit) {
  start_and_wait_until_ready();
  link::v1::Command order = command();
  order.mutable_assign()->set_booking("b-1");
  order.mutable_assign()->set_remaining_ns(Nanoseconds(1h).count());
  order.mutable_assign()->set_remaining_with_teardown_ns(Nanoseconds(2h).count());
  auto& rating = *order.mutable_assign()->mutable_dut()->add_ratings();
  rating.set_name("max_current");
  rating.set_value(5000);
  rating.set_unit("mA");
  ASSERT_EQ(send(order).reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  ASSERT_EQ(arm().reason(), "");
  EXPECT_EQ(write("throttle", 20).reason(), "");  // 10 A
  loop_.advance(100ms);
  EXPECT_FALSE(status().armed());
  EXPECT_EQ(uplink_.events(EventCase::kLimitTripped).size(), 1U);
}

TEST_F(StationArming, ASetupThatIsTakenBackWhileArmedDisarms) {
  make_armed();
  link::v1::Command order = command();
  auto& answer = *order.mutable_confirm_setup()->add_answers();
  answer.set_item("mounted");
  answer.set_confirmed(false);
  send(order);
  EXPECT_FALSE(status().armed());
}

TEST_F(StationArming, AfterTheSafeStateTheProfilesAreThoseOfAnIdleBenchWithTheLongestWaits) {
  make_armed();
  link::v1::Command order = command();
  order.mutable_enter_safe_state();
  send(order);
  const auto& psb = record_->profiles.at("psb/");
  EXPECT_FALSE(psb.armed());
  ASSERT_EQ(psb.steps_size(), 2);  // output, then the voltage that the definition leaves out
  EXPECT_EQ(psb.steps(0).write().channel(), "thrust-1/output");
  EXPECT_EQ(psb.steps(0).delay_ns(), Nanoseconds(5s).count());
}

}  // namespace
}  // namespace benchd::test
