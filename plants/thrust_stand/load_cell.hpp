// A strain-gauge cell of the thrust stand: what it indicates when a force (or torque) acts on it.
//
// Indication = the stand's resonant response + offset + zero drift with temperature + creep +
// cross-talk from the other axis + noise. The unit is that of the full scale (N or N m).
// Deterministic for a seed. A value type.
#pragma once

#include <cstdint>

#include "plants/random.hpp"

namespace benchd::plants {

// Sources: the load-cell class of common 5 kgf bending beams (noise, creep, drift); resonance and
// cross-talk are engineering choices. Shares are of full scale where not said otherwise.
struct LoadCellParameters {
  double full_scale = 49.03325;        // 5 kgf, or 2 N m
  double noise_rms_share = 0.0002;     // 0.02 % ...
  double noise_bandwidth_hz = 80.0;    // ... at 80 Hz
  double offset_spread_share = 0.005;  // zero balance: uniform within +-0.5 %, fixed by the seed
  double drift_share_per_k = 0.0002;   // 0.02 %/K
  double reference_c = 23.0;           // no drift here
  double creep_share = 0.0003;         // 0.03 % of the load ...
  double creep_tau_s = 400.0;          // ... within 20 min (95 % after three of these)
  double cross_talk = 0.01;            // 1 % of the other axis, both in shares of full scale
  double resonance_hz = 35.0;
  double damping = 0.03;
  double imbalance = 2e-7;        // force per (rad/s)^2 at once per revolution
  double imbalance_twice = 5e-8;  // and at twice
};

struct LoadCellInputs {
  double load = 0.0;         // true force or torque
  double other_share = 0.0;  // the other axis, as a share of its full scale
  double rpm = 0.0;
  double cell_c = 23.0;
};

class LoadCell {
 public:
  LoadCell(const LoadCellParameters& parameters, std::uint64_t seed);

  // dt_s: at most 0.002, or the resonance is not resolved. Returns the indication.
  double step(double dt_s, const LoadCellInputs& inputs);

  [[nodiscard]] double indication() const { return indication_; }
  [[nodiscard]] double offset() const { return offset_; }

 private:
  double step_resonance(double dt_s, const LoadCellInputs& inputs);

  LoadCellParameters p_;
  Random random_;
  double offset_;
  double position_ = 0.0;  // of the stand, in units of load
  double speed_ = 0.0;
  double angle_rad_ = 0.0;
  double creep_ = 0.0;
  double noise_ = 0.0;
  double indication_ = 0.0;
};

}  // namespace benchd::plants
