// EA Elektro-Automatik PSB 10060-60, the instrument behind its interfaces: settings, limits,
// remote lock, protections and alarms, measured values. 60 V, 60 A, 1500 W.
//
// Source: EA programming guides for PSB 9000/10000 (SCPI and ModBus). Choices of this simulator,
// where the guides at hand say nothing: the noise of measured values, and that power-on settings
// are 0 V, 0 A, full power.
//
// Confined to: the simulator's thread. The interfaces (psb_scpi, psb_modbus) refer to it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "plants/random.hpp"
#include "plugins/simulators/endpoint.hpp"
#include "plugins/simulators/thrust_bench.hpp"

namespace benchd::simulators {

struct PsbRatings {
  double voltage_v = 60.0;
  double current_a = 60.0;
  double power_w = 1500.0;
  double resistance_min_ohm = 0.04;
  double resistance_max_ohm = 48.0;
  double set_share = 1.02;         // set values go up to 102 % of nominal
  double protection_share = 1.10;  // thresholds up to 110 %
};

enum class PsbAlarm { Overvoltage, Overcurrent, Overpower, Overtemperature, PowerFail };
inline constexpr std::size_t kPsbAlarmCount = 5;
enum class PsbMode { Uip, Uir };

struct PsbSettings {
  double voltage_v = 0.0;
  double current_a = 0.0;
  double power_w = 1500.0;
  double resistance_ohm = 0.04;
  double sink_current_a = 0.0;
  double sink_power_w = 0.0;
  double sink_resistance_ohm = 48.0;
  double ovp_v = 66.0;
  double ocp_a = 66.0;
  double opp_w = 1650.0;
  double voltage_max_v = 61.2;
  double voltage_min_v = 0.0;
  double current_max_a = 61.2;
  double current_min_a = 0.0;
  double power_max_w = 1530.0;
  PsbMode mode = PsbMode::Uip;
  bool output_on = false;
};

struct PsbMeasured {
  double voltage_v = 0.0;
  double current_a = 0.0;
  double power_w = 0.0;
};

// An SCPI error code, 0 for success: both interfaces speak of refusals in these.
using PsbOutcome = int;

class PsbSupply {
 public:
  PsbSupply(ThrustBench& bench, std::uint64_t seed);
  PsbSupply(const PsbSupply&) = delete;
  PsbSupply& operator=(const PsbSupply&) = delete;

  // --- Remote lock: reading is free, setting needs it, one connection holds it.
  PsbOutcome take_lock(ConnectionId connection);
  PsbOutcome give_lock(ConnectionId connection);
  [[nodiscard]] PsbOutcome check_lock(ConnectionId connection) const;
  void release_if_held(ConnectionId connection);
  [[nodiscard]] std::string lock_owner() const;  // REMOTE, LOCAL, NONE

  // --- Settings. `field` of PsbSettings gets `value` if it lies within [low, high].
  PsbOutcome set(double PsbSettings::*field,
                 double value,
                 double low,
                 double high,
                 const std::string& meaning);
  PsbOutcome set_output(bool on);
  PsbOutcome set_mode(PsbMode mode);
  void reset();  // *RST
  void log_refusal(const std::string& meaning, double value);
  void count_request() { bench_.writes.count_request("psb"); }

  // --- Alarms: they latch, switch the output off, and are acknowledged once the cause is gone.
  void raise(PsbAlarm alarm, double cause_s);
  void acknowledge();
  [[nodiscard]] bool latched(PsbAlarm alarm) const { return alarms_[index(alarm)].latched; }
  [[nodiscard]] bool any_alarm() const;
  [[nodiscard]] unsigned alarm_count(PsbAlarm alarm) const { return alarms_[index(alarm)].count; }
  // Set by a new alarm, for the SCPI error queue.
  std::optional<PsbAlarm> take_new_alarm();

  [[nodiscard]] PsbMeasured measured();
  [[nodiscard]] unsigned questionable() const;  // STATus:QUEStionable:CONDition
  [[nodiscard]] unsigned operation() const;     // STATus:OPERation:CONDition
  [[nodiscard]] const PsbSettings& settings() const { return settings_; }
  [[nodiscard]] const PsbRatings& ratings() const { return ratings_; }

  void on_fault(const Fault& fault, bool begins);

  static constexpr const char* kMaker = "EA Elektro-Automatik";
  static constexpr const char* kModel = "PSB 10060-60";
  static constexpr const char* kSerial = "2830060001";
  static constexpr const char* kFirmware = "V3.02 12.10.2023";

 private:
  struct AlarmState {
    bool latched = false;
    double cause_left_s = 0.0;
    unsigned count = 0;
  };
  static std::size_t index(PsbAlarm alarm) { return static_cast<std::size_t>(alarm); }
  void step(double dt_s);
  void watch_protections();
  void apply();
  void log(const std::string& meaning, double value, bool energising);

  ThrustBench& bench_;
  plants::Random random_;
  PsbRatings ratings_;
  PsbSettings settings_;
  std::array<AlarmState, kPsbAlarmCount> alarms_;
  std::optional<PsbAlarm> new_alarm_;
  std::optional<ConnectionId> lock_;
  bool local_ = false;  // LOCAL pressed at the panel: no remote until released
  std::optional<PsbMeasured> frozen_;
  bool not_a_number_ = false;
};

[[nodiscard]] std::optional<PsbAlarm> parse_psb_alarm(const std::string& name);
[[nodiscard]] const char* name_of(PsbAlarm alarm);

}  // namespace benchd::simulators
