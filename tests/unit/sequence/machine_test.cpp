// The rules of the step machine, one sentence each.
#include "daemon/sequence/machine.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sequence/simulated_driver.hpp"
#include "tests/unit/sequence/test_bench.hpp"

namespace benchd::sequence {
namespace {

using model::Verdict;
using testing::HasSubstr;

SimulatedDriver driver_of(std::string_view rest,
                          const Environment& bench = thrust_stand(),
                          const Arguments& arguments = {}) {
  auto machine = Machine::create(sequence_of(rest), arguments, bench);
  if (!machine) throw std::runtime_error(machine.error().to_string());
  return {std::move(*machine), bench};
}

StopRequest soft_stop() {
  return {StopKind::Soft, Verdict::Aborted, Reason::RunStopped, "by alice"};
}
StopRequest hard_stop() {
  return {StopKind::Hard, Verdict::Aborted, Reason::RunStopped, "by alice"};
}

constexpr std::string_view kHold = R"(
  steps: [{hold: 10 s}]
  cleanup: [{set: {supply_output: off}}]
)";

// ---- set and ramp ----

TEST(SetStep, WritesItsChannelsAtOnceAndInOrder) {
  auto driver = driver_of(R"(
  steps: [{set: {supply_voltage: 14.8 V, supply_output: on}}]
)");
  driver.run();
  const auto writes = driver.all<Write>();
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].values,
            (std::vector<ChannelValue>{{"supply_voltage", 14.8}, {"supply_output", 1}}));
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
}

TEST(SetStep, GivesValuesInTheUnitOfTheChannel) {
  auto driver = driver_of(R"(
  steps: [{set: {supply_voltage: 14800 mV}}, {set: {throttle: 0.5 * 110 %}}]
)");
  driver.run();
  EXPECT_EQ(driver.writes("supply_voltage")[0].second, 14.8);
  EXPECT_EQ(driver.writes("throttle")[0].second, 55);
}

TEST(RampStep, TakesDistanceOverRateAndEndsExactlyAtItsTarget) {
  auto driver = driver_of("\n  steps: [{ramp: {channel: throttle, to: 50 %, rate: 20 %/s}}]\n");
  driver.run();
  const auto writes = driver.writes("throttle");
  EXPECT_EQ(writes.size(), 50U);  // 20 times a second
  EXPECT_EQ(writes.back(), std::pair(Nanoseconds(2500ms), 50.0));
}

TEST(RampStep, NeverOvershootsNorTurnsBackNorExceedsItsRate) {
  auto driver = driver_of("\n  steps: [{ramp: {channel: throttle, to: 33 %, rate: 7 %/s}}]\n");
  driver.write_latency = 37ms;
  driver.run();
  double before = 0;
  Nanoseconds then{};
  for (const auto& [at, value] : driver.writes("throttle")) {
    EXPECT_GE(value, before);
    EXPECT_LE(value, 33);
    const double rate = (value - before) / std::chrono::duration<double>(at - then).count();
    EXPECT_LE(rate, 7 * (1 + 1e-9));
    before = value;
    then = at;
  }
  EXPECT_EQ(before, 33);
}

TEST(RampStep, IsStretchedByADeviceThatStallsInsteadOfJumping) {
  auto driver = driver_of("\n  steps: [{ramp: {channel: throttle, to: 50 %, rate: 20 %/s}}]\n");
  driver.before_advance = [](SimulatedDriver& d) {
    d.write_latency = d.elapsed() > 1s && d.elapsed() < 1100ms ? 2s : 1ms;
  };
  driver.run();
  double before = 0;
  for (const auto& [at, value] : driver.writes("throttle")) {
    EXPECT_LE(value - before, 20 * 0.2 + 1e-9);
    before = value;
  }
  EXPECT_EQ(before, 50);
}

TEST(RampStep, BeginsAtTheLastSetpoint) {
  auto driver = driver_of(R"(
  steps:
    - ramp: {channel: throttle, to: 20 %, rate: 20 %/s}
    - ramp: {channel: throttle, to: 10 %, rate: 20 %/s}
)");
  driver.run();
  const auto writes = driver.writes("throttle");
  EXPECT_EQ(writes.size(), 30U);
  EXPECT_EQ(writes[20].second, 19);
}

