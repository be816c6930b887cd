// The bench that the simulated instruments share: one plant, the hard-wired safety chain, the
// switches that people work, and the log of writes.
//
// Time comes from outside: advance_to() steps the plant at 1 kHz up to the given time, and tells
// each instrument about each step (for watchdogs and trips). Tests drive it by hand.
//
// Confined to: the simulator's one thread. Owned by Simulation; instruments refer to it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plants/thrust_stand/thrust_stand.hpp"
#include "plugins/simulators/write_log.hpp"

namespace benchd::simulators {

// What stands at the bench. Loops are normally closed: true = healthy.
struct BenchSwitches {
  bool estop_a_closed = true;
  bool estop_b_closed = true;
  bool guard_closed = true;
  bool door_closed = true;
  bool contactor_welded = false;  // stays closed whatever the coil does
  bool propeller_marks = true;    // false: the optical pick-up sees nothing
  double thrust_offset_n = 0.0;   // added to what the cell indicates
  double torque_offset_nm = 0.0;
  double ambient_c = 23.0;
};

class ThrustBench {
 public:
  static constexpr double kStepS = 1e-3;
  // After a longer stop of the process the plant does not make up for the lost time.
  static constexpr double kLongestCatchUpS = 60.0;

  explicit ThrustBench(std::uint64_t seed);
  ThrustBench(const ThrustBench&) = delete;
  ThrustBench& operator=(const ThrustBench&) = delete;

  // `t_s`: CLOCK_MONOTONIC, never going back; the first call only sets the origin.
  // `time_scale`: plant seconds per second.
  void advance_to(double t_s, double time_scale = 1.0);

  // Called after each plant step with its length, in plant seconds.
  void on_step(std::function<void(double)> callback) { callbacks_.push_back(std::move(callback)); }

  // Set by the instruments.
  plants::SupplyInputs& supply() { return inputs_.supply; }
  void set_pulse(std::optional<double> pulse_us) { inputs_.pulse_us = pulse_us; }
  void set_enable_relay(bool on) { enable_relay_ = on; }

  [[nodiscard]] const plants::ThrustStandInputs& inputs() const { return inputs_; }
  [[nodiscard]] const plants::ThrustStandOutputs& outputs() const { return outputs_; }
  [[nodiscard]] bool enable_relay() const { return enable_relay_; }
  [[nodiscard]] bool contactor_closed() const;
  [[nodiscard]] bool estop_healthy() const {
    return switches.estop_a_closed && switches.estop_b_closed;
  }
  [[nodiscard]] double plant_time_s() const { return plant_time_s_; }
  [[nodiscard]] double now_s() const { return now_s_; }

  BenchSwitches switches;
  WriteLog writes;

 private:
  void step();

  plants::ThrustStand stand_;
  plants::ThrustStandInputs inputs_;
  plants::ThrustStandOutputs outputs_;
  bool enable_relay_ = false;
  bool started_ = false;
  double now_s_ = 0.0;
  double plant_time_s_ = 0.0;
  double owed_s_ = 0.0;
  std::vector<std::function<void(double)>> callbacks_;
};

}  // namespace benchd::simulators
