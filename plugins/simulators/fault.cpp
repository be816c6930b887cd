#include "plugins/simulators/fault.hpp"

#include <array>
#include <utility>

namespace benchd::simulators {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, FaultKind>, 18> kNames = {{
    {"slow", FaultKind::Slow},
    {"silent", FaultKind::Silent},
    {"garbage", FaultKind::Garbage},
    {"split", FaultKind::Split},
    {"stale", FaultKind::Stale},
    {"coalesce", FaultKind::Coalesce},
    {"duplicate", FaultKind::Duplicate},
    {"close", FaultKind::Close},
    {"reset", FaultKind::Reset},
    {"empty", FaultKind::Empty},
    {"wrong_id", FaultKind::WrongId},
    {"exception", FaultKind::Exception},
    {"refuse", FaultKind::Refuse},
    {"frozen", FaultKind::Frozen},
    {"nan", FaultKind::Nan},
    {"trip", FaultKind::Trip},
    {"lock_stolen", FaultKind::LockStolen},
    {"reboot", FaultKind::Reboot},
}};

bool happens_once(FaultKind kind) { return kind == FaultKind::Trip || kind == FaultKind::Reboot; }

bool is_target(const std::string& name) { return name == "psb" || name == "t7" || name == "adam"; }

std::string what_is_wrong(const Fault& fault) {
  const bool psb_only = fault.kind == FaultKind::Trip || fault.kind == FaultKind::LockStolen;
  if (psb_only && fault.target != "psb") return "only psb has this fault";
  if (fault.kind == FaultKind::Nan && fault.target == "adam") return "adam has no analog values";
  if (fault.kind == FaultKind::WrongId && fault.target == "psb")
    return "psb has no transaction ids";
  return {};
}

}  // namespace

std::optional<FaultKind> parse_fault_kind(const std::string& name) {
  for (const auto& [text, kind] : kNames) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

bool acts_on_wire(FaultKind kind) { return kind <= FaultKind::Exception; }

ParsedFault parse_fault(const json& json, double now_s) {
  Fault fault;
  try {
    fault.target = json.at("target").get<std::string>();
    const auto name = json.at("kind").get<std::string>();
    const auto kind = parse_fault_kind(name);
    if (!is_target(fault.target)) return {{}, "unknown target: " + fault.target};
    if (!kind) return {{}, "unknown kind: " + name};
    fault.kind = *kind;
    fault.start_s = now_s + json.value("after_s", json.value("at_s", 0.0));
    fault.after_requests = json.value("after_requests", std::uint64_t{0});
    if (json.contains("for_s")) fault.for_s = json.at("for_s").get<double>();
    if (json.contains("count")) fault.requests_left = json.at("count").get<std::uint64_t>();
    if (json.contains("delay_s")) fault.delay_s = json.at("delay_s").get<double>();
    fault.gap_s = json.value("gap_s", fault.gap_s);
    fault.code = json.value("code", fault.code);
    fault.alarm = json.value("alarm", fault.alarm);
    fault.cause_s = json.value("cause_s", fault.cause_s);
  } catch (const nlohmann::json::exception& error) {
    return {{}, error.what()};
  }
  if (fault.kind == FaultKind::Stale && !fault.requests_left) fault.requests_left = 1;
  if (std::string problem = what_is_wrong(fault); !problem.empty()) return {{}, problem};
  return {fault, {}};
}

void FaultBoard::observe(const std::string& target, Observer observer) {
  observers_.emplace_back(target, std::move(observer));
}

void FaultBoard::add(Fault fault, double now_s) {
  faults_.push_back(std::move(fault));
  update(now_s);
}

void FaultBoard::clear() {
  std::list<Fault> ended;
  ended.swap(faults_);
  for (const Fault& fault : ended) {
    if (fault.begun) notify(fault, false);
  }
}

void FaultBoard::begin(Fault& fault, double now_s) {
  fault.begun = true;
  fault.begun_s = now_s;
  notify(fault, true);
}

void FaultBoard::notify(const Fault& fault, bool begins) {
  for (const auto& [target, observer] : observers_) {
    if (target == fault.target) observer(fault, begins);
  }
}

void FaultBoard::update(double now_s) {
  for (auto it = faults_.begin(); it != faults_.end();) {
    Fault& fault = *it;
    if (!fault.begun && now_s >= fault.start_s && fault.after_requests == 0) begin(fault, now_s);
    const bool timed_out = fault.begun && fault.for_s && now_s >= fault.begun_s + *fault.for_s;
    const bool used_up = fault.requests_left && *fault.requests_left == 0;
    if (fault.begun && (timed_out || used_up || happens_once(fault.kind))) {
      const Fault ended = fault;
      it = faults_.erase(it);
      notify(ended, false);
    } else {
      ++it;
    }
  }
}

std::optional<Fault> FaultBoard::on_request(const std::string& target, double now_s) {
  update(now_s);
  std::optional<Fault> met;
  for (Fault& fault : faults_) {
    if (fault.target != target || now_s < fault.start_s) continue;
    if (!fault.begun) {
      if (--fault.after_requests == 0) continue;  // the next request meets it
    } else if (!met && acts_on_wire(fault.kind)) {
      if (fault.requests_left) --*fault.requests_left;
      met = fault;
    }
  }
  return met;
}

std::vector<Fault> FaultBoard::active() const {
  std::vector<Fault> result;
  for (const Fault& fault : faults_) {
    if (fault.begun) result.push_back(fault);
  }
  return result;
}

}  // namespace benchd::simulators
