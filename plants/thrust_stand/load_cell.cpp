#include "plants/thrust_stand/load_cell.hpp"

#include <cmath>
#include <numbers>

namespace benchd::plants {
namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

}  // namespace

LoadCell::LoadCell(const LoadCellParameters& parameters, std::uint64_t seed)
    : p_(parameters),
      random_(seed),
      offset_((2.0 * random_.uniform() - 1.0) * p_.offset_spread_share * p_.full_scale),
      indication_(offset_) {}

double LoadCell::step(double dt_s, const LoadCellInputs& inputs) {
  const double response = step_resonance(dt_s, inputs);
  const double creep_to = p_.creep_share * inputs.load;
  creep_ = creep_to + (creep_ - creep_to) * std::exp(-dt_s / p_.creep_tau_s);
  // First-order band limit that keeps the rms value.
  const double keep = std::exp(-kTwoPi * p_.noise_bandwidth_hz * dt_s);
  noise_ = keep * noise_ + std::sqrt(1.0 - keep * keep) * random_.normal();
  const double drift = p_.drift_share_per_k * (inputs.cell_c - p_.reference_c) * p_.full_scale;
  indication_ = response + creep_ + offset_ + drift +
                p_.cross_talk * inputs.other_share * p_.full_scale +
                noise_ * p_.noise_rms_share * p_.full_scale;
  return indication_;
}

// x'' + 2 z w x' + w^2 x = w^2 (load + imbalance), semi-implicit Euler: stable below dt = 2/w.
double LoadCell::step_resonance(double dt_s, const LoadCellInputs& inputs) {
  const double omega = inputs.rpm * kTwoPi / 60.0;
  angle_rad_ = std::fmod(angle_rad_ + omega * dt_s, kTwoPi);
  const double shaking =
      omega * omega *
      (p_.imbalance * std::sin(angle_rad_) + p_.imbalance_twice * std::sin(2.0 * angle_rad_));
  const double w = kTwoPi * p_.resonance_hz;
  const double force = inputs.load + shaking;
  speed_ += dt_s * (w * w * (force - position_) - 2.0 * p_.damping * w * speed_);
  position_ += dt_s * speed_;
  return position_;
}

}  // namespace benchd::plants
