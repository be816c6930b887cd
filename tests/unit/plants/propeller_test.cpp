#include "plants/thrust_stand/propeller.hpp"

#include <gtest/gtest.h>
#include <numbers>

namespace benchd::plants {
namespace {

// Rows of the published reduction: rpm, thrust N, shaft W, torque N m at rho 1.225.
struct PublishedRow {
  double rpm, thrust_n, shaft_w, torque_nm;
};
constexpr PublishedRow kPublished[] = {
    {2377, 0.847, 3.47, 0.0139},  {3494, 1.931, 11.51, 0.0315}, {4590, 3.581, 28.06, 0.0584},
    {5715, 5.843, 57.41, 0.0959}, {6528, 7.840, 88.57, 0.1296},
};

TEST(Propeller, GivesThrustPowerAndTorqueOfThePublishedRun) {
  for (const PublishedRow& row : kPublished) {
    const PropellerLoad load = propeller_load(row.rpm);
    EXPECT_NEAR(load.thrust_n, row.thrust_n, 0.001 * row.thrust_n) << row.rpm;
    EXPECT_NEAR(load.power_w, row.shaft_w, 0.002 * row.shaft_w) << row.rpm;
    EXPECT_NEAR(load.torque_nm, row.torque_nm, 0.004 * row.torque_nm) << row.rpm;
    EXPECT_FALSE(load.extrapolated) << row.rpm;
  }
}

TEST(Propeller, AgreesWithAnIndependentReductionOfTheSameFileOnAverage) {
  double thrust_per_omega2 = 0.0;
  double torque_per_thrust = 0.0;
  for (const PropellerPoint& point : propeller_table()) {
    const double omega = point.rpm * 2.0 * std::numbers::pi / 60.0;
    const PropellerLoad load = propeller_load(point.rpm);
    thrust_per_omega2 += load.thrust_n / (omega * omega);
    torque_per_thrust += load.torque_nm / load.thrust_n;
  }
  const auto count = static_cast<double>(propeller_table().size());
  EXPECT_NEAR(thrust_per_omega2 / count, 1.530e-5, 0.02e-5);
  EXPECT_NEAR(torque_per_thrust / count, 0.0164, 0.0002);
}

TEST(Propeller, HoldsTheCoefficientsBeyondTheTableAndSaysSo) {
  const PropellerLoad at_end = propeller_load(6528);
  const PropellerLoad twice = propeller_load(2 * 6528);
  EXPECT_NEAR(twice.thrust_n, 4.0 * at_end.thrust_n, 1e-9);
  EXPECT_NEAR(twice.power_w, 8.0 * at_end.power_w, 1e-9);
  EXPECT_TRUE(twice.extrapolated);
  EXPECT_TRUE(propeller_load(1000).extrapolated);
}

TEST(Propeller, DoesNothingAtStandstill) {
  EXPECT_EQ(propeller_load(0.0).thrust_n, 0.0);
  EXPECT_FALSE(propeller_load(0.0).extrapolated);
}

TEST(Propeller, ThrustNeverFallsWithSpeed) {
  double last = 0.0;
  for (double rpm = 0.0; rpm < 9000.0; rpm += 10.0) {
    const double thrust = propeller_load(rpm).thrust_n;
    EXPECT_GE(thrust, last) << rpm;
    last = thrust;
  }
}

}  // namespace
}  // namespace benchd::plants
