// The table of reactions in the design, row by row.
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

class StationReactions : public StationFixture {
 protected:
  // Armed, a run under way, the motor turns.
  void make_running() {
    make_armed();
    const auto started = start_run();
    ASSERT_EQ(started.reason(), "") << started.message();
    ASSERT_TRUE(loop_.advance_until([&] { return plant("rpm") > 0; }, 2s));
    loop_.advance(500ms);
  }
};

TEST_F(StationReactions, AReadingBeyondASafeStateLimitMakesSafeWithinTheSameTickAndAbortsTheRun) {
  make_running();
  set_plant("current", 41);
  const MonotonicTime before = loop_.now();
  ASSERT_TRUE(loop_.advance_until([&] { return plant("throttle") == 0; }, 1s));
  EXPECT_LE(loop_.now() - before, 20ms);  // the next sample; nothing is added to it

  const auto end = wait_for_end();
  EXPECT_TRUE(plant_is_safe());
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "LIMIT_TRIPPED");
  const auto trips = uplink_.events(EventCase::kLimitTripped);
  ASSERT_EQ(trips.size(), 1U);
  EXPECT_EQ(trips[0].limit_tripped().limit(), "over-current");
  EXPECT_EQ(trips[0].limit_tripped().value(), 41);
  EXPECT_EQ(trips[0].run(), "r-1");
  EXPECT_FALSE(status().latched());
}

TEST_F(StationReactions, AReadingBeyondAnAbortLimitRunsTheCleanupFirst) {
  make_running();
  plant_->values["thrust-1/thrust"] = 7.5;
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "LIMIT_TRIPPED");
  const auto writes = record_->of(FakeAct::Kind::Write);
  EXPECT_EQ(writes.back().channel, "thrust-1/throttle");  // the cleanup's own write
  EXPECT_EQ(writes.back().value, 0);
  EXPECT_TRUE(plant_is_safe());
}

TEST_F(StationReactions, AReadingBeyondAWarnLimitIsReportedOnceInAnExcursionAndStopsNothing) {
  make_running();
  set_plant("rpm", 6500);
  loop_.advance(200ms);
  set_plant("rpm", 2000);
  loop_.advance(200ms);
  set_plant("rpm", 6500);
  loop_.advance(200ms);
  EXPECT_EQ(uplink_.events(EventCase::kLimitTripped).size(), 2U);
  EXPECT_EQ(wait_for_end().verdict(), link::v1::VERDICT_PASS);
}

TEST_F(StationReactions, AnInterlockThatOpensWhileEnergisedMakesSafeAndStaysLatched) {
  make_running();
  set_plant("door", 0);
  loop_.advance(20ms);
  EXPECT_EQ(plant("throttle"), 0);
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "INTERLOCK_OPEN");
  set_plant("door", 1);
  loop_.advance(1s);
  EXPECT_TRUE(status().latched());
  EXPECT_EQ(status().reason(), "INTERLOCK_OPEN");
  EXPECT_EQ(arm().reason(), "INTERLOCK_OPEN");

  EXPECT_EQ(clear_latch().reason(), "");
  EXPECT_FALSE(status().latched());
  EXPECT_EQ(arm().reason(), "SETUP_INCOMPLETE") << "somebody was at the bench";
  EXPECT_EQ(confirm().reason(), "");
  EXPECT_EQ(arm().reason(), "");
}

TEST_F(StationReactions, AnInterlockThatOpensForOneSampleOnlyLatchesToo) {
  make_running();
  set_plant("door", 0);
  loop_.advance(20ms);
  set_plant("door", 1);
  wait_for_end();
  EXPECT_TRUE(status().latched());
}

TEST_F(StationReactions, AnInterlockThatOpensWhileNothingIsEnergisedLatchesNothing) {
  start_and_wait_until_ready();
  set_plant("door", 0);
  loop_.advance(1s);
  set_plant("door", 1);
  loop_.advance(1s);
  EXPECT_FALSE(status().latched());
  EXPECT_EQ(uplink_.events(EventCase::kInterlockChanged).size(), 3U);
}

TEST_F(StationReactions, ALatchIsNotClearedWhileItsInterlockIsOpen) {
  make_running();
  set_plant("door", 0);
  wait_for_end();
  EXPECT_EQ(clear_latch().reason(), "INTERLOCK_OPEN");
  EXPECT_TRUE(status().latched());
}