TEST(RampStep, BeginsWhereArmingLeftTheChannel) {
  auto bench = thrust_stand();
  bench.setpoints["throttle"] = 10;
  auto driver =
      driver_of("\n  steps: [{ramp: {channel: throttle, to: 12 %, rate: 20 %/s}}]\n", bench);
  driver.run();
  EXPECT_EQ(driver.writes("throttle").front().second, 11);
}

TEST(RampStep, ToTheValueThatIsThereIsWrittenOnce) {
  auto driver = driver_of("\n  steps: [{ramp: {channel: throttle, to: 0 %, rate: 20 %/s}}]\n");
  driver.run();
  EXPECT_EQ(driver.writes("throttle").size(), 1U);
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
}

TEST(RampStep, FasterThanTheChannelMayMoveIsAnError) {
  auto driver = driver_of(
      "\n  steps: [{ramp: {channel: throttle, to: 50 %, rate: 2 * bus_voltage / (1 V * 1 s)}}]\n");
  driver.plant = [](auto channel, auto) { return channel == "bus_voltage" ? 14.8 : 0; };
  driver.run();
  EXPECT_EQ(driver.finish().verdict, Verdict::Error);
  EXPECT_TRUE(driver.writes("throttle").empty());
}

TEST(Writes, OutsideTheRangeOfTheirChannelAreNeverEmitted) {
  auto driver = driver_of(R"(
  steps: [{set: {supply_voltage: 2 * bus_voltage}}]
  cleanup: [{set: {supply_output: off}}]
)");
  driver.plant = [](auto channel, auto) { return channel == "bus_voltage" ? 31 : 0; };
  driver.run();
  EXPECT_TRUE(driver.writes("supply_voltage").empty());
  EXPECT_EQ(driver.finish().verdict, Verdict::Error);
  EXPECT_EQ(driver.finish().reason, Reason::OutOfRange);
  EXPECT_EQ(driver.finish().message,
            "supply_voltage was not written: 62 V is above its greatest value 60 V");
  EXPECT_EQ(driver.writes("supply_output").size(), 1U) << "cleanup runs";
}

TEST(Writes, OfAValueThatIsNoNumberAreNeverEmitted) {
  auto driver = driver_of("\n  steps: [{set: {supply_voltage: bus_voltage}}]\n");
  driver.lose("bus_voltage");
  driver.run();
  EXPECT_TRUE(driver.all<Write>().empty());
  EXPECT_EQ(driver.finish().reason, Reason::OutOfRange);
}

TEST(Writes, ThatFailLeadToCleanupAndError) {
  auto driver = driver_of(R"(
  steps: [{set: {supply_voltage: 12 V}}, {set: {supply_voltage: 13 V}}]
  cleanup: [{set: {supply_output: off}}]
)");
  driver.refuse = [](const Write& write) -> std::optional<Error> {
    if (write.values[0].channel != "supply_voltage") return std::nullopt;
    return Error{Reason::DeviceTimeout, "the supply is silent", {}, {}};
  };
  driver.run();
  EXPECT_EQ(driver.writes("supply_voltage").size(), 1U);
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
  EXPECT_EQ(driver.finish(),
            (Finished{Verdict::Error, Reason::DeviceTimeout, "the supply is silent"}));
  EXPECT_EQ(driver.finished_step("steps[0]")->outcome, StepOutcome::Failed);
}

// ---- durability ----

TEST(Durability, AStepsFirstWriteWaitsUntilTheStepBeforeIsOnDisk) {
  auto driver =
      driver_of("\n  steps: [{set: {supply_voltage: 12 V}}, {set: {supply_voltage: 13 V}}]\n");
  driver.durable_latency = 300ms;
  driver.run();
  const auto writes = driver.writes("supply_voltage");
  EXPECT_EQ(writes[0].first, 0ms);
  EXPECT_EQ(writes[1].first, 301ms);
}

