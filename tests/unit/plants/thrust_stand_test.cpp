#include "plants/thrust_stand/thrust_stand.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace benchd::plants {
namespace {

constexpr double kStep = 1e-3;

ThrustStandInputs powered() {
  ThrustStandInputs inputs;
  inputs.supply = {14.8, 60.0, 1500.0, true};
  inputs.contactor_closed = true;
  inputs.pulse_us = 1000.0;
  return inputs;
}

std::vector<double> thrust_of_a_sweep(std::uint64_t seed) {
  ThrustStand stand(seed);
  ThrustStandInputs inputs = powered();
  std::vector<double> thrust;
  for (int i = 0; i < 6000; ++i) {
    if (i > 2300) inputs.pulse_us = 1200.0 + 0.1 * (i - 2300);
    thrust.push_back(stand.step(kStep, inputs).thrust_indicated_n);
  }
  return thrust;
}

TEST(ThrustStand, RepeatsItselfForASeed) {
  EXPECT_EQ(thrust_of_a_sweep(42), thrust_of_a_sweep(42));
}

TEST(ThrustStand, DiffersBetweenSeeds) { EXPECT_NE(thrust_of_a_sweep(42), thrust_of_a_sweep(43)); }

TEST(ThrustStand, ACopyContinuesLikeTheOriginal) {
  ThrustStand stand(9);
  const ThrustStandInputs inputs = powered();
  for (int i = 0; i < 1000; ++i) stand.step(kStep, inputs);
  ThrustStand copy = stand;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(stand.step(kStep, inputs).thrust_indicated_n,
              copy.step(kStep, inputs).thrust_indicated_n);
  }
}

TEST(ThrustStand, IndicatesTheTrueThrustWithinOffsetCrossTalkAndNoise) {
  ThrustStand stand(1);
  ThrustStandInputs inputs = powered();
  double zero_n = 0.0;
  for (int i = 0; i < 2300; ++i) zero_n += stand.step(kStep, inputs).thrust_indicated_n / 2300.0;
  inputs.pulse_us = 1500.0;
  for (int i = 0; i < 2000; ++i) stand.step(kStep, inputs);
  double mean_n = 0.0;
  for (int i = 0; i < 2000; ++i) mean_n += stand.step(kStep, inputs).thrust_indicated_n / 2000.0;
  const PropellerLoad& load = stand.outputs().power.load;
  ASSERT_GT(load.thrust_n, 5.0);
  const double cross_talk_n = 0.01 * load.torque_nm / 2.0 * 49.03325;
  EXPECT_NEAR(mean_n - zero_n, load.thrust_n + cross_talk_n, 0.01);
}

TEST(ThrustStand, PickUpGivesOnePulseARevolution) {
  ThrustStand stand(1);
  ThrustStandInputs inputs = powered();
  EXPECT_EQ(stand.step(kStep, inputs).rpm_pulse_hz, 0.0);
  for (int i = 0; i < 2300; ++i) stand.step(kStep, inputs);
  inputs.pulse_us = 1500.0;
  for (int i = 0; i < 2000; ++i) stand.step(kStep, inputs);
  const ThrustStandOutputs& out = stand.outputs();
  ASSERT_GT(out.power.rpm, 5000.0);
  EXPECT_NEAR(out.rpm_pulse_hz * 60.0, out.power.rpm, 0.001 * out.power.rpm);
}

}  // namespace
}  // namespace benchd::plants
