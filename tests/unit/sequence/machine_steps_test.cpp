// The rules of the step machine, step by step, one sentence each.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sequence/machine_cases.hpp"

namespace benchd::sequence {
namespace {

using model::Verdict;
using testing::HasSubstr;

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

TEST(SweepStep, VisitsEachLevelSettlesAndMeasuresOneRow) {
  auto driver = driver_of(kThreeLevels);
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
  auto driver = driver_of(kThreeLevels);
  driver.plant = [&](auto channel, auto) {
    return channel == "thrust" ? driver.setpoint("throttle") : 0;
  };
  driver.run();
  EXPECT_EQ(driver.finished_step("steps[1]")->checks[0].value, 40);
}

TEST(SweepStep, ALevelsFirstWriteWaitsForTheRowBefore) {
  auto driver = driver_of(kThreeLevels);
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

TEST(CheckStep, ValueAndBoundsAreShownInTheUnitOfTheLimit) {
  auto driver = driver_of(R"(
  steps:
    - measure: {as: level, channels: [thrust], count: "5", statistics: [mean]}
    - check: {name: thrust per time, value: level.thrust.mean / 2 s, min: 0.01 kW/m, max: 25 W/m}
)");
  driver.plant = [](auto, auto) { return 40; };
  driver.run();
  const auto line = driver.finished_step("steps[1]")->checks[0];
  EXPECT_EQ(line.unit, "kW/m");
  EXPECT_EQ(line.value, 0.02);
  EXPECT_EQ(line.min, 0.01);
  EXPECT_EQ(line.max, 0.025);
}

}  // namespace
}  // namespace benchd::sequence
