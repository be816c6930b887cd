#include "plugins/simulators/thrust_bench.hpp"

#include <algorithm>

#include "plugins/simulators/wiring.hpp"

namespace benchd::simulators {

ThrustBench::ThrustBench(std::uint64_t seed)
    : stand_(seed, {.pulses_per_revolution = wiring::kPulsesPerRevolution}) {}

void ThrustBench::advance_to(double t_s, double time_scale) {
  if (!started_) now_s_ = t_s;
  started_ = true;
  owed_s_ += std::max(0.0, t_s - now_s_) * time_scale;
  now_s_ = std::max(now_s_, t_s);
  writes.set_time(now_s_);
  owed_s_ = std::min(owed_s_, kLongestCatchUpS);
  while (owed_s_ >= kStepS) {
    owed_s_ -= kStepS;
    step();
  }
}

bool ThrustBench::contactor_closed() const {
  return (enable_relay_ && estop_healthy()) || switches.contactor_welded;
}

void ThrustBench::step() {
  inputs_.contactor_closed = contactor_closed();
  inputs_.ambient_c = switches.ambient_c;
  outputs_ = stand_.step(kStepS, inputs_);
  outputs_.thrust_indicated_n += switches.thrust_offset_n;
  outputs_.torque_indicated_nm += switches.torque_offset_nm;
  if (!switches.propeller_marks) outputs_.rpm_pulse_hz = 0.0;
  plant_time_s_ += kStepS;
  for (const auto& callback : callbacks_) callback(kStepS);
}

}  // namespace benchd::simulators
