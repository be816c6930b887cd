#include "plugins/simulators/simulation.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <utility>

#include <asio/ip/address.hpp>

namespace benchd::simulators {
namespace {

using asio::ip::tcp;
using nlohmann::json;

constexpr auto kTick = std::chrono::milliseconds(5);

double monotonic_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

json refusal(const std::string& why) { return {{"ok", false}, {"error", why}}; }
json done() { return {{"ok", true}}; }

const char* name_of(plants::EscState state) {
  switch (state) {
    case plants::EscState::Unpowered:
      return "unpowered";
    case plants::EscState::WaitingForMinimum:
      return "waiting_for_minimum";
    case plants::EscState::Armed:
      return "armed";
  }
  return "";
}

json or_null(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

}  // namespace

Simulation::Simulation(asio::io_context& io, const SimulationOptions& options)
    : options_(options),
      bench_(options.seed),
      psb_(bench_, options.seed + 1),
      psb_scpi_(psb_),
      psb_modbus_memory_(psb_),
      psb_modbus_(psb_modbus_memory_),
      t7_device_(bench_, options.seed),
      t7_(t7_device_),
      adam_device_(bench_),
      adam_(adam_device_),
      psb_server_(io,
                  server_options("psb", options.psb_port),
                  psb_scpi_,
                  faults_,
                  [this] { return advance(); }),
      psb_modbus_server_(io,
                         server_options("psb", options.psb_modbus_port),
                         psb_modbus_,
                         faults_,
                         [this] { return advance(); }),
      t7_server_(
          io, server_options("t7", options.t7_port), t7_, faults_, [this] { return advance(); }),
      adam_server_(io,
                   server_options("adam", options.adam_port),
                   adam_,
                   faults_,
                   [this] { return advance(); }),
      control_server_(io,
                      tcp::endpoint(asio::ip::make_address(options.listen), options.control_port),
                      [this](const json& request) { return control(request); }),
      timer_(io) {
  advance();
  faults_.observe("psb", [this](const Fault& fault, bool begins) { psb_.on_fault(fault, begins); });
  faults_.observe("t7",
                  [this](const Fault& fault, bool begins) { t7_device_.on_fault(fault, begins); });
  faults_.observe(
      "adam", [this](const Fault& fault, bool begins) { adam_device_.on_fault(fault, begins); });
  t7_device_.on_reboot([this] { t7_server_.drop_connections(); });
  schedule(options.faults);
  tick();
}

ServerOptions Simulation::server_options(const std::string& target, std::uint16_t port) const {
  ServerOptions result{target, tcp::endpoint(asio::ip::make_address(options_.listen), port), {}};
  if (target == "psb") result.idle_drop_s = options_.psb_idle_drop_s;
  return result;
}

double Simulation::advance() {
  const double now_s = monotonic_s();
  bench_.advance_to(now_s, options_.time_scale);
  return now_s;
}

void Simulation::tick() {
  faults_.update(advance());
  timer_.expires_after(kTick);
  timer_.async_wait([this](asio::error_code error) {
    if (!error) tick();
  });
}

void Simulation::schedule(const json& faults) {
  for (const json& entry : faults) {
    const double now_s = monotonic_s();
    const ParsedFault parsed = parse_fault(entry, now_s);
    if (!parsed.fault) throw std::runtime_error("fault script: " + parsed.problem);
    faults_.add(*parsed.fault, now_s);
  }
}

json Simulation::ports() const {
  return {{"psb", psb_server_.port()},
          {"psb_modbus", psb_modbus_server_.port()},
          {"t7", t7_server_.port()},
          {"adam", adam_server_.port()},
          {"control", control_server_.port()}};
}

json Simulation::control(const json& request) {
  const double now_s = advance();
  faults_.update(now_s);
  try {
    const auto command = request.value("cmd", std::string());
    if (command == "state") return state();
    if (command == "fault") return add_fault(request);
    if (command == "clear") return faults_.clear(), done();
    if (command == "set") return set_switches(request);
    if (command == "mark") return bench_.writes.mark(), json{{"ok", true}, {"t", now_s}};
    if (command == "writes_since_mark") return writes_since_mark();
    if (command == "quit") return std::raise(SIGTERM), done();
    return refusal("unknown cmd: " + command);
  } catch (const json::exception& error) {
    return refusal(error.what());
  }
}

json Simulation::add_fault(const json& request) {
  const double now_s = monotonic_s();
  const ParsedFault parsed = parse_fault(request, now_s);
  if (!parsed.fault) return refusal(parsed.problem);
  const bool trip = parsed.fault->kind == FaultKind::Trip;
  if (trip && !parse_psb_alarm(parsed.fault->alarm)) {
    return refusal("unknown alarm: " + parsed.fault->alarm);
  }
  faults_.add(*parsed.fault, now_s);
  return done();
}

json Simulation::set_switches(const json& request) {
  BenchSwitches next = bench_.switches;
  if (request.contains("estop")) {
    next.estop_a_closed = next.estop_b_closed = !request.at("estop").get<bool>();
  }
  const std::array<std::pair<const char*, bool BenchSwitches::*>, 6> flags = {{
      {"estop_a_closed", &BenchSwitches::estop_a_closed},
      {"estop_b_closed", &BenchSwitches::estop_b_closed},
      {"guard", &BenchSwitches::guard_closed},
      {"door", &BenchSwitches::door_closed},
      {"contactor_welded", &BenchSwitches::contactor_welded},
      {"propeller_marks", &BenchSwitches::propeller_marks},
  }};
  const std::array<std::pair<const char*, double BenchSwitches::*>, 3> numbers = {{
      {"offset_n", &BenchSwitches::thrust_offset_n},
      {"offset_nm", &BenchSwitches::torque_offset_nm},
      {"ambient_c", &BenchSwitches::ambient_c},
  }};
  for (const auto& [key, value] : request.items()) {
    const auto named = [&key = key](const auto& entry) { return key == entry.first; };
    const auto flag = std::find_if(flags.begin(), flags.end(), named);
    const auto number = std::find_if(numbers.begin(), numbers.end(), named);
    if (flag != flags.end()) {
      next.*(flag->second) = value.get<bool>();
    } else if (number != numbers.end()) {
      next.*(number->second) = value.get<double>();
    } else if (key != "cmd" && key != "estop") {
      return refusal("unknown switch: " + key);
    }
  }
  bench_.switches = next;
  return done();
}

json Simulation::writes_since_mark() {
  json writes = json::array();
  for (const WriteEntry& entry : bench_.writes.since_mark()) {
    writes.push_back({{"t", entry.t_s},
                      {"instrument", entry.instrument},
                      {"meaning", entry.meaning},
                      {"value", entry.value},
                      {"accepted", entry.accepted},
                      {"energising", entry.energising}});
  }
  return {{"ok", true}, {"writes", writes}};
}

json Simulation::state() {
  json result = plant_state();
  result["ok"] = true;
  json psb = instrument_state("psb", psb_server_.connections() + psb_modbus_server_.connections());
  psb.update(psb_state());
  json t7 = instrument_state("t7", t7_server_.connections());
  t7.update(t7_state());
  json adam = instrument_state("adam", adam_server_.connections());
  adam["outputs"] = adam_device_.outputs();
  adam["fail_safe_enabled"] = adam_device_.fail_safe_enabled();
  adam["fail_safe_active"] = adam_device_.fail_safe_active();
  result["instruments"] = {{"psb", psb}, {"t7", t7}, {"adam", adam}};
  return result;
}

json Simulation::plant_state() const {
  const plants::ThrustStandOutputs& out = bench_.outputs();
  const plants::PowerTrainOutputs& power = out.power;
  const BenchSwitches& switches = bench_.switches;
  return {{"t", bench_.now_s()},
          {"plant_t", bench_.plant_time_s()},
          {"rpm", power.rpm},
          {"thrust_n", power.load.thrust_n},
          {"torque_nm", power.load.torque_nm},
          {"shaft_w", power.load.power_w},
          {"extrapolated", power.load.extrapolated},
          {"thrust_indicated_n", out.thrust_indicated_n},
          {"torque_indicated_nm", out.torque_indicated_nm},
          {"supply_v", power.supply_v},
          {"bus_v", power.bus_v},
          {"bus_a", power.bus_a},
          {"motor_a", power.motor_a},
          {"motor_c", power.motor_c},
          {"duty", power.duty},
          {"esc", name_of(power.esc)},
          {"energised", power.energised},
          {"output_on", psb_.settings().output_on},
          {"relay", bench_.enable_relay()},
          {"contactor", bench_.contactor_closed()},
          {"pwm_us", or_null(t7_device_.digital().pulse_us())},
          {"estop", !bench_.estop_healthy()},
          {"guard", switches.guard_closed},
          {"door", switches.door_closed}};
}

json Simulation::psb_state() const {
  json alarms = json::array();
  for (std::size_t i = 0; i < kPsbAlarmCount; ++i) {
    const auto alarm = static_cast<PsbAlarm>(i);
    if (psb_.latched(alarm)) alarms.push_back(simulators::name_of(alarm));
  }
  return {{"lock", psb_.lock_owner()},
          {"voltage_set_v", psb_.settings().voltage_v},
          {"current_set_a", psb_.settings().current_a},
          {"power_set_w", psb_.settings().power_w},
          {"alarms", alarms}};
}

json Simulation::t7_state() const {
  const T7Watchdog& watchdog = t7_device_.watchdog();
  return {{"watchdog",
           {{"enabled", watchdog.enabled()},
            {"strict", watchdog.strict()},
            {"fired", watchdog.fired()},
            {"times_fired", watchdog.times_fired()},
            {"left_s", watchdog.left_s()}}}};
}

json Simulation::instrument_state(const std::string& name, std::size_t connections) {
  const WriteCounters& counters = bench_.writes.counters(name);
  return {{"requests", counters.requests},
          {"writes", counters.writes},
          {"refused", counters.refused},
          {"last_write_t", counters.last_write_t_s},
          {"writes_since_mark", counters.writes_since_mark},
          {"energising_since_mark", counters.energising_since_mark},
          {"connections", connections}};
}

}  // namespace benchd::simulators
