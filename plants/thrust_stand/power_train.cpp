#include "plants/thrust_stand/power_train.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace benchd::plants {
namespace {

constexpr double kRadPerSPerRpm = 2.0 * std::numbers::pi / 60.0;
constexpr double kStandstillRpm = 30.0;

double approach(double from, double to, double dt_s, double tau_s) {
  return to + (from - to) * std::exp(-dt_s / tau_s);
}

}  // namespace

PowerTrain::PowerTrain(const PowerTrainParameters& parameters)
    : p_(parameters), torque_per_a_(1.0 / (parameters.kv_rpm_per_v * kRadPerSPerRpm)) {}

const PowerTrainOutputs& PowerTrain::step(double dt_s, const PowerTrainInputs& inputs) {
  step_supply(dt_s, inputs);
  step_esc(dt_s, inputs);
  step_rotor(dt_s, inputs.supply);
  step_bus(dt_s);
  step_heat(dt_s, inputs.ambient_c);
  publish();
  if (!inputs.supply.output_on) out_.regulation = Regulation::Off;
  return out_;
}

void PowerTrain::step_supply(double dt_s, const PowerTrainInputs& inputs) {
  source_ohm_ = p_.source_resistance_ohm + inputs.supply.internal_resistance_ohm;
  const double target = inputs.supply.output_on ? inputs.supply.voltage_set_v : 0.0;
  const double tau = target > emf_v_ ? p_.supply_rise_s : p_.supply_fall_s;
  emf_v_ = approach(emf_v_, target, dt_s, tau);
  if (std::abs(emf_v_ - target) < 1e-4) emf_v_ = target;

  contactor_moving_s_ = inputs.contactor_closed == contactor_ ? 0.0 : contactor_moving_s_ + dt_s;
  if (contactor_moving_s_ >= p_.contactor_s) {
    contactor_ = inputs.contactor_closed;
    contactor_moving_s_ = 0.0;
  }
}

void PowerTrain::step_esc(double dt_s, const PowerTrainInputs& inputs) {
  const bool valid = inputs.pulse_us && *inputs.pulse_us >= p_.pulse_valid_low_us &&
                     *inputs.pulse_us <= p_.pulse_valid_high_us;
  silent_for_s_ = valid ? 0.0 : silent_for_s_ + dt_s;
  if (bus_v_ < p_.esc_min_bus_v) {
    out_.esc = EscState::Unpowered;
  } else if (out_.esc == EscState::Unpowered || silent_for_s_ > p_.signal_lost_s) {
    out_.esc = EscState::WaitingForMinimum;
    armed_for_s_ = 0.0;
  }
  const bool minimum = valid && *inputs.pulse_us <= p_.arm_pulse_us;
  if (out_.esc == EscState::WaitingForMinimum) {
    armed_for_s_ = minimum ? armed_for_s_ + dt_s : 0.0;
    if (armed_for_s_ >= p_.arm_time_s) out_.esc = EscState::Armed;
  }
  if (out_.esc != EscState::Armed || minimum) {
    duty_ = 0.0;
  } else if (valid) {
    const double span = p_.pulse_max_us - p_.pulse_min_us;
    duty_ = std::clamp((*inputs.pulse_us - p_.pulse_min_us) / span, 0.0, 1.0);
  }
}

bool PowerTrain::driven() const { return contactor_ && duty_ > 0.0; }

void PowerTrain::step_rotor(double dt_s, const SupplyInputs& supply) {
  const bool on = driven() && supply.output_on;
  const double target = on ? balanced_rpm(supply) : 0.0;
  if (target <= 0.0) {
    spinning_up_ = false;
  } else if (rpm_ <= 0.0) {
    spinning_up_ = true;
  }
  if (spinning_up_) {
    spin_up(dt_s, target, supply);
  } else {
    follow(dt_s, target, supply);
  }
  if (!on) now_ = {0.0, 0.0, contactor_ ? emf_v_ : bus_v_, Regulation::ConstantVoltage};
}

void PowerTrain::spin_up(double dt_s, double target_rpm, const SupplyInputs& supply) {
  const double goal = std::min(target_rpm, p_.spin_up_rpm);
  rpm_ = std::min(goal, rpm_ + p_.spin_up_rpm / p_.spin_up_s * dt_s);
  spinning_up_ = rpm_ < goal;
  const Electrical most = solve(rpm_, duty_, supply);
  now_ =
      most.motor_a > p_.spin_up_current_a ? from_motor_current(rpm_, p_.spin_up_current_a) : most;
}

// The current is what this acceleration takes, so a step shows its inrush; where the supply cannot
// give it, the rotor accelerates only as fast as the torque that is left allows.
void PowerTrain::follow(double dt_s, double target_rpm, const SupplyInputs& supply) {
  const double tau = target_rpm > rpm_ ? p_.lag_up_s : p_.lag_down_s;
  const double lagged = approach(rpm_, target_rpm, dt_s, tau);
  const Electrical most = solve(rpm_, duty_, supply);
  const double load_nm = propeller_load(rpm_).torque_nm;
  const double most_nm = torque_per_a_ * (most.motor_a - p_.no_load_current_a);
  const double rise_rpm =
      std::max(0.0, (most_nm - load_nm) / p_.inertia_kg_m2 * dt_s / kRadPerSPerRpm);
  const bool short_of_torque = lagged > rpm_ + rise_rpm;
  const double next = short_of_torque ? rpm_ + rise_rpm : lagged;

  const double acceleration = (next - rpm_) * kRadPerSPerRpm / dt_s;
  const double needed_a =
      p_.no_load_current_a + (load_nm + p_.inertia_kg_m2 * acceleration) / torque_per_a_;
  now_ = short_of_torque || needed_a >= most.motor_a
             ? most
             : from_motor_current(rpm_, std::max(0.0, needed_a));
  rpm_ = target_rpm <= 0.0 && next < kStandstillRpm ? 0.0 : next;
}