TEST(Durability, NothingIsWrittenWhileTheDiskIsStuckButCleanupRunsAfterASecond) {
  auto driver = driver_of(R"(
  steps: [{set: {supply_voltage: 12 V}}, {set: {supply_voltage: 13 V}}]
  cleanup: [{set: {supply_output: off}}, {set: {supply_voltage: 0 V}}]
)");
  driver.never_durable = true;
  driver.stop_at(5s, soft_stop());
  driver.run();
  const auto writes = driver.writes("supply_voltage");
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_EQ(writes[1].second, 0);
  EXPECT_EQ(driver.writes("supply_output")[0].first, 6s);
  EXPECT_LT(writes[1].first, 6100ms) << "the patience is for cleanup as a whole";
}

TEST(Durability, StepsThatWriteNothingDoNotWait) {
  auto driver = driver_of("\n  steps: [{log: one}, {hold: 1 s}, {log: two}]\n");
  driver.never_durable = true;
  driver.run();
  EXPECT_EQ(driver.elapsed(), 1s);
}

TEST(Durability, TokensGrowByOne) {
  auto driver = driver_of("\n  steps: [{log: a}, {log: b}]\n  cleanup: [{log: c}]\n");
  driver.run();
  StepToken expected = 1;
  for (const auto& step : driver.all<StepFinished>()) EXPECT_EQ(step.token, expected++);
  EXPECT_EQ(expected, 4U);
}

// ---- measure and zero ----

double ramp_of_thrust(std::string_view channel, Nanoseconds at) {
  if (channel != "thrust") return 0;
  return std::chrono::duration<double>(at).count();
}

TEST(MeasureStep, CollectsTheStatisticsThatAreAskedFor) {
  auto driver = driver_of(R"(
  steps:
    - measure: {as: level, channels: [thrust], count: "5",
                statistics: [mean, min, max, std, median, rms, last]}
)");
  driver.plant = [](auto, Nanoseconds at) {
    return std::array{4.0, 1.0, 9.0, 2.0, 4.0}[static_cast<std::size_t>(at / 10ms - 1) % 5];
  };
  driver.run();
  const auto rows = driver.finished_step("steps[0]")->rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].measure, "level");
  std::map<std::string, double> values;
  for (const auto& value : rows[0].values) {
    EXPECT_EQ(value.channel, "thrust");
    EXPECT_EQ(value.unit, "N");
    values[value.statistic] = value.value;
  }
  EXPECT_DOUBLE_EQ(values["mean"], 4);
  EXPECT_EQ(values["min"], 1);
  EXPECT_EQ(values["max"], 9);
  EXPECT_EQ(values["median"], 4);
  EXPECT_EQ(values["last"], 4);
  EXPECT_NEAR(values["std"], std::sqrt(38.0 / 4), 1e-12);
  EXPECT_NEAR(values["rms"], std::sqrt(118.0 / 5), 1e-12);
}

TEST(MeasureStep, CountsOnlySamplesTakenAfterItBegan) {
  auto machine = Machine::create(sequence_of(R"(
  steps: [{measure: {as: level, channels: [thrust], count: "2", statistics: [mean]}}]
)"),
                                 {}, thrust_stand());
  const MonotonicTime start{100s};
  static_cast<void>(machine->advance(start, {}));
  // Two samples of before, one at the very moment, two of after.
  const std::vector<double> values{100, 100, 100, 1, 3};
  const SampleBlock block{"thrust", start - 20ms, 10ms, {}, values, true};
  Inputs inputs;
  inputs.samples = {&block, 1};
  const auto advance = machine->advance(start + 30ms, inputs);
  const auto* finished = std::get_if<StepFinished>(&advance.actions.at(1));
  ASSERT_NE(finished, nullptr);
  EXPECT_EQ(finished->rows[0].values[0].value, 2);
}

TEST(MeasureStep, SkipsSamplesThatAreNotGood) {
  auto machine = Machine::create(sequence_of(R"(
  steps: [{measure: {as: level, channels: [thrust], count: "2", statistics: [mean]}}]
)"),
                                 {}, thrust_stand());
  const MonotonicTime start{100s};
  static_cast<void>(machine->advance(start, {}));
  const std::vector<double> bad{99, 99};
  const std::vector<double> good{1, std::nan(""), 3};
  const std::vector<Nanoseconds> offsets{0ms, 7ms, 11ms};
  const std::array blocks{SampleBlock{"thrust", start + 10ms, 10ms, {}, bad, false},
                          SampleBlock{"thrust", start + 30ms, {}, offsets, good, true}};
  Inputs inputs;
  inputs.samples = blocks;
  const auto advance = machine->advance(start + 50ms, inputs);
  EXPECT_EQ(std::get<StepFinished>(advance.actions.at(1)).rows[0].values[0].value, 2);
}

