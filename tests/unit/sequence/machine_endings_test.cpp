// The rules of the step machine: verdicts, stops, limits, cleanup, storing, one sentence each.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sequence/machine_cases.hpp"

namespace benchd::sequence {
namespace {

using model::Verdict;
using testing::HasSubstr;

// ---- checks and verdicts ----

struct Judged {
  Finished finish;
  std::vector<model::CheckLine> checks;
};

Judged judged(std::string_view checks, double thrust) {
  auto driver = driver_of(R"(
  steps:
    - measure: {as: level, channels: [thrust], count: "10", statistics: [mean]}
)" + std::string(checks));
  driver.plant = [thrust](auto, auto) { return thrust; };
  driver.run();
  Judged result{driver.finish(), {}};
  for (const auto& step : driver.all<StepFinished>()) {
    result.checks.insert(result.checks.end(), step.checks.begin(), step.checks.end());
  }
  return result;
}

TEST(CheckStep, WritesALineWithValueLimitsAndUnit) {
  const auto run =
      judged("    - check: {name: thrust, value: level.thrust.mean, min: 5 N, max: 0.02 kN}\n", 12);
  const auto& checks = run.checks;
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0], (model::CheckLine{"thrust", 12, "N", 5, 20, Verdict::Pass}));
  EXPECT_EQ(run.finish.verdict, Verdict::Pass);
}

TEST(CheckStep, ThatFailsMakesTheRunFailAndTheOthersAreStillJudged) {
  const auto run = judged(R"(
    - check: {name: thrust, value: level.thrust.mean, min: 18.5 N}
    - check: {name: not too much, value: level.thrust.mean, max: 30 N}
)",
                          18.2);
  EXPECT_EQ(run.finish,
            (Finished{Verdict::Fail, std::nullopt, "thrust is 18.2 N, needs ≥ 18.5 N"}));
  EXPECT_EQ(run.checks[1].verdict, Verdict::Pass);
}

TEST(CheckStep, WithoutAValueIsInconclusiveNeverAPass) {
  const auto run = judged(
      "    - check: {name: ratio, value: level.thrust.mean / (level.thrust.mean - 12 N), max: "
      "\"3\"}\n"
      "    - check: {name: root, value: sqrt(-1), min: \"0\"}\n",
      12);
  EXPECT_EQ(run.finish.verdict, Verdict::Inconclusive);
  EXPECT_EQ(run.finish.message, "ratio has no value");
}

TEST(CheckStep, OfAConditionPassesWhenItIsTrue) {
  const auto run = judged("    - check: {name: closed, value: guard == on}\n", 1);
  EXPECT_EQ(run.finish.verdict, Verdict::Pass);
  EXPECT_EQ(judged("    - check: {name: closed, value: guard == on}\n", 0).finish.message,
            "closed: guard == on is false");
}

TEST(Verdicts, ACompletedRunWithoutChecksPasses) {
  auto driver = driver_of("\n  steps: [{log: hello}]\n");
  driver.run();
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
}

TEST(Verdicts, AFaultOfTheBenchIsErrorEvenAfterAFailedCheck) {
  auto driver = driver_of(R"(
  steps:
    - measure: {as: level, channels: [thrust], count: "10"}
    - check: {name: thrust, value: level.thrust.mean, min: 5 N}
    - wait_until: {condition: rpm > 500 rpm, timeout: 1 s}
)");
  driver.run();
  EXPECT_EQ(driver.finish().verdict, Verdict::Error);
}

TEST(Verdicts, AStopIsStrongerThanAFailedCheckAndAFaultStrongerThanAStop) {
  auto driver = driver_of(R"(
  steps:
    - measure: {as: level, channels: [thrust], count: "10"}
    - check: {name: thrust, value: level.thrust.mean, min: 5 N}
    - hold: 10 s
  cleanup: [{hold: 5 s}]
)");
  driver.stop_at(2s, soft_stop());
  driver.run_until(3s);
  driver.stop_at(4s, {StopKind::Hard, Verdict::Error, Reason::PluginFailed, "the plugin died"});
  driver.run();
  EXPECT_EQ(driver.finish(), (Finished{Verdict::Error, Reason::PluginFailed, "the plugin died"}));
}

// ---- stops, limits and cleanup ----

TEST(SoftStop, SkipsTheRemainingStepsRunsCleanupAndIsAborted) {
  auto driver = driver_of(R"(
  steps: [{hold: 10 s}, {set: {supply_voltage: 12 V}}]
  cleanup: [{set: {supply_output: off}}]
)");
  driver.stop_at(3s, soft_stop());
  driver.run();
  EXPECT_TRUE(driver.writes("supply_voltage").empty());
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
  EXPECT_EQ(driver.finish(), (Finished{Verdict::Aborted, Reason::RunStopped, "by alice"}));
  EXPECT_EQ(driver.finished_step("steps[0]")->outcome, StepOutcome::Interrupted);
  EXPECT_LT(driver.elapsed(), 3100ms);
}