// Ibus = duty x I / efficiency, Vm = duty x Vbus, I = (Vm - rpm/Kv)/R, Vbus = emf - Rs Ibus, and
// the supply's limits on current and power. No regeneration: the ESC freewheels.
PowerTrain::Electrical PowerTrain::solve(double rpm,
                                         double duty,
                                         const SupplyInputs& supply) const {
  if (duty <= 0.0) return {0.0, 0.0, emf_v_, Regulation::ConstantVoltage};
  const double e = back_emf_v(rpm);
  const double rs = source_ohm_;
  const double r = p_.resistance_ohm * p_.esc_efficiency / (duty * duty);  // seen from the bus
  const double e_bus = e / duty;
  Electrical result;
  result.bus_a = (emf_v_ - e_bus) / (r + rs);
  if (result.bus_a <= 0.0) return {0.0, 0.0, emf_v_, Regulation::ConstantVoltage};
  if (result.bus_a > supply.current_limit_a) {
    result.bus_a = std::max(0.0, supply.current_limit_a);
    result.regulation = Regulation::ConstantCurrent;
  }
  const double r_terminal = r + p_.source_resistance_ohm;
  const double terminal_v = result.bus_a * r_terminal + e_bus;
  if (terminal_v * result.bus_a > supply.power_limit_w) {
    const double root = std::sqrt(e_bus * e_bus + 4.0 * r_terminal * supply.power_limit_w);
    result.bus_a = (root - e_bus) / (2.0 * r_terminal);
    result.regulation = Regulation::ConstantPower;
  }
  result.bus_v = result.bus_a * r + e_bus;
  result.motor_a = result.bus_a * p_.esc_efficiency / duty;
  return result;
}

PowerTrain::Electrical PowerTrain::from_motor_current(double rpm, double motor_a) const {
  const double power_w =
      (back_emf_v(rpm) + motor_a * p_.resistance_ohm) * motor_a / p_.esc_efficiency;
  const double rs = source_ohm_;
  const double square = std::max(0.0, emf_v_ * emf_v_ - 4.0 * rs * power_w);
  const double bus_a = 2.0 * power_w / (emf_v_ + std::sqrt(square));
  return {motor_a, bus_a, emf_v_ - rs * bus_a, Regulation::ConstantVoltage};
}

double PowerTrain::balanced_rpm(const SupplyInputs& supply) {
  const BalanceKey key{duty_, emf_v_, supply.current_limit_a, supply.power_limit_w, source_ohm_};
  if (balance_key_ == key) return balance_rpm_;
  const auto surplus_nm = [&](double rpm) {
    const double drive_nm =
        torque_per_a_ * (solve(rpm, duty_, supply).motor_a - p_.no_load_current_a);
    return drive_nm - propeller_load(rpm).torque_nm;
  };
  double low = 0.0;
  double high = duty_ * emf_v_ * p_.kv_rpm_per_v;
  if (surplus_nm(0.0) <= 0.0) high = 0.0;
  for (int i = 0; i < 48 && high > 0.0; ++i) {  // 48 halvings of 14000 rpm: below 1e-10 rpm
    const double middle = 0.5 * (low + high);
    (surplus_nm(middle) > 0.0 ? low : high) = middle;
  }
  balance_key_ = key;
  balance_rpm_ = 0.5 * (low + high);
  return balance_rpm_;
}

void PowerTrain::step_bus(double dt_s) {
  bus_v_ = contactor_ ? now_.bus_v : approach(bus_v_, 0.0, dt_s, p_.supply_fall_s);
}

void PowerTrain::step_heat(double dt_s, double ambient_c) {
  if (!heat_known_) motor_c_ = ambient_c;
  heat_known_ = true;
  const double iron_w = rpm_ > 0.0 && now_.motor_a > 0.0
                            ? back_emf_v(rpm_) * std::min(p_.no_load_current_a, now_.motor_a)
                            : 0.0;
  out_.loss_w = now_.motor_a * now_.motor_a * p_.resistance_ohm + iron_w;
  motor_c_ =
      approach(motor_c_, ambient_c + p_.thermal_k_per_w * out_.loss_w, dt_s, p_.thermal_tau_s);
}

void PowerTrain::publish() {
  out_.bus_v = bus_v_;
  out_.bus_a = now_.bus_a;
  out_.supply_v = contactor_ ? now_.bus_v + p_.source_resistance_ohm * now_.bus_a : emf_v_;
  out_.motor_a = now_.motor_a;
  out_.duty = duty_;
  out_.rpm = rpm_;
  out_.load = propeller_load(rpm_);
  out_.motor_c = motor_c_;
  out_.regulation = now_.regulation;
  out_.energised = bus_v_ > kEnergisedBusV;
}

}  // namespace benchd::plants