TEST(MeasureStep, ByDurationTakesAllSamplesOfThatTime) {
  auto driver = driver_of(R"(
  steps: [{measure: {as: level, channels: [thrust], duration: 2 s, statistics: [mean, max]}}]
)");
  driver.plant = ramp_of_thrust;
  driver.run();
  const auto row = driver.finished_step("steps[0]")->rows[0];
  EXPECT_NEAR(row.values[0].value, 1.005, 1e-9);
  EXPECT_EQ(row.values[1].value, 2);
  EXPECT_LT(driver.elapsed(), 2100ms);
}

TEST(MeasureStep, WithoutSamplesIsAnErrorOfTheBenchNotOfTheDut) {
  auto driver = driver_of(R"(
  steps: [{measure: {as: level, channels: [thrust, rpm], count: "100"}}]
  cleanup: [{set: {supply_output: off}}]
)");
  driver.lose("rpm");
  driver.run();
  EXPECT_EQ(driver.finish().verdict, Verdict::Error);
  EXPECT_EQ(driver.finish().reason, Reason::SamplesMissing);
  EXPECT_EQ(driver.finish().message, "rpm gave 0 of 100 good samples in 4 s");
  EXPECT_EQ(driver.writes("supply_output").size(), 1U);
}

TEST(MeasureStep, RequestsSamplingAndEndsItAlsoWhenInterrupted) {
  auto driver =
      driver_of("\n  steps: [{measure: {as: level, channels: [thrust, rpm], duration: 60 s}}]\n");
  driver.stop_at(1s, soft_stop());
  driver.run();
  const auto requests = driver.all<SampleRequest>();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0], (SampleRequest{true, {"thrust", "rpm"}}));
  EXPECT_EQ(requests[1], (SampleRequest{false, {"thrust", "rpm"}}));
}

TEST(ZeroStep, StoresTheMeanReadingOnTopOfTheEarlierZero) {
  auto bench = thrust_stand();
  bench.zeros["thrust"] = 0.5;
  auto driver = driver_of("\n  steps: [{zero: {channel: thrust, duration: 500 ms}}]\n", bench);
  driver.plant = [](auto, auto) { return -0.1; };
  driver.run();
  const auto zeros = driver.all<StoreZero>();
  ASSERT_EQ(zeros.size(), 1U);
  EXPECT_EQ(zeros[0].channel, "thrust");
  EXPECT_NEAR(zeros[0].offset, 0.4, 1e-12);
  EXPECT_EQ(driver.finished_step("steps[0]")->log,
            std::vector<std::string>{"zero of thrust: 0.4 N"});
}

TEST(ZeroStep, BeyondTheChannelsBoundIsAnErrorAndStoresNothing) {
  auto driver = driver_of("\n  steps: [{zero: {channel: thrust}}]\n");
  driver.plant = [](auto, auto) { return 1.2; };
  driver.run();
  EXPECT_TRUE(driver.all<StoreZero>().empty());
  EXPECT_EQ(driver.finish().verdict, Verdict::Error);
  EXPECT_EQ(driver.finish().reason, Reason::ZeroOutOfBound);
  EXPECT_EQ(driver.finish().message,
            "thrust reads 1.2 N without load, its zero may be at most 1 N");
}

// ---- sweep ----

constexpr std::string_view kSweep = R"(
  steps:
    - sweep:
        channel: throttle
        levels: range(20 %, 40 %, 10 %)
        as: target
        rate: 20 %/s
        settle: 1 s
        steps:
          - measure: {as: level, channels: [thrust], count: "50", statistics: [mean]}
          - log: "{target} gives {level.thrust.mean}"
    - check: {name: last level, value: level.thrust.mean, min: 39 N}
)";