TEST(SoftStop, DuringCleanupChangesNothing) {
  auto driver = driver_of("\n  steps: [{log: x}]\n  cleanup: [{hold: 5 s}]\n");
  driver.stop_at(2s, soft_stop());
  driver.run();
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
  EXPECT_EQ(driver.elapsed(), 5s);
}

TEST(HardStop, FinishesAtOnceWithoutCleanup) {
  auto driver = driver_of(kHold);
  driver.stop_at(3s, hard_stop());
  driver.run();
  EXPECT_TRUE(driver.all<Write>().empty());
  EXPECT_EQ(driver.elapsed(), 3s);
  EXPECT_EQ(driver.finish(), (Finished{Verdict::Aborted, Reason::RunStopped, "by alice"}));
}

TEST(HardStop, EndsCleanupToo) {
  auto driver = driver_of("\n  steps: [{log: x}]\n  cleanup: [{hold: 5 s}]\n");
  driver.stop_at(2s, hard_stop());
  driver.run();
  EXPECT_EQ(driver.elapsed(), 2s);
  EXPECT_EQ(driver.finish().verdict, Verdict::Aborted);
}

TEST(LimitTrips, OfActionAbortRunCleanupAndOthersDoNot) {
  auto bound = limit("motor-hot", "motor_temperature", 93);
  EXPECT_EQ(stop_by_limit(bound, 95.5).kind, StopKind::Hard);
  bound.action = model::LimitAction::Abort;
  const auto stop = stop_by_limit(bound, 95.5);
  EXPECT_EQ(stop.kind, StopKind::Soft);
  EXPECT_EQ(stop.verdict, Verdict::Aborted);
  EXPECT_EQ(stop.reason, Reason::LimitTripped);
  EXPECT_EQ(stop.message, "motor_temperature is 95.5, above the limit \"motor-hot\" of 93");
}

TEST(TimeLimits, OfAStepEndItByForceWithErrorAndCleanup) {
  auto driver = driver_of(R"(
  steps: [{name: long, time_limit: 2 s, hold: 10 s}]
  cleanup: [{set: {supply_output: off}}]
)");
  driver.run();
  EXPECT_EQ(driver.finish(), (Finished{Verdict::Error, Reason::StepTimeLimit,
                                       "steps[0] (long) was ended after its limit of 2 s"}));
  EXPECT_EQ(driver.writes("supply_output")[0].first, 2002ms);
}

TEST(TimeLimits, OfAStepAlsoEndTheStepsInsideIt) {
  auto driver = driver_of(R"(
  steps:
    - time_limit: 3 s
      sweep: {channel: throttle, levels: "[20 %, 30 %]", as: target, rate: 20 %/s, steps: [{hold: 1 h}]}
)");
  driver.run();
  EXPECT_EQ(driver.finish().reason, Reason::StepTimeLimit);
  EXPECT_EQ(driver.finished_step("steps[0].sweep.steps[0]")->outcome, StepOutcome::Failed);
  EXPECT_EQ(driver.finished_step("steps[0]")->outcome, StepOutcome::Interrupted);
  EXPECT_EQ(driver.elapsed(), 3s);
}

TEST(TimeLimits, OfTheRunEndItByForce) {
  auto driver = driver_of(kHold);
  auto short_run = sequence_of(kHold);
  short_run.set_time_limit("4 s");
  driver.replace(*Machine::create(short_run, {}, thrust_stand()));
  driver.run();
  EXPECT_EQ(driver.finish().reason, Reason::RunTimeLimit);
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
  EXPECT_LT(driver.elapsed(), 4100ms);
}

TEST(TimeLimits, OfAWriteThatIsNeverAnsweredEndItToo) {
  auto driver = driver_of(R"(
  steps: [{time_limit: 2 s, set: {supply_voltage: 12 V}}]
  cleanup: [{set: {supply_output: off}}]
)");
  driver.write_latency = 1h;
  driver.run_until(3s);
  EXPECT_EQ(driver.writes("supply_output").size(), 1U) << "cleanup does not wait for the lost one";
}

TEST(Cleanup, RunsAfterTheStepsOfEveryRun) {
  auto driver = driver_of("\n  steps: [{log: x}]\n  cleanup: [{set: {supply_output: off}}]\n");
  driver.run();
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
}

TEST(Cleanup, AlsoRunsWhenTheFirstStepFailed) {
  auto driver = driver_of(R"(
  steps: [{wait_until: {condition: guard == closed, timeout: 1 s}}, {set: {supply_voltage: 12 V}}]
  cleanup: [{ramp: {channel: throttle, to: 0 %, rate: 20 %/s}}, {set: {supply_output: off}}]
)");
  driver.run();
  EXPECT_EQ(driver.writes("throttle").size(), 1U);
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
}