TEST_F(StationReactions, ABenchThatIsArmedWithoutARunIsNotSaidToHaveOne) {
  make_armed();
  EXPECT_EQ(clear_latch().reason(), "BENCH_ARMED");
  EXPECT_TRUE(status().armed());
  ASSERT_EQ(start_run().reason(), "");
  EXPECT_EQ(clear_latch().reason(), "RUN_ACTIVE");
}

TEST_F(StationReactions, ASwitchThatIsNotAsItMustBeIsNamedByItsWord) {
  config_.benches[0].channels[6].states = {"open", "closed"};  // door
  start_and_wait_until_ready();
  set_plant("door", 0);
  loop_.advance(1s);
  ASSERT_EQ(assign().reason(), "");
  const auto checks = confirm().setup_checks();
  ASSERT_EQ(checks.size(), 2);
  EXPECT_EQ(checks[1].message(), "door is open, it must be closed");
}

TEST_F(StationReactions, AccessOnOrderIsProvedSafeLatchesNothingAndMakesTheSetupVoid) {
  make_armed();
  link::v1::Command order = command();
  order.mutable_enter_safe_state();
  const auto result = send(order);
  EXPECT_EQ(result.reason(), "");
  EXPECT_TRUE(result.safe_state().proved());
  EXPECT_TRUE(plant_is_safe());
  set_plant("door", 0);
  loop_.advance(1s);
  set_plant("door", 1);
  loop_.advance(1s);
  EXPECT_FALSE(status().latched());
  EXPECT_EQ(arm().reason(), "SETUP_INCOMPLETE");
  EXPECT_EQ(confirm().reason(), "");
  EXPECT_EQ(arm().reason(), "");
}

TEST_F(StationReactions, AStaleReadingOfALimitedChannelTripsAtTheStaleTimeAndIsTheBenchsFault) {
  make_running();
  plant_->silent.insert("thrust-1/current");
  const MonotonicTime before = loop_.now();
  ASSERT_TRUE(loop_.advance_until([&] { return plant("throttle") == 0; }, 1s));
  EXPECT_LE(loop_.now() - before, 200ms);
  EXPECT_GE(loop_.now() - before, 180ms);
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ERROR);
  EXPECT_EQ(end.reason(), "READING_INVALID");
}

TEST_F(StationReactions, AFrozenReadingOfALimitedChannelTrips) {
  config_.benches[0].channels[5].frozen_after = 300ms;
  plant_->settle = [settle = plant_->settle](FakePlant& now) { settle(now); };
  start_and_wait_until_ready();
  // Alive again before each step: the last digit moves.
  int digit = 0;
  const auto alive = [&](Nanoseconds time) {
    for (Nanoseconds t{}; t < time; t += 20ms) {
      plant_->values["thrust-1/current"] = 10 + 0.001 * (++digit % 7);
      loop_.advance(20ms);
    }
  };
  alive(400ms);
  ASSERT_EQ(assign().reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  ASSERT_EQ(arm().reason(), "");
  alive(600ms);
  EXPECT_TRUE(status().armed());
  loop_.advance(320ms);
  EXPECT_FALSE(status().armed());
  EXPECT_TRUE(plant_is_safe());
}

TEST_F(StationReactions, AReadingThatIsNotANumberTripsAtTheStaleTime) {
  make_running();
  plant_->bad.insert("thrust-1/current");
  loop_.advance(220ms);
  EXPECT_EQ(plant("throttle"), 0);
  loop_.advance(1s);
  ASSERT_EQ(ends().size(), 1U);
  EXPECT_EQ(ends()[0].verdict(), link::v1::VERDICT_ERROR);
}

TEST_F(StationReactions, APluginThatDiesBringsTheOtherUnitsToTheSafeStateAtOnce) {
  make_running();
  device("psb").crash(100ms);
  loop_.run();
  EXPECT_EQ(plant("throttle"), 0);
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ERROR);
  EXPECT_EQ(end.reason(), "PLUGIN_FAILED");
  loop_.advance(1s);
  EXPECT_TRUE(plant_is_safe());
  EXPECT_THAT(record_->violations, ::testing::IsEmpty());
  EXPECT_FALSE(status().latched()) << status().message();
  EXPECT_EQ(arm().reason(), "SETUP_INCOMPLETE");
  EXPECT_EQ(confirm().reason(), "");
  EXPECT_EQ(arm().reason(), "");
}

