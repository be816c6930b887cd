// The propeller of the thrust stand: APC Slow Flyer 10x4.7, static (no airspeed).
//
// Source: UIUC Propeller Database, volume 1 (Brandt, Deters, Ananda, Dantsker, Selig), run
// apcsf_10x4.7_static_kt0835. Definitions, with n in rev/s and D in m:
//   thrust = CT rho n^2 D^4,   power = CP rho n^3 D^5,   torque = power / (2 pi n).
// CT and CP are interpolated linearly between the measured speeds and held beyond them.
#pragma once

#include <span>

namespace benchd::plants {

struct PropellerPoint {
  double rpm;
  double ct;
  double cp;
};

// The measured points, by rising rpm.
[[nodiscard]] std::span<const PropellerPoint> propeller_table();

inline constexpr double kPropellerDiameterM = 0.254;  // 10 in
// ISA sea level; the source files give no air conditions, so this is an assumption.
inline constexpr double kAirDensityKgM3 = 1.225;

struct PropellerLoad {
  double thrust_n = 0.0;
  double torque_nm = 0.0;
  double power_w = 0.0;       // at the shaft
  bool extrapolated = false;  // turning, but outside the measured speeds
};

// rpm below zero counts as standing still.
[[nodiscard]] PropellerLoad propeller_load(double rpm);

}  // namespace benchd::plants