TEST(Cleanup, GoesOnWithItsNextStepWhenOneFails) {
  auto driver = driver_of(R"(
  steps: [{log: x}]
  cleanup: [{ramp: {channel: throttle, to: 0 %, rate: 20 %/s}}, {set: {supply_output: off}}]
)");
  driver.refuse = [](const Write& write) -> std::optional<Error> {
    if (write.values[0].channel != "throttle") return std::nullopt;
    return Error{Reason::DeviceLost, "the T7 is gone", {}, {}};
  };
  driver.run();
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
  EXPECT_EQ(driver.finish(), (Finished{Verdict::Error, Reason::DeviceLost, "the T7 is gone"}));
}

TEST(Cleanup, BeginsItsRampWhereTheInterruptedOneWas) {
  auto driver = driver_of(R"(
  steps: [{ramp: {channel: throttle, to: 80 %, rate: 20 %/s}}]
  cleanup: [{ramp: {channel: throttle, to: 0 %, rate: 20 %/s}}]
)");
  driver.stop_at(2s, soft_stop());
  driver.run();
  double greatest = 0;
  for (const auto& [at, value] : driver.writes("throttle")) greatest = std::max(greatest, value);
  EXPECT_NEAR(greatest, 40, 1);
  EXPECT_EQ(driver.writes("throttle").back().second, 0);
  EXPECT_NEAR(std::chrono::duration<double>(driver.elapsed()).count(), 4, 0.1);
}

TEST(Cleanup, HasItsOwnTimeBudgetAndIsThenEndedByForce) {
  auto source = sequence_of("\n  steps: [{log: x}]\n  cleanup: [{hold: 1 h}]\n");
  source.set_cleanup_limit("7 s");
  SimulatedDriver driver(*Machine::create(source, {}, thrust_stand()), thrust_stand());
  driver.run();
  EXPECT_EQ(driver.elapsed(), 7s);
  EXPECT_EQ(driver.finish().verdict, Verdict::Error);
  EXPECT_EQ(driver.finish().reason, Reason::CleanupTimeLimit);
}

TEST(Machines, SayNothingMoreOnceFinished) {
  auto driver = driver_of("\n  steps: [{log: x}]\n");
  driver.run();
  const auto advance = driver.machine().advance(driver.now() + 1h, {});
  EXPECT_TRUE(advance.actions.empty());
  EXPECT_FALSE(advance.wake_at.has_value());
}

TEST(Machines, RefuseASequenceWithMistakesAndListThemAll) {
  const auto machine = Machine::create(sequence_of(R"(
  steps: [{set: {throtle: 0 %}}, {hold: 5 V}]
)"),
                                       {}, thrust_stand());
  ASSERT_FALSE(machine.has_value());
  EXPECT_EQ(machine.error().reason, Reason::SequenceInvalid);
  EXPECT_EQ(machine.error().violations.size(), 2U);
}

TEST(Machines, GiveTheSequencesLimitsInTheUnitOfTheChannel) {
  const auto machine = Machine::create(sequence_of(R"(
  steps: [{log: x}]
  limits: {motor-hot: {channel: motor_temperature, max: 366.15 K, action: abort}}
)"),
                                       {}, thrust_stand());
  ASSERT_EQ(machine->limits().size(), 1U);
  EXPECT_EQ(machine->limits()[0].max, 93);
  EXPECT_EQ(machine->limits()[0].action, model::LimitAction::Abort);
}

// ---- storing ----

TEST(SavedMachines, ContinueAfterAPauseWithoutCountingIt) {
  const auto source = sequence_of(kHold);
  SimulatedDriver driver(*Machine::create(source, {}, thrust_stand()), thrust_stand());
  driver.run_until(0s);
  static_cast<void>(driver.machine().advance(driver.now() + 4s, {}));
  const auto saved = driver.machine().save();
  // Another boot, another clock.
  const MonotonicTime later{5s};
  auto restored = Machine::restore(saved, source, {}, thrust_stand(), later);
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(restored->elapsed(), 4s);
  const auto advance = restored->advance(later + 1s, {});
  EXPECT_TRUE(advance.actions.empty());
  EXPECT_EQ(advance.wake_at, later + 6s);
}

TEST(SavedMachines, FitNoOtherSequenceAndNoOtherParameters) {
  const auto saved = Machine::create(sequence_of(kHold), {}, thrust_stand())->save();
  const auto other = Machine::restore(saved, sequence_of(kThreeLevels), {}, thrust_stand(), {});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().reason, Reason::InvalidArgument);
  EXPECT_FALSE(Machine::restore("rubbish", sequence_of(kHold), {}, thrust_stand(), {}).has_value());
}

}  // namespace
}  // namespace benchd::sequence
