// The sequences that come with benchd, run in simulated time.
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sequence/simulated_driver.hpp"
#include "tests/unit/sequence/test_bench.hpp"

namespace benchd::sequence {
namespace {

config::v1::Sequence static_thrust_sweep() {
  return loaded(text_of("bench-configs/sequences/static-thrust-sweep.yaml")).value;
}

// Physics is tested with the plant; here thrust follows throttle at once, with an offset of its
// zero that StoreZero takes off.
class Stand {
 public:
  explicit Stand(const Arguments& arguments = {})
      : driver(*Machine::create(static_thrust_sweep(), arguments, thrust_stand()), thrust_stand()) {
    driver.plant = [this](std::string_view channel, Nanoseconds) { return value(channel); };
  }

  double offset = 0.2;
  double thrust_share = 0.1;  // N per % of throttle
  SimulatedDriver driver;

 private:
  [[nodiscard]] double value(std::string_view channel) const {
    const double throttle = driver.setpoint("throttle");
    double zero = 0;
    for (const auto& stored : driver.all<StoreZero>()) {
      if (stored.channel == channel) zero = stored.offset;
    }
    if (channel == "thrust") return throttle * thrust_share + offset - zero;
    if (channel == "torque") return throttle * 0.002 - zero;
    if (channel == "rpm") return throttle * 80;
    if (channel == "bus_voltage")
      return driver.setpoint("supply_output") * driver.setpoint("supply_voltage");
    if (channel == "bus_current") return throttle * 0.2;
    return 25;
  }
};

TEST(StaticThrustSweep, IsFreeOfMistakesOnAThrustStand) {
  CheckContext context;
  context.environment = thrust_stand();
  context.ratings = {{"max_voltage", 25.2, units::unit("V")}};
  const auto report = check(static_thrust_sweep(), context);
  for (const auto& problem : report.problems) ADD_FAILURE() << to_string(problem);
}

TEST(StaticThrustSweep, PassesAndLeavesTheBenchAtRest) {
  Stand stand;
  stand.driver.run();
  EXPECT_EQ(stand.driver.finish(), (Finished{model::Verdict::Pass, std::nullopt, ""}));
  for (const auto* channel : {"throttle", "supply_output", "supply_voltage"}) {
    EXPECT_EQ(stand.driver.setpoint(channel), 0) << channel;
  }
}

TEST(StaticThrustSweep, GivesOneRowForEachLevelAndOneAtRest) {
  Stand stand;
  stand.driver.run();
  std::vector<double> levels;
  int at_rest = 0;
  for (const auto& step : stand.driver.all<StepFinished>()) {
    for (const auto& row : step.rows) {
      if (row.measure == "level") levels.push_back(row.labels.at(0).value);
      at_rest += row.measure == "rest" ? 1 : 0;
    }
  }
  EXPECT_EQ(levels, (std::vector<double>{20, 30, 40, 50, 60, 70, 80}));
  EXPECT_EQ(at_rest, 1);
}

TEST(StaticThrustSweep, TakesAsLongAsPredicted) {
  CheckContext context;
  context.environment = thrust_stand();
  const auto report = check(static_thrust_sweep(), context);
  Stand stand;
  stand.driver.run();
  const auto predicted = std::chrono::duration<double>(report.expected).count();
  const auto taken = std::chrono::duration<double>(stand.driver.elapsed()).count();
  EXPECT_NEAR(taken, predicted, predicted * 0.05);
  EXPECT_LE(stand.driver.elapsed(), report.bound);
}

TEST(StaticThrustSweep, FailsWhenThrustIsTooLowAndSaysBy) {
  Stand stand(Arguments{{"min_thrust", "18.5 N"}});
  stand.driver.run();
  EXPECT_EQ(stand.driver.finish().verdict, model::Verdict::Fail);
  EXPECT_EQ(stand.driver.finish().message, "thrust at the last level is 8 N, needs ≥ 18.5 N");
}

TEST(StaticThrustSweep, IsAnErrorWhenTheLoadCellIsFarFromZero) {
  Stand stand;
  stand.offset = 3;
  stand.driver.run();
  EXPECT_EQ(stand.driver.finish().verdict, model::Verdict::Error);
  EXPECT_EQ(stand.driver.finish().reason, Reason::ZeroOutOfBound);
  EXPECT_EQ(stand.driver.setpoint("supply_output"), 0);
  for (const auto& [at, value] : stand.driver.writes("throttle")) EXPECT_EQ(value, 0);
}

TEST(StaticThrustSweep, IsRefusedForADutThatCannotStandTheVoltage) {
  CheckContext context;
  context.environment = thrust_stand();
  context.ratings = {{"max_voltage", 12.6, units::unit("V")}};
  const auto report = check(static_thrust_sweep(), context);
  EXPECT_EQ(report.status().error().reason, Reason::DutRatingExceeded);
}

TEST(StaticThrustSweep, StoredAndRestoredAtEveryAdvanceContinuesIdentically) {
  Stand uninterrupted;
  uninterrupted.driver.run();
  Stand stored;
  const auto source = static_thrust_sweep();
  stored.driver.before_advance = [&](SimulatedDriver& driver) {
    if (driver.machine().elapsed() == 0ns) return;
    driver.replace(
        *Machine::restore(driver.machine().save(), source, {}, thrust_stand(),
                          driver.now() - (driver.elapsed() - driver.machine().elapsed())));
  };
  stored.driver.run();
  EXPECT_EQ(uninterrupted.driver.text(), stored.driver.text());
}

}  // namespace
}  // namespace benchd::sequence
