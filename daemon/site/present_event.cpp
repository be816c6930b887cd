// Events of a run in words.
#include <utility>

#include "daemon/site/present.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::site {

namespace {

using link::v1::Event;

void say(v1::RunEvent& out, v1::RunEventKind kind, v1::Severity severity, std::string message) {
  out.set_kind(kind);
  out.set_severity(severity);
  out.set_message(std::move(message));
}

std::string with_message(std::string text, const std::string& message) {
  return message.empty() ? text + "." : text + ": " + message;
}

void say_finished(const link::v1::RunFinished& finished, v1::RunEvent& out) {
  const auto verdict = static_cast<model::Verdict>(finished.verdict());
  const bool fine = verdict == model::Verdict::Pass || verdict == model::Verdict::Fail;
  const std::string text = finished.interrupted()
                               ? "The run was interrupted"
                               : "The run has ended, " + std::string{model::to_string(verdict)};
  say(out, v1::RUN_EVENT_KIND_STATE, fine ? v1::SEVERITY_INFO : v1::SEVERITY_WARNING,
      with_message(text, finished.message()));
  out.set_reason(finished.reason());
}

std::string text_of(double value, const std::string& code) {
  const auto unit = units::parse_unit(code);
  return unit ? units::format({value, *unit}) : units::format_number(value) + " " + code;
}

void say_tripped(const link::v1::LimitTripped& tripped, v1::RunEvent& out) {
  auto text = tripped.message();
  if (text.empty()) {
    text = tripped.channel() + " passed the limit " + tripped.limit() + " at " +
           text_of(tripped.value(), tripped.unit());
  }
  say(out, v1::RUN_EVENT_KIND_ALARM,
      tripped.action() == "WARN" ? v1::SEVERITY_WARNING : v1::SEVERITY_ERROR, std::move(text));
  out.set_reason(std::string{wire_name(Reason::LimitTripped)});
}

void say_safe_state(const link::v1::SafeStateEntered& entered, v1::RunEvent& out) {
  const bool proved = entered.report().proved();
  const auto& why =
      proved || entered.report().message().empty() ? entered.message() : entered.report().message();
  const bool as_ordered = proved && entered.reason().empty();
  say(out, v1::RUN_EVENT_KIND_ALARM, as_ordered ? v1::SEVERITY_INFO : v1::SEVERITY_ERROR,
      with_message(proved ? "Safe state, proved by readings" : "The safe state is not proved",
                   why));
  out.set_reason(proved ? entered.reason() : std::string{wire_name(Reason::SafeStateUnproved)});
}

void say_device(const link::v1::DeviceChanged& device, v1::RunEvent& out) {
  say(out, v1::RUN_EVENT_KIND_ALARM, device.present() ? v1::SEVERITY_INFO : v1::SEVERITY_ERROR,
      with_message("Device " + device.device() + (device.present() ? " is back" : " is lost"),
                   device.message()));
  out.set_reason(device.reason());
}

void say_step(const std::string& path, const std::string& title, v1::RunEvent& out) {
  out.set_step(path);
  out.set_message(title.empty() ? path : title);
}

void say_what(const Event& event, v1::RunEvent& out) {
  switch (event.event_case()) {
    case Event::kRunStarted:
      return say(out, v1::RUN_EVENT_KIND_STATE, v1::SEVERITY_INFO, "The run has begun.");
    case Event::kStepStarted:
      out.set_kind(v1::RUN_EVENT_KIND_STEP_STARTED);
      out.set_step_number(event.step_started().number());
      return say_step(event.step_started().path(), event.step_started().title(), out);
    case Event::kStepFinished:
      out.set_kind(v1::RUN_EVENT_KIND_STEP_FINISHED);
      out.set_step_number(event.step_finished().steps_done());
      return say_step(event.step_finished().path(), event.step_finished().title(), out);
    case Event::kRunLog:
      return say(out, v1::RUN_EVENT_KIND_LOG, v1::SEVERITY_INFO, event.run_log().text());
    case Event::kLimitTripped:
      return say_tripped(event.limit_tripped(), out);
    case Event::kInterlockChanged: {
      const auto& changed = event.interlock_changed();
      return say(out, v1::RUN_EVENT_KIND_ALARM,
                 changed.closed() ? v1::SEVERITY_INFO : v1::SEVERITY_ERROR,
                 "Interlock " + changed.interlock() +
                     (changed.closed() ? " has closed." : " has opened."));
    }
    case Event::kArmed:
      return say(out, v1::RUN_EVENT_KIND_STATE, v1::SEVERITY_INFO, "The bench is armed.");
    case Event::kDisarmed:
      out.set_reason(event.disarmed().reason());
      return say(out, v1::RUN_EVENT_KIND_STATE, v1::SEVERITY_INFO,
                 with_message("The bench is disarmed", event.disarmed().message()));
    case Event::kSafeStateEntered:
      return say_safe_state(event.safe_state_entered(), out);
    case Event::kRunFinished:
      return say_finished(event.run_finished(), out);
    case Event::kDeviceChanged:
      return say_device(event.device_changed(), out);
    case Event::kSetupRecorded:
      return say(out, v1::RUN_EVENT_KIND_STATE, v1::SEVERITY_INFO, "The setup was recorded.");
    case Event::kGrantEnded:
      return say(out, v1::RUN_EVENT_KIND_STATE, v1::SEVERITY_INFO, "The booking has ended.");
    case Event::EVENT_NOT_SET:
      break;
  }
  say(out, v1::RUN_EVENT_KIND_LOG, v1::SEVERITY_INFO, "The station reported something new.");
}

}  // namespace

v1::RunEvent present_event(const store::RunEventRecord& record) {
  v1::RunEvent out;
  out.set_number(record.number);
  out.set_severity(v1::SEVERITY_INFO);
  put_duration(Nanoseconds{record.event.elapsed_ns()}, *out.mutable_elapsed_duration());
  *out.mutable_event_time() = record.event.utc_time();
  say_what(record.event, out);
  return out;
}

std::vector<v1::Check> present_checks(const store::RunEventRecord& record) {
  std::vector<v1::Check> checks;
  if (!record.event.has_step_finished()) return checks;
  for (const auto& line : record.event.step_finished().checks()) {
    auto& out = checks.emplace_back();
    out.set_name(line.name());
    out.set_verdict(static_cast<v1::Verdict>(line.verdict()));
    out.set_value(line.value());
    out.set_unit(line.unit());
    if (line.has_min()) out.set_min(line.min());
    if (line.has_max()) out.set_max(line.max());
    out.set_step(record.event.step_finished().path());
    put_duration(Nanoseconds{record.event.elapsed_ns()}, *out.mutable_elapsed_duration());
  }
  return checks;
}

std::vector<v1::MeasurementRow> present_rows(const store::RunEventRecord& record, int first_row) {
  std::vector<v1::MeasurementRow> rows;
  if (!record.event.has_step_finished()) return rows;
  for (const auto& row : record.event.step_finished().rows()) {
    model::MeasurementRow value{.measure = row.measure(),
                                .path = row.path(),
                                .begin_elapsed = Nanoseconds{row.begin_elapsed_ns()},
                                .end_elapsed = Nanoseconds{row.end_elapsed_ns()}};
    for (const auto& label : row.labels()) {
      value.labels.push_back({label.name(), label.value(), label.unit()});
    }
    for (const auto& each : row.values()) {
      value.values.push_back({each.channel(), each.statistic(), each.value(), each.unit()});
    }
    rows.push_back(present_row(value, first_row++));
  }
  return rows;
}

}  // namespace benchd::site
