// A run from its order to its sealed recording.
#include <fstream>

#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StationRuns : public StationFixture {};

TEST_F(StationRuns, ASequenceIsCarriedOutAndJudged) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  EXPECT_EQ(status().run(), "r-1");
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_PASS) << end.DebugString();
  EXPECT_FALSE(end.interrupted());
  const auto steps = uplink_.events(EventCase::kStepFinished);
  ASSERT_THAT(steps, SizeIs(5));  // four steps, and the cleanup
  ASSERT_THAT(steps[2].step_finished().rows(), SizeIs(1));
  EXPECT_DOUBLE_EQ(steps[2].step_finished().rows(0).values(0).value(), 2);
  ASSERT_THAT(steps[3].step_finished().checks(), SizeIs(1));
  EXPECT_EQ(steps[3].step_finished().checks(0).verdict(), link::v1::VERDICT_PASS);
  EXPECT_EQ(status().run(), "");
}

TEST_F(StationRuns, EndsDisarmedAndProvedSafeAndMayBeArmedAgain) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  wait_for_end();
  EXPECT_TRUE(plant_is_safe());
  EXPECT_EQ(start_run("r-2").reason(), "BENCH_NOT_ARMED");
  EXPECT_EQ(arm().reason(), "");
  EXPECT_EQ(start_run("r-3").reason(), "");
  wait_for_end();
  EXPECT_THAT(record_->violations, IsEmpty());
}

TEST_F(StationRuns, IsReportedFinishedOnlyAfterItsRecordingIsSealed) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  std::size_t segments_at_end = 0;
  ASSERT_TRUE(loop_.advance_until(
      [&] {
        segments_at_end = uplink_.segments().size();
        return !ends().empty();
      },
      60s));
  EXPECT_EQ(static_cast<int>(segments_at_end), ends()[0].segments());
  ASSERT_THAT(uplink_.segments(), SizeIs(1));
  EXPECT_TRUE(uplink_.segments()[0].segment.last);
  EXPECT_TRUE(std::filesystem::exists(uplink_.segments()[0].segment.path));
  EXPECT_EQ(uplink_.segments()[0].tenant, TenantId("acme"));
}

TEST_F(StationRuns, TheOrderOfItsEventsIsTheOrderOfWhatHappened) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  wait_for_end();
  std::vector<EventCase> kinds;
  for (const auto& event : uplink_.events()) {
    const auto kind = event.event_case();
    const bool counts = kind == EventCase::kArmed || kind == EventCase::kRunStarted ||
                        kind == EventCase::kDisarmed || kind == EventCase::kRunFinished;
    if (counts) kinds.push_back(kind);
  }
  EXPECT_THAT(kinds, ElementsAre(EventCase::kArmed, EventCase::kRunStarted, EventCase::kDisarmed,
                                 EventCase::kRunFinished));
}

TEST_F(StationRuns, ItsStepsAreNumberedFromOne) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  wait_for_end();
  const auto started = uplink_.events(EventCase::kStepStarted);
  ASSERT_FALSE(started.empty());
  EXPECT_EQ(started.front().step_started().number(), 1);
  for (std::size_t i = 1; i < started.size(); ++i) {
    EXPECT_GE(started[i].step_started().number(), started[i - 1].step_started().number());
  }
}

TEST_F(StationRuns, ItsStatusIsToldFourTimesASecond) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  loop_.advance(1s);
  const int before = uplink_.statuses();
  loop_.advance(1s);
  EXPECT_GE(uplink_.statuses() - before, 4);
}

TEST_F(StationRuns, ASoftStopRunsTheCleanup) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  loop_.advance(1s);
  ASSERT_EQ(stop_run("r-1", false).reason(), "");
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "RUN_STOPPED");
  EXPECT_EQ(record_->of(FakeAct::Kind::Write).back().value, 0);
}

TEST_F(StationRuns, AHardStopMakesSafeWithoutCleanup) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  loop_.advance(1s);
  const auto writes = record_->of(FakeAct::Kind::Write).size();
  ASSERT_EQ(stop_run("r-1", true).reason(), "");
  EXPECT_EQ(plant("throttle"), 0);
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), SizeIs(writes));
}

TEST_F(StationRuns, AnotherRunCannotBeStoppedByMistake) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  EXPECT_EQ(stop_run("r-9", true).reason(), "RUN_NOT_ACTIVE");
  EXPECT_EQ(start_run("r-2").reason(), "RUN_ACTIVE");
  EXPECT_EQ(wait_for_end().verdict(), link::v1::VERDICT_PASS);
}

TEST_F(StationRuns, ASequenceThatWouldLeaveARangeIsRefusedBeforeAnythingMoves) {
  make_armed();
  const auto writes = record_->of(FakeAct::Kind::Write).size();
  link::v1::Command order = command();
  order.mutable_start_run()->set_run("r-1");
  order.mutable_start_run()->set_sequence_source(R"(
    name: "wild"
    needs { channel: "throttle" unit: "%" write: true }
    steps { set { writes { channel: "throttle" value: "120 %" } } }
    time_limit: "60 s"
  )");
  EXPECT_NE(send(order).reason(), "");
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), SizeIs(writes));
  EXPECT_THAT(uplink_.events(EventCase::kRunStarted), IsEmpty());
}

TEST_F(StationRuns, ASequenceLongerThanTheBookingIsRefused) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign(2s).reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  ASSERT_EQ(arm().reason(), "");
  EXPECT_EQ(start_run().reason(), "BOOKING_ENDING");
}

TEST_F(StationRuns, AStepWhoseResultCannotBeSavedStopsTheRunAndItIsNoPass) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  uplink_.break_journal(true);
  ASSERT_TRUE(loop_.advance_until([&] { return plant_is_safe(); }, 30s));
  uplink_.break_journal(false);
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ERROR);
  EXPECT_EQ(end.reason(), "STORAGE_FAILED");
}

TEST_F(StationRuns, ARecordingThatCannotBeOpenedRefusesTheRun) {
  make_armed();
  std::ofstream(directory_.path() / "recordings" / "r-1") << "a file where a folder is due";
  EXPECT_NE(start_run().reason(), "");
  EXPECT_TRUE(status().run().empty());
  EXPECT_EQ(start_run("r-2").reason(), "");
  EXPECT_EQ(wait_for_end().verdict(), link::v1::VERDICT_PASS);
}

}  // namespace
}  // namespace benchd::test
