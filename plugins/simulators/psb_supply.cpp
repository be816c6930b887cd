#include "plugins/simulators/psb_supply.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plugins/simulators/scpi_status.hpp"

namespace benchd::simulators {
namespace {

constexpr double kVoltageNoiseV = 0.003;
constexpr double kCurrentNoiseA = 0.003;
constexpr std::array<const char*, kPsbAlarmCount> kAlarmNames = {"OVP", "OCP", "OPP", "OT", "PF"};

}  // namespace

std::optional<PsbAlarm> parse_psb_alarm(const std::string& name) {
  constexpr std::array<const char*, kPsbAlarmCount> kNames = {"ovp", "ocp", "opp", "ot", "pf"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<PsbAlarm>(i);
  }
  return std::nullopt;
}

const char* name_of(PsbAlarm alarm) { return kAlarmNames[static_cast<std::size_t>(alarm)]; }

PsbSupply::PsbSupply(ThrustBench& bench, std::uint64_t seed) : bench_(bench), random_(seed) {
  apply();
  bench_.on_step([this](double dt_s) { step(dt_s); });
}

PsbOutcome PsbSupply::take_lock(ConnectionId connection) {
  if (local_) return scpi_error::kInvalidWhileInLocal;
  if (lock_ && *lock_ != connection) return scpi_error::kCommandProtected;
  lock_ = connection;
  log("lock", 1.0, false);
  return 0;
}

PsbOutcome PsbSupply::give_lock(ConnectionId connection) {
  if (lock_ && *lock_ != connection) return scpi_error::kCommandProtected;
  lock_.reset();
  log("lock", 0.0, false);
  return 0;
}

PsbOutcome PsbSupply::check_lock(ConnectionId connection) const {
  return lock_ == connection ? 0 : scpi_error::kInvalidWhileInLocal;
}

void PsbSupply::release_if_held(ConnectionId connection) {
  if (lock_ == connection) lock_.reset();
}

std::string PsbSupply::lock_owner() const {
  if (local_) return "LOCAL";
  return lock_ ? "REMOTE" : "NONE";
}

PsbOutcome PsbSupply::set(
    double PsbSettings::*field, double value, double low, double high, const std::string& meaning) {
  if (!(value >= low && value <= high)) {
    log_refusal(meaning, value);
    return scpi_error::kDataOutOfRange;
  }
  const bool drives = field == &PsbSettings::voltage_v || field == &PsbSettings::current_a ||
                      field == &PsbSettings::power_w;
  settings_.*field = value;
  apply();
  log(meaning, value, drives && value > 0.0);
  return 0;
}

PsbOutcome PsbSupply::set_output(bool on) {
  if (on && any_alarm()) {
    log_refusal("output", 1.0);
    return scpi_error::kSettingsConflict;
  }
  settings_.output_on = on;
  apply();
  log("output", on ? 1.0 : 0.0, on);
  return 0;
}

PsbOutcome PsbSupply::set_mode(PsbMode mode) {
  if (settings_.output_on && mode != settings_.mode) return scpi_error::kSettingsConflict;
  settings_.mode = mode;
  apply();
  log("mode", mode == PsbMode::Uir ? 1.0 : 0.0, false);
  return 0;
}

void PsbSupply::reset() {
  settings_ = {};
  apply();
  log("reset", 0.0, false);
}

void PsbSupply::log(const std::string& meaning, double value, bool energising) {
  bench_.writes.add({0.0, "psb", meaning, value, true, energising});
}

void PsbSupply::log_refusal(const std::string& meaning, double value) {
  bench_.writes.add({0.0, "psb", meaning, value, false, false});
}

void PsbSupply::apply() {
  plants::SupplyInputs& supply = bench_.supply();
  supply.voltage_set_v = settings_.voltage_v;
  supply.current_limit_a = settings_.current_a;
  supply.power_limit_w = settings_.power_w;
  supply.output_on = settings_.output_on;
  supply.internal_resistance_ohm = settings_.mode == PsbMode::Uir ? settings_.resistance_ohm : 0.0;
}

void PsbSupply::step(double dt_s) {
  for (AlarmState& alarm : alarms_) alarm.cause_left_s = std::max(0.0, alarm.cause_left_s - dt_s);
  if (settings_.output_on) watch_protections();
}

void PsbSupply::watch_protections() {
  const plants::PowerTrainOutputs& power = bench_.outputs().power;
  if (power.supply_v > settings_.ovp_v) raise(PsbAlarm::Overvoltage, 0.0);
  if (power.bus_a > settings_.ocp_a) raise(PsbAlarm::Overcurrent, 0.0);
  if (power.supply_v * power.bus_a > settings_.opp_w) raise(PsbAlarm::Overpower, 0.0);
}

void PsbSupply::raise(PsbAlarm alarm, double cause_s) {
  AlarmState& state = alarms_[index(alarm)];
  state.latched = true;
  state.cause_left_s = cause_s;
  ++state.count;
  new_alarm_ = alarm;
  settings_.output_on = false;
  apply();
}

void PsbSupply::acknowledge() {
  for (AlarmState& alarm : alarms_) {
    if (alarm.cause_left_s <= 0.0) alarm.latched = false;
  }
}

bool PsbSupply::any_alarm() const {
  return std::any_of(alarms_.begin(), alarms_.end(),
                     [](const AlarmState& alarm) { return alarm.latched; });
}

std::optional<PsbAlarm> PsbSupply::take_new_alarm() {
  return std::exchange(new_alarm_, std::nullopt);
}

PsbMeasured PsbSupply::measured() {
  if (frozen_) return *frozen_;
  if (not_a_number_) {
    constexpr double kScpiNotANumber = 9.91e37;  // SCPI-99 volume 1, 7.2.1.5
    return {kScpiNotANumber, kScpiNotANumber, kScpiNotANumber};
  }
  const plants::PowerTrainOutputs& power = bench_.outputs().power;
  PsbMeasured result;
  result.voltage_v = std::max(0.0, power.supply_v + kVoltageNoiseV * random_.normal());
  result.current_a = std::max(0.0, power.bus_a + kCurrentNoiseA * random_.normal());
  result.power_w = result.voltage_v * result.current_a;
  return result;
}

unsigned PsbSupply::questionable() const {
  unsigned bits = 0;
  if (latched(PsbAlarm::Overvoltage)) bits |= 1U << 0U;
  if (latched(PsbAlarm::Overcurrent)) bits |= 1U << 1U;
  if (latched(PsbAlarm::Overpower)) bits |= 1U << 2U;
  if (latched(PsbAlarm::Overtemperature)) bits |= 1U << 3U;
  if (settings_.output_on) bits |= 1U << 11U;
  if (latched(PsbAlarm::PowerFail)) bits |= 1U << 13U;
  return bits;
}

unsigned PsbSupply::operation() const {
  if (!settings_.output_on) return 0;
  switch (bench_.outputs().power.regulation) {
    case plants::Regulation::ConstantCurrent:
      return 1U << 9U;
    case plants::Regulation::ConstantPower:
      return 1U << 10U;
    case plants::Regulation::ConstantVoltage:
    case plants::Regulation::Off:
      break;
  }
  return settings_.mode == PsbMode::Uir ? 1U << 11U : 1U << 8U;
}

void PsbSupply::on_fault(const Fault& fault, bool begins) {
  switch (fault.kind) {
    case FaultKind::Frozen:
      frozen_.reset();
      if (begins) frozen_ = measured();
      break;
    case FaultKind::Nan:
      not_a_number_ = begins;
      break;
    case FaultKind::Trip:
      if (begins)
        raise(parse_psb_alarm(fault.alarm).value_or(PsbAlarm::Overvoltage), fault.cause_s);
      break;
    case FaultKind::LockStolen:
      local_ = begins;
      lock_.reset();
      break;
    case FaultKind::Reboot:
      if (!begins) break;
      settings_ = {};
      alarms_ = {};
      new_alarm_.reset();
      lock_.reset();
      apply();
      break;
    default:
      break;
  }
}

}  // namespace benchd::simulators
