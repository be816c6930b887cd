#include "plants/thrust_stand/power_train.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace benchd::plants {
namespace {

constexpr double kTrainStep = 1e-3;
constexpr double kRadPerRpm = 2.0 * std::numbers::pi / 60.0;

// A powered power train that tests drive by pulse and time.
class PowerTrainTest : public testing::Test {
 protected:
  PowerTrainTest() {
    inputs_.supply = {14.8, 60.0, 1500.0, true};
    inputs_.contactor_closed = true;
  }

  const PowerTrainOutputs& run(double seconds) {
    const auto steps = static_cast<int>(std::lround(seconds / kTrainStep));
    for (int i = 0; i < steps; ++i) train_.step(kTrainStep, inputs_);
    return train_.outputs();
  }
  const PowerTrainOutputs& run_at(double pulse_us, double seconds) {
    inputs_.pulse_us = pulse_us;
    return run(seconds);
  }
  void arm() {
    run_at(1000.0, 2.3);
    ASSERT_EQ(train_.outputs().esc, EscState::Armed);
  }

  PowerTrainParameters parameters_;
  PowerTrain train_;
  PowerTrainInputs inputs_;
};

TEST_F(PowerTrainTest, SettlesWhereMotorAndPropellerTorqueAreEqualOnTheTable) {
  arm();
  const double kt = 1.0 / (parameters_.kv_rpm_per_v * kRadPerRpm);
  for (const double pulse : {1150.0, 1250.0, 1350.0, 1450.0, 1550.0}) {
    const PowerTrainOutputs& out = run_at(pulse, 2.0);
    const PropellerLoad table = propeller_load(out.rpm);
    EXPECT_DOUBLE_EQ(out.load.thrust_n, table.thrust_n);
    EXPECT_DOUBLE_EQ(out.load.torque_nm, table.torque_nm);
    EXPECT_NEAR(kt * (out.motor_a - parameters_.no_load_current_a), table.torque_nm, 1e-9) << pulse;
    const double motor_v = out.duty * out.bus_v;
    const double current =
        (motor_v - out.rpm / parameters_.kv_rpm_per_v) / parameters_.resistance_ohm;
    EXPECT_NEAR(out.motor_a, current, 1e-6) << pulse;
  }
}

TEST_F(PowerTrainTest, TakesThePublishedMotorCurrentAt6528Rpm) {
  arm();
  double low = 1400.0;
  double high = 1700.0;
  for (int i = 0; i < 30; ++i) {
    const double middle = 0.5 * (low + high);
    (run_at(middle, 0.6).rpm < 6528.0 ? low : high) = middle;
  }
  EXPECT_NEAR(train_.outputs().rpm, 6528.0, 1.0);
  EXPECT_NEAR(train_.outputs().motor_a, 13.1, 0.1);
}

TEST_F(PowerTrainTest, GivesBackLessThanItTakes) {
  arm();
  for (double pulse = 1100.0; pulse <= 2000.0; pulse += 100.0) {
    const PowerTrainOutputs& out = run_at(pulse, 2.0);
    const double taken_w = out.supply_v * out.bus_a;
    EXPECT_LT(out.load.power_w + out.loss_w, taken_w) << pulse;
    EXPECT_GT(out.load.power_w, 0.3 * taken_w) << pulse;
  }
}

TEST_F(PowerTrainTest, DoesNotTurnBeforeTheMinimumPulseWasHeldForTwoSeconds) {
  run(0.1);
  EXPECT_EQ(run_at(1500.0, 5.0).rpm, 0.0);
  run_at(1000.0, 1.9);
  EXPECT_EQ(run_at(1500.0, 1.0).rpm, 0.0);
  arm();
  EXPECT_GT(run_at(1500.0, 1.0).rpm, 5000.0);
}

TEST_F(PowerTrainTest, LosingThePulseStopsTheMotorAndAsksForArmingAgain) {
  arm();
  ASSERT_GT(run_at(1500.0, 1.0).rpm, 5000.0);
  inputs_.pulse_us.reset();
  EXPECT_EQ(run(0.5).rpm, 0.0);
  EXPECT_EQ(run_at(1500.0, 1.0).rpm, 0.0);
  EXPECT_EQ(train_.outputs().esc, EscState::WaitingForMinimum);
}

TEST_F(PowerTrainTest, OpeningTheContactorTakesTheEnergyAway) {
  arm();
  ASSERT_GT(run_at(1500.0, 1.0).rpm, 5000.0);
  inputs_.contactor_closed = false;
  const PowerTrainOutputs& out = run(0.5);
  EXPECT_EQ(out.rpm, 0.0);
  EXPECT_EQ(out.bus_a, 0.0);
  EXPECT_FALSE(out.energised);
  EXPECT_NEAR(out.supply_v, 14.8, 0.01);
}

TEST_F(PowerTrainTest, RisesAndFallsWithItsTimeConstants) {
  arm();
  const double slow = run_at(1400.0, 2.0).rpm;
  PowerTrain copy = train_;
  PowerTrainInputs step_up = inputs_;
  step_up.pulse_us = 1420.0;
  for (int i = 0; i < 2000; ++i) copy.step(kTrainStep, step_up);
  const double fast = copy.outputs().rpm;

  // The bus voltage settles with the current at once, so one time constant covers 63 %.
  const double risen = run_at(1420.0, parameters_.lag_up_s).rpm;
  EXPECT_NEAR((risen - slow) / (fast - slow), 1.0 - std::exp(-1.0), 0.06);
  run(1.0);
  const double fallen = run_at(1400.0, parameters_.lag_down_s).rpm;
  EXPECT_NEAR((fast - fallen) / (fast - slow), 1.0 - std::exp(-1.0), 0.06);
}

TEST_F(PowerTrainTest, NeedsTheSpinUpTimeFromStandstill) {
  arm();
  EXPECT_LT(run_at(1500.0, 0.9 * parameters_.spin_up_s).rpm, parameters_.spin_up_rpm);
  EXPECT_GT(run(0.3).rpm, 5000.0);
}

TEST_F(PowerTrainTest, CurrentLimitFoldsTheSpeedAndTheVoltage) {
  arm();
  const double free_rpm = run_at(1700.0, 2.0).rpm;
  ASSERT_GT(train_.outputs().bus_a, 10.0);
  inputs_.supply.current_limit_a = 5.0;
  const PowerTrainOutputs& out = run(3.0);
  EXPECT_EQ(out.regulation, Regulation::ConstantCurrent);
  EXPECT_NEAR(out.bus_a, 5.0, 1e-6);
  EXPECT_LT(out.rpm, 0.85 * free_rpm);
  EXPECT_LT(out.supply_v, 14.0);
  EXPECT_DOUBLE_EQ(out.load.thrust_n, propeller_load(out.rpm).thrust_n);
}

TEST_F(PowerTrainTest, PowerLimitHoldsThePower) {
  arm();
  run_at(1800.0, 2.0);
  inputs_.supply.power_limit_w = 150.0;
  const PowerTrainOutputs& out = run(3.0);
  EXPECT_EQ(out.regulation, Regulation::ConstantPower);
  EXPECT_NEAR(out.supply_v * out.bus_a, 150.0, 1e-3);
}

TEST_F(PowerTrainTest, TooWeakASupplyBrownsTheEscOutSoThatItMustBeArmedAgain) {
  arm();
  inputs_.supply.power_limit_w = 60.0;
  const PowerTrainOutputs& out = run_at(1800.0, 3.0);
  EXPECT_EQ(out.rpm, 0.0);
  EXPECT_NE(out.esc, EscState::Armed);
}

TEST_F(PowerTrainTest, WindingApproachesItsSteadyTemperature) {
  arm();
  run_at(1600.0, 2.0);
  const double start_c = train_.outputs().motor_c;
  const double final_c = inputs_.ambient_c + parameters_.thermal_k_per_w * train_.outputs().loss_w;
  const double after_tau = run(parameters_.thermal_tau_s).motor_c;
  EXPECT_NEAR((after_tau - start_c) / (final_c - start_c), 1.0 - std::exp(-1.0), 0.01);
}

}  // namespace
}  // namespace benchd::plants
