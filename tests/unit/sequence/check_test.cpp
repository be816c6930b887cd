// What the check promises: durations, setpoints, ratings. The wording is in wrong/.
#include "daemon/sequence/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sequence/simulated_driver.hpp"
#include "tests/unit/sequence/test_bench.hpp"

namespace benchd::sequence {
namespace {

using testing::HasSubstr;

CheckReport checked(std::string_view rest, CheckContext context = {}) {
  if (!context.environment) context.environment = thrust_stand();
  return check(sequence_of(rest), context);
}

std::string errors_of(const CheckReport& report) {
  std::string text;
  for (const auto& problem : report.problems) {
    if (problem.severity == Severity::Error) text += to_string(problem) + "\n";
  }
  return text;
}

Nanoseconds run_time(std::string_view rest) {
  SimulatedDriver driver(*Machine::create(sequence_of(rest), {}, thrust_stand()), thrust_stand());
  driver.run();
  return driver.elapsed();
}

constexpr std::string_view kSweep = R"(
  steps:
    - set: {supply_voltage: 14.8 V, supply_output: on}
    - hold: 2 s
    - zero: {channel: thrust}
    - sweep:
        channel: throttle
        levels: range(20 %, 80 %, 10 %)
        as: target
        rate: 20 %/s
        settle: 2 s
        steps: [{measure: {as: level, channels: [thrust, rpm], count: "100"}}]
    - ramp: {channel: throttle, to: 0 %, rate: 20 %/s}
  cleanup:
    - ramp: {channel: throttle, to: 0 %, rate: 20 %/s}
    - set: {supply_output: off, supply_voltage: 0 V}
)";

TEST(PredictedDuration, IsExactWhereNoConditionIsWaitedFor) {
  const auto report = checked(kSweep);
  EXPECT_TRUE(report.exact);
  // 2 + 1 + 4 (up) + 7 · (2 + 1) + 4 (down)
  EXPECT_EQ(report.expected, 32s);
  EXPECT_NEAR(std::chrono::duration<double>(run_time(kSweep)).count(), 32, 32 * 0.05);
}

TEST(PredictedDuration, IsGivenForEachStepOverAllItsIterations) {
  const auto report = checked(kSweep);
  const auto find = [&](std::string_view path) {
    return *std::ranges::find(report.steps, path, &StepEstimate::path);
  };
  EXPECT_EQ(find("steps[1]").expected, 2s);
  EXPECT_EQ(find("steps[3]").expected, 25s);
  EXPECT_EQ(find("steps[3].sweep.steps[0]").expected, 7s);
  EXPECT_EQ(find("steps[3].sweep.steps[0]").iterations, 7);
  EXPECT_EQ(find("cleanup[0]").expected, 0s) << "the steps have already gone down";
  EXPECT_EQ(report.step_count, 5 + 7 + 2);
}

TEST(PredictedDuration, TakesConditionsAsMetAndBoundsThemByTheirTimeout) {
  const auto report = checked(R"(
  steps: [{wait_until: {condition: rpm > 500 rpm, timeout: 30 s, held_for: 2 s}}]
)");
  EXPECT_FALSE(report.exact);
  EXPECT_EQ(report.expected, 2s);
  EXPECT_EQ(report.bound, 30s);
}

TEST(PredictedDuration, BoundsCleanupFromWhereverTheStepsMayBeInterrupted) {
  const auto report = checked(kSweep);
  const auto steps = checked(std::string(kSweep.substr(0, kSweep.find("  cleanup"))));
  EXPECT_EQ(report.bound - steps.bound, 4s) << "from 80 % down at 20 %/s";
}

TEST(PredictedDuration, IsNeverBoundedAboveTheTimeLimits) {
  auto source = sequence_of(R"(
  steps: [{wait_until: {condition: rpm > 500 rpm, timeout: 30 min}}]
)");
  source.set_time_limit("10 min");
  CheckContext context;
  context.environment = thrust_stand();
  EXPECT_EQ(check(source, context).bound, 10min);
}

TEST(CommandedSetpoints, AreReportedWithWhatIsAllowed) {
  CheckContext context;
  context.ratings = {{"max_voltage", 25.2, units::unit("V")}};
  const auto report = checked(kSweep, context);
  const auto& voltage =
      *std::ranges::find(report.setpoints, "supply_voltage", &SetpointRange::channel);
  EXPECT_EQ(voltage.min, 0);
  EXPECT_EQ(voltage.max, 14.8);
  EXPECT_EQ(voltage.allowed_max, 25.2);
  const auto& throttle = *std::ranges::find(report.setpoints, "throttle", &SetpointRange::channel);
  EXPECT_EQ(throttle.max, 80);
  EXPECT_EQ(throttle.allowed_max, 100);
}

TEST(Ratings, NarrowTheLimitsThatNameThemWhateverTheirUnit) {
  CheckContext context;
  context.ratings = {{"max_voltage", 12600, units::unit("mV")}};
  const auto report = checked(kSweep, context);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.status().error().reason, Reason::DutRatingExceeded);
  EXPECT_THAT(errors_of(report), HasSubstr("14.8 V, above max_voltage of the DUT, 12.6 V"));
}