TEST(SweepStep, VisitsEachLevelSettlesAndMeasuresOneRow) {
  auto driver = driver_of(kSweep);
  driver.plant = [&](auto channel, auto) {
    return channel == "thrust" ? driver.setpoint("throttle") : 0;
  };
  driver.run();
  std::vector<double> levels;
  std::vector<std::string> log;
  for (const auto& step : driver.all<StepFinished>()) {
    for (const auto& row : step.rows) {
      ASSERT_EQ(row.labels.size(), 1U);
      EXPECT_EQ(row.labels[0].name, "target");
      EXPECT_EQ(row.labels[0].unit, "%");
      EXPECT_EQ(row.labels[0].value, row.values[0].value);
      levels.push_back(row.labels[0].value);
    }
    log.insert(log.end(), step.log.begin(), step.log.end());
  }
  EXPECT_EQ(levels, (std::vector<double>{20, 30, 40}));
  EXPECT_EQ(log,
            (std::vector<std::string>{"20 % gives 20 N", "30 % gives 30 N", "40 % gives 40 N"}));
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
  // 2 s of ramps, 3 times 1 s to settle, 3 times 0.5 s of samples.
  EXPECT_NEAR(std::chrono::duration<double>(driver.elapsed()).count(), 6.5, 0.1);
}

TEST(SweepStep, AResultNamedAfterwardsIsThatOfTheLastLevel) {
  auto driver = driver_of(kSweep);
  driver.plant = [&](auto channel, auto) {
    return channel == "thrust" ? driver.setpoint("throttle") : 0;
  };
  driver.run();
  EXPECT_EQ(driver.finished_step("steps[1]")->checks[0].value, 40);
}

TEST(SweepStep, ALevelsFirstWriteWaitsForTheRowBefore) {
  auto driver = driver_of(kSweep);
  driver.durable_latency = 400ms;
  driver.run();
  const auto rows = driver.all<StepFinished>();
  const auto writes = driver.writes("throttle");
  ASSERT_GT(writes.size(), 20U);
  EXPECT_GE(writes[20].first, rows[1].end_elapsed + 400ms);
}

// ---- waiting ----

TEST(WaitUntilStep, EndsWhenTheConditionHasHeldLongEnough) {
  auto driver = driver_of(R"(
  steps: [{wait_until: {condition: rpm > 500 rpm, timeout: 10 s, held_for: 1 s}}]
)");
  // True for half a second, false again, then true for good.
  driver.plant = [](auto, Nanoseconds at) {
    return (at >= 1s && at < 1500ms) || at >= 3s ? 600 : 0;
  };
  driver.run();
  EXPECT_EQ(driver.elapsed(), 4s);
}

TEST(WaitUntilStep, IsAnErrorAfterItsTimeoutAndSaysWhatWasRead) {
  auto driver = driver_of("\n  steps: [{wait_until: {condition: rpm > 500 rpm, timeout: 3 s}}]\n");
  driver.plant = [](auto, auto) { return 312; };
  driver.run();
  EXPECT_EQ(driver.elapsed(), 3s);
  EXPECT_EQ(driver.finish(),
            (Finished{Verdict::Error, Reason::WaitTimeout,
                      "\"rpm > 500 rpm\" was not met within 3 s: rpm is 312 rpm"}));
}

TEST(WaitUntilStep, AMissingReadingMeetsNoConditionNotEvenADenial) {
  auto driver =
      driver_of("\n  steps: [{wait_until: {condition: not rpm > 500 rpm, timeout: 3 s}}]\n");
  driver.lose("rpm");
  driver.run();
  EXPECT_THAT(driver.finish().message, HasSubstr("rpm has no reading"));
}

TEST(WaitUntilStep, ComparesASwitchWithItsWords) {
  auto driver =
      driver_of("\n  steps: [{wait_until: {condition: guard == closed, timeout: 5 s}}]\n");
  driver.plant = [](auto, Nanoseconds at) { return at >= 2s ? 1 : 0; };
  driver.run();
  EXPECT_EQ(driver.elapsed(), 2s);
  EXPECT_EQ(driver.finish().verdict, Verdict::Pass);
}

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
  const auto other = Machine::restore(saved, sequence_of(kSweep), {}, thrust_stand(), {});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().reason, Reason::InvalidArgument);
  EXPECT_FALSE(Machine::restore("rubbish", sequence_of(kHold), {}, thrust_stand(), {}).has_value());
}

}  // namespace
}  // namespace benchd::sequence
