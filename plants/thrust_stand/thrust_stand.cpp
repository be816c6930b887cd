#include "plants/thrust_stand/thrust_stand.hpp"

#include <cmath>

namespace benchd::plants {
namespace {

// Independent streams from one seed.
std::uint64_t stream(std::uint64_t seed, std::uint64_t number) {
  return Random(seed * 0x100000001B3ULL + number).next();
}

constexpr double kSlowestPulseHz = 0.5;  // below, the counter reports standstill

}  // namespace

ThrustStand::ThrustStand(std::uint64_t seed, const ThrustStandParameters& parameters)
    : p_(parameters),
      power_train_(parameters.power_train),
      thrust_cell_(parameters.thrust_cell, stream(seed, 1)),
      torque_cell_(parameters.torque_cell, stream(seed, 2)),
      rpm_random_(stream(seed, 3)) {}

const ThrustStandOutputs& ThrustStand::step(double dt_s, const ThrustStandInputs& inputs) {
  out_.power = power_train_.step(dt_s, inputs);
  step_sensors(dt_s, inputs.ambient_c);
  return out_;
}

void ThrustStand::step_sensors(double dt_s, double ambient_c) {
  const double cell_to = ambient_c + p_.cell_heat_share * (out_.power.motor_c - ambient_c);
  if (!heat_known_) out_.cell_c = ambient_c;
  heat_known_ = true;
  out_.cell_c = cell_to + (out_.cell_c - cell_to) * std::exp(-dt_s / p_.cell_heat_tau_s);

  const PropellerLoad& load = out_.power.load;
  const double thrust_share = load.thrust_n / p_.thrust_cell.full_scale;
  const double torque_share = load.torque_nm / p_.torque_cell.full_scale;
  const double rpm = out_.power.rpm;
  out_.thrust_indicated_n =
      thrust_cell_.step(dt_s, {load.thrust_n, torque_share, rpm, out_.cell_c});
  out_.torque_indicated_nm =
      torque_cell_.step(dt_s, {load.torque_nm, thrust_share, rpm, out_.cell_c});
  out_.rpm_pulse_hz = measured_pulse_hz();
}

// One period, between two edges that jitter.
double ThrustStand::measured_pulse_hz() {
  const double jitter_s = p_.rpm_jitter_s * (rpm_random_.normal() - rpm_random_.normal());
  const double true_hz = out_.power.rpm / 60.0 * p_.pulses_per_revolution;
  if (true_hz < kSlowestPulseHz) return 0.0;
  return 1.0 / (1.0 / true_hz + jitter_s);
}

}  // namespace benchd::plants
