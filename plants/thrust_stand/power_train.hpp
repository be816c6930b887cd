// Supply, cable, contactor, ESC and motor of the thrust stand, turning the propeller.
//
// Pure: the state changes by step() alone. Units are in the names; rpm is the shaft's.
//
// The rotor follows the speed at which the motor's torque equals the propeller's torque, with a
// first-order lag. So whenever it has settled, thrust, torque, currents and voltages agree with the
// torque balance exactly, and thrust(rpm), torque(rpm) lie on the propeller's table at all times.
//
//   Unpowered --bus voltage--> WaitingForMinimum --minimum pulse held--> Armed
//   Armed --pulse lost--> WaitingForMinimum      any --bus voltage gone--> Unpowered
#pragma once

#include <optional>

#include "plants/thrust_stand/propeller.hpp"

namespace benchd::plants {

struct PowerTrainParameters {
  // Standard DC motor model, values for a motor that suits a 10x4.7 (engineering choice).
  double kv_rpm_per_v = 920.0;
  double resistance_ohm = 0.09;
  double no_load_current_a = 0.6;
  // ESC: 1000..2000 us is duty 0..1; losses as a share of the input (engineering choice).
  double esc_efficiency = 0.95;
  double pulse_min_us = 1000.0;
  double pulse_max_us = 2000.0;
  double pulse_valid_low_us = 800.0;  // outside of these the ESC takes it for noise
  double pulse_valid_high_us = 2200.0;
  double arm_pulse_us = 1010.0;  // at or below is minimum throttle, duty 0
  double arm_time_s = 2.0;       // "1000 us for 2 s to arm", usual in hobby ESC manuals
  double signal_lost_s = 0.1;    // stops after this long without a pulse
  double esc_min_bus_v = 6.0;    // its supply starts here (2S pack, engineering choice)
  // RotorS hummingbird: 0.0125 s rising, 0.025 s falling.
  double lag_up_s = 0.0125;
  double lag_down_s = 0.025;
  // Synchronous start of a sensorless ESC (engineering choice).
  double spin_up_s = 0.3;
  double spin_up_rpm = 1500.0;
  double spin_up_current_a = 3.0;  // motor side
  // About 16 milliohm follows from a published thrust table of a real stand.
  double source_resistance_ohm = 0.016;
  double supply_rise_s = 0.005;  // first-order, engineering choice
  double supply_fall_s = 0.05;   // bleeding after output off, engineering choice
  double contactor_s = 0.02;     // pull-in and drop-out time, typical DC contactor
  // Rotor with propeller. Bounds the acceleration where the current limit acts.
  double inertia_kg_m2 = 1.5e-5;
  // Winding: first-order thermal, engineering choice.
  double thermal_tau_s = 60.0;
  double thermal_k_per_w = 0.7;
};

struct SupplyInputs {
  double voltage_set_v = 0.0;
  double current_limit_a = 0.0;
  double power_limit_w = 1500.0;
  bool output_on = false;
  double internal_resistance_ohm = 0.0;  // simulated by the supply (its UIR mode)
};

struct PowerTrainInputs {
  SupplyInputs supply;
  std::optional<double> pulse_us;  // none: no valid signal at the ESC's input
  bool contactor_closed = false;   // enable relay and E-stop chain together
  double ambient_c = 23.0;
};

enum class EscState { Unpowered, WaitingForMinimum, Armed };
enum class Regulation { Off, ConstantVoltage, ConstantCurrent, ConstantPower };

struct PowerTrainOutputs {
  double supply_v = 0.0;  // at the supply's terminals
  double bus_v = 0.0;     // at the ESC, behind cable and contactor
  double bus_a = 0.0;     // out of the supply
  double motor_a = 0.0;
  double duty = 0.0;
  double rpm = 0.0;
  PropellerLoad load;
  double motor_c = 23.0;  // winding
  double loss_w = 0.0;    // heat in the motor
  EscState esc = EscState::Unpowered;
  Regulation regulation = Regulation::Off;
  bool energised = false;  // the ESC has more than kEnergisedBusV
};

// What people may touch: below, neither the ESC nor the motor can do anything.
inline constexpr double kEnergisedBusV = 1.0;

class PowerTrain {
 public:
  explicit PowerTrain(const PowerTrainParameters& parameters = {});

  // dt_s: at most 0.01.
  const PowerTrainOutputs& step(double dt_s, const PowerTrainInputs& inputs);

  [[nodiscard]] const PowerTrainOutputs& outputs() const { return out_; }

 private:
  struct Electrical {
    double motor_a = 0.0;
    double bus_a = 0.0;
    double bus_v = 0.0;
    Regulation regulation = Regulation::ConstantVoltage;
  };
  struct BalanceKey {
    double duty, emf_v, current_limit_a, power_limit_w, resistance_ohm;
    friend bool operator==(const BalanceKey&, const BalanceKey&) = default;
  };

  void step_supply(double dt_s, const PowerTrainInputs& inputs);
  void step_esc(double dt_s, const PowerTrainInputs& inputs);
  void step_rotor(double dt_s, const SupplyInputs& supply);
  void spin_up(double dt_s, double target_rpm, const SupplyInputs& supply);
  void follow(double dt_s, double target_rpm, const SupplyInputs& supply);
  void step_heat(double dt_s, double ambient_c);
  void step_bus(double dt_s);
  void publish();
  [[nodiscard]] bool driven() const;
  [[nodiscard]] Electrical from_motor_current(double rpm, double motor_a) const;
  [[nodiscard]] Electrical solve(double rpm, double duty, const SupplyInputs& supply) const;
  [[nodiscard]] double balanced_rpm(const SupplyInputs& supply);
  [[nodiscard]] double back_emf_v(double rpm) const { return rpm / p_.kv_rpm_per_v; }

  PowerTrainParameters p_;
  double torque_per_a_;  // N m/A
  PowerTrainOutputs out_;
  double emf_v_ = 0.0;  // supply voltage, slewed
  double contactor_moving_s_ = 0.0;
  bool contactor_ = false;
  double armed_for_s_ = 0.0;   // minimum pulse held
  double silent_for_s_ = 0.0;  // without a pulse
  double duty_ = 0.0;
  double rpm_ = 0.0;
  bool spinning_up_ = false;
  Electrical now_;
  double bus_v_ = 0.0;
  double source_ohm_ = 0.0;  // cable and the supply's own
  double motor_c_ = 0.0;
  bool heat_known_ = false;
  std::optional<BalanceKey> balance_key_;
  double balance_rpm_ = 0.0;
};

}  // namespace benchd::plants