TEST(Ratings, ThatAreNamedByNoLimitNarrowNothing) {
  CheckContext context;
  context.ratings = {{"max_thrust", 1, units::unit("N")}};
  EXPECT_TRUE(checked(kSweep, context).ok());
}

TEST(Parameters, OutsideTheirRangeOrUnknownArePARAMETER_INVALID) {
  CheckContext context;
  context.arguments = {{"pause", "90 s"}, {"paus", "1 s"}};
  const auto report = checked(R"(
  parameters: {pause: {unit: s, min: 0 s, max: 60 s, default: 1 s}}
  steps: [{hold: pause}]
)",
                              context);
  EXPECT_EQ(report.status().error().reason, Reason::ParameterInvalid);
  EXPECT_EQ(report.status().error().violations.size(), 2U);
}

TEST(Parameters, OfListsAreWrittenAsListRangeOrItemsBetweenCommas) {
  for (const auto* text : {"[20 %, 40 %]", "20 %, 40 %", "20%,40%", "range(20 %, 40 %, 20 %)"}) {
    CheckContext context;
    context.arguments = {{"levels", text}};
    const auto report = checked(R"(
  parameters: {levels: {unit: "%", list: true, default: [10 %]}}
  steps: [{sweep: {channel: throttle, levels: levels, as: target, rate: 20 %/s, steps: [{hold: 1 s}]}}]
)",
                                context);
    EXPECT_EQ(errors_of(report), "") << text;
    EXPECT_EQ(report.expected, 4s) << text;
  }
}

TEST(Parameters, OfWordsAreCompared) {
  CheckContext context;
  context.arguments = {{"mode", "fast"}};
  const auto report = checked(R"(
  parameters: {mode: {choices: [fast, slow], default: slow}}
  steps: [{check: {name: mode, value: mode == fast}}, {log: "mode {mode}"}]
)",
                              context);
  EXPECT_EQ(errors_of(report), "");
}

TEST(Scope, AllFindsWhatOnlyOtherValuesCauseAsAWarningWithTheValue) {
  CheckContext context;
  context.parameters = ParameterScope::All;
  const auto report = checked(R"(
  parameters: {top: {unit: "%", min: 0 %, max: 120 %, default: 80 %}}
  steps: [{ramp: {channel: throttle, to: top, rate: 20 %/s}}]
  cleanup: [{ramp: {channel: throttle, to: 0 %, rate: 20 %/s}}]
)",
                              context);
  EXPECT_TRUE(report.ok());
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].message,
            "throttle can be set to 120 %, above its greatest value, 100 %, with top above 100 %");
}

TEST(WithoutABench, TheTextIsCheckedAgainstItsOwnNeeds) {
  const auto good = check(sequence_of(kSweep), {});
  EXPECT_EQ(errors_of(good), "");
  const auto bad = check(sequence_of("\n  steps: [{set: {thrust: 1 N}}, {hold: x}]\n"), {});
  EXPECT_EQ(bad.problems.size(), 2U);
}

TEST(Levels, ThatWouldTakeVeryManyStepsAreLookedAtAsAWhole) {
  const auto report = checked(R"yaml(
  steps:
    - sweep: {channel: throttle, levels: "range(0 %, 100 %, 0.01 %)", as: a, rate: 20 %/s, steps: [
        {sweep: {channel: supply_voltage, levels: "range(0 V, 50 V, 0.01 V)", as: b, rate: 10 V/s, steps: [{hold: 1 ms}]}}]}
)yaml");
  EXPECT_FALSE(report.exact);
  EXPECT_EQ(report.bound, 10min);
}

}  // namespace
}  // namespace benchd::sequence
