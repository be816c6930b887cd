// The drone thrust stand as a plant: power train, propeller and the sensors' physical side.
//
// Pure: no I/O, no clock, no threads; deterministic for a seed. A value type, so a rehearsal may
// copy it. Feed it at a fixed step of 1 ms.
#pragma once

#include <cstdint>

#include "plants/random.hpp"
#include "plants/thrust_stand/load_cell.hpp"
#include "plants/thrust_stand/power_train.hpp"

namespace benchd::plants {

struct ThrustStandParameters {
  PowerTrainParameters power_train;
  LoadCellParameters thrust_cell;
  LoadCellParameters torque_cell{.full_scale = 2.0, .imbalance = 4e-9, .imbalance_twice = 1e-9};
  double pulses_per_revolution = 1.0;  // reflective marks
  double rpm_jitter_s = 1e-6;          // of each edge
  // The cells sit near the motor: they follow a small share of its heat, slowly (engineering
  // choice).
  double cell_heat_share = 0.05;
  double cell_heat_tau_s = 300.0;
};

using ThrustStandInputs = PowerTrainInputs;

struct ThrustStandOutputs {
  PowerTrainOutputs power;           // the truth
  double thrust_indicated_n = 0.0;   // by the thrust cell, with its offset and noise
  double torque_indicated_nm = 0.0;  // by the torque cell
  double rpm_pulse_hz = 0.0;         // of the optical pick-up, 0 at standstill
  double cell_c = 23.0;
};

class ThrustStand {
 public:
  explicit ThrustStand(std::uint64_t seed, const ThrustStandParameters& parameters = {});

  const ThrustStandOutputs& step(double dt_s, const ThrustStandInputs& inputs);

  [[nodiscard]] const ThrustStandOutputs& outputs() const { return out_; }

 private:
  void step_sensors(double dt_s, double ambient_c);
  [[nodiscard]] double measured_pulse_hz();

  ThrustStandParameters p_;
  PowerTrain power_train_;
  LoadCell thrust_cell_;
  LoadCell torque_cell_;
  Random rpm_random_;
  bool heat_known_ = false;
  ThrustStandOutputs out_;
};

}  // namespace benchd::plants