TEST_F(StationReactions, APluginThatDoesNotComeBackLeavesTheBenchUnprovedWhenItsReadingIsNeeded) {
  make_running();
  device("adam").crash(std::nullopt);
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ERROR);
  EXPECT_EQ(plant("throttle"), 0);
  EXPECT_EQ(plant("output"), 0);
  EXPECT_TRUE(status().latched());
  EXPECT_EQ(status().reason(), "SAFE_STATE_UNPROVED");
}

TEST_F(StationReactions, APluginThatHangsHoldsUpTheSafeStateOfTheOthersByAQuarterSecondAtMost) {
  make_running();
  device("t7").hang(true);
  set_plant("current", 41);
  loop_.advance(20ms + 250ms + 5s + 20ms);  // the reading, the hanging stage, the wait for its rpm
  EXPECT_EQ(plant("output"), 0);
  EXPECT_EQ(plant("contactor"), 0);
}

TEST_F(StationReactions, ASafeStateThatIsNotProvedIsLatchedAcrossARestart) {
  make_armed();
  plant_->stuck.insert("thrust-1/contactor");
  link::v1::Command order = command();
  order.mutable_enter_safe_state();
  const auto result = send(order);
  EXPECT_EQ(result.reason(), "SAFE_STATE_UNPROVED");
  EXPECT_THAT(result.message(), ::testing::HasSubstr("contactor_feedback"));
  kill();
  plant_->stuck.clear();
  start();
  loop_.advance(2s);
  EXPECT_TRUE(status().latched());
  EXPECT_EQ(status().reason(), "SAFE_STATE_UNPROVED");
}

TEST_F(StationReactions, AClientThatIsLostStopsAnAttendedRunSoftlyAfterThePresenceTime) {
  config_.benches[0].presence_time = 1s;
  start_and_wait_until_ready();
  ASSERT_EQ(assign(1h, true).reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  ASSERT_EQ(arm().reason(), "");
  ASSERT_EQ(start_run().reason(), "");
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "PRESENCE_LOST");
  EXPECT_TRUE(plant_is_safe());
}

TEST_F(StationReactions, ARunWhoseHolderRenewsHisPresenceGoesOn) {
  config_.benches[0].presence_time = 1s;
  start_and_wait_until_ready();
  ASSERT_EQ(assign(1h, true).reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  ASSERT_EQ(arm().reason(), "");
  ASSERT_EQ(start_run().reason(), "");
  for (int i = 0; i < 8 && ends().empty(); ++i) {
    loop_.advance(500ms);
    link::v1::Command order = command();
    order.mutable_renew_presence();
    send(order);
  }
  loop_.advance(1s);
  ASSERT_EQ(ends().size(), 1U);
  EXPECT_EQ(ends()[0].verdict(), link::v1::VERDICT_PASS);
}

TEST_F(StationReactions, AClientThatIsLostStopsNoUnattendedRun) {
  config_.benches[0].presence_time = 1s;
  make_running();
  EXPECT_EQ(wait_for_end().verdict(), link::v1::VERDICT_PASS);
}

TEST_F(StationReactions, ADiskThatIsNearlyFullAllowsNoNewRunAndEndsARunningOneSafely) {
  make_running();
  disk_.free_bytes = 1ULL << 20U;
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ERROR);
  EXPECT_EQ(end.reason(), "DISK_FULL");
  EXPECT_TRUE(plant_is_safe());
  EXPECT_EQ(arm().reason(), "DISK_FULL");
}

TEST_F(StationReactions, AFaultThatAnInstrumentHasLatchedMakesSafeAndWaitsForAnOperator) {
  make_running();
  device("psb").fault("OVP");
  loop_.run();
  EXPECT_EQ(plant("throttle"), 0);
  EXPECT_EQ(wait_for_end().reason(), "DEVICE_FAULT");
  EXPECT_TRUE(status().latched());
}

}  // namespace
}  // namespace benchd::test
