// Limits, interlocks, the safe state and what is latched.
#include <algorithm>
#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/station/bench.hpp"
#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

std::string action_name(model::LimitAction action) {
  switch (action) {
    case model::LimitAction::Warn:
      return "WARN";
    case model::LimitAction::Abort:
      return "ABORT";
    default:
      return "SAFE_STATE";
  }
}

}  // namespace

void Bench::react(std::vector<LimitFinding>& found) {
  // What is most urgent first: an event costs time too.
  std::stable_sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    return left.limit.action > right.limit.action;
  });
  for (const LimitFinding& each : found) react(each);
}

void Bench::react(const LimitFinding& finding) {
  const model::LimitAction action = finding.limit.action;
  const Cause cause{finding.invalid ? Reason::ReadingInvalid : Reason::LimitTripped,
                    finding.message,
                    finding.invalid ? model::Verdict::Error : model::Verdict::Aborted};
  const bool softly = action == model::LimitAction::Abort && run_ && !run_->manual();
  if (action != model::LimitAction::Warn && !softly) emergency(cause);
  link::v1::Event event;
  auto& tripped = *event.mutable_limit_tripped();
  tripped.set_limit(finding.limit.id);
  tripped.set_channel(finding.limit.channel.text());
  tripped.set_value(finding.value);
  if (const auto index = channels_.find(finding.limit.channel.text())) {
    tripped.set_unit(channels_.channel(*index).unit.code());
  }
  tripped.set_action(action_name(action));
  tripped.set_message(finding.message);
  log_event(std::move(event));
  if (softly) {
    run_->stop({sequence::StopKind::Soft, cause.verdict, *cause.reason, cause.message});
  }
}

void Bench::react(const std::vector<InterlockFinding>& found) {
  for (const InterlockFinding& each : found) {
    const bool was_energised = energised();
    const std::string name = each.title.empty() ? each.interlock : each.title;
    if (!each.closed && was_energised) {
      emergency({each.opened ? Reason::InterlockOpen : Reason::ReadingInvalid,
                 "interlock " + each.interlock + " (" + name + ")" +
                     (each.opened ? " opened" : " has no reading to trust"),
                 each.opened ? model::Verdict::Aborted : model::Verdict::Error});
      if (each.opened) latch(Reason::InterlockOpen, "interlock " + each.interlock + " opened");
    }
    link::v1::Event event;
    event.mutable_interlock_changed()->set_interlock(each.interlock);
    event.mutable_interlock_changed()->set_closed(each.closed);
    log_event(std::move(event));
  }
  if (!found.empty()) send_status();
}

void Bench::look_at_quality() {
  std::vector<LimitFinding> beyond;
  std::vector<InterlockFinding> interlocks;
  limits_.look_at_quality(beyond);
  interlocks_.look_at_quality(interlocks);
  react(interlocks);
  react(beyond);
  schedule_look();
}

void Bench::schedule_look() {
  const auto limits = limits_.next_look();
  const auto interlocks = interlocks_.next_look();
  if (!limits && !interlocks) return look_timer_.cancel();
  const MonotonicTime when =
      std::min(limits.value_or(MonotonicTime::max()), interlocks.value_or(MonotonicTime::max()));
  look_timer_ = timers_->at(when, [this] { look_at_quality(); });
}

void Bench::emergency(Cause cause) {
  log::warn("bench={} reason={} {}", id().text(), wire_name(*cause.reason), cause.message);
  enter_safe_state(cause, nullptr);
  if (run_ && !run_ending_) {
    run_->stop({sequence::StopKind::Hard, cause.verdict, *cause.reason, cause.message});
  }
}

void Bench::enter_safe_state(const Cause& cause, SafeDone done) {
  if (done) safe_done_.push_back(std::move(done));
  const bool was_energised = energised();
  disarm(cause);
  if (safe_procedure_.active() && !was_energised) return;  // joined
  safe_cause_ = cause;
  start_safe_procedure();
}

void Bench::start_safe_procedure() {
  safe_ = false;
  ++arm_;
  safe_procedure_.start(record_.fence, arm_, [weak = weak_from_this()](auto report) {
    const auto self = weak.lock();
    if (!self) return;
    // Posted, so that nobody is called back from inside his own order.
    asio::post(self->strand_, [weak, arm = self->arm_, report = std::move(report)] {
      const auto again = weak.lock();
      if (again && again->arm_ == arm) again->on_safe_state(report);
    });
  });
  set_pace();
}

void Bench::disarm(const Cause& cause) {
  const bool was_armed = std::exchange(armed_, false);
  arming_ = false;
  ++attempt_;
  writer_.forbid();
  hand_.end({Reason::ArmStale, "the bench was made safe meanwhile", {}, {}});
  limits_.set_armed(false);
  dead_man_timer_.cancel();
  presence_timer_.cancel();
  if (!was_armed) return;
  link::v1::Event event;
  if (cause.reason) event.mutable_disarmed()->set_reason(std::string(wire_name(*cause.reason)));
  event.mutable_disarmed()->set_message(cause.message);
  // After the writes, which the caller begins now.
  asio::post(strand_, [weak = weak_from_this(), event = std::move(event)] {
    const auto self = weak.lock();
    if (!self) return;
    self->log_event(event);
    self->send_status();
  });
}

void Bench::on_safe_state(link::v1::SafeStateReport report) {
  safe_ = report.proved();
  const bool complete = devices_.all_readable();
  const bool in_doubt = ready_ || run_ || complete || safe_cause_.reason || !safe_done_.empty();
  if (!safe_ && in_doubt) latch(Reason::SafeStateUnproved, report.message());
  const Cause cause = std::exchange(safe_cause_, {});
  // While a device has not been found yet there is nothing to be said: it is tried again with it.
  if (safe_ || in_doubt) log_safe_state(report, cause);
  safe_procedure_.push_profiles("idle", false, record_.fence, arm_, nullptr);
  use_devices_if_safe();
  for (const SafeDone& done : std::exchange(safe_done_, {})) done(report);
  if (complete) recover_open_run();
  send_status();
}

void Bench::log_safe_state(const link::v1::SafeStateReport& report, const Cause& cause) {
  link::v1::Event event;
  auto& entered = *event.mutable_safe_state_entered();
  *entered.mutable_report() = report;
  if (cause.reason) entered.set_reason(std::string(wire_name(*cause.reason)));
  entered.set_message(cause.message);
  log_event(std::move(event));
}

void Bench::use_devices_if_safe() {
  if (!safe_ || ready_) return;
  for (const auto& hub : devices_.all()) hub->allow_use(*this);
  ready_ = devices_.check_ready().has_value();
}

void Bench::latch(Reason reason, const std::string& message) {
  // An unproved safe state outweighs what led to it.
  if (record_.latch && reason != Reason::SafeStateUnproved) return;
  log::error("bench={} latched reason={} {}", id().text(), wire_name(reason), message);
  record_.latch = Latch{std::string(wire_name(reason)), message};
  save();
}

void Bench::on_clear_latch(const link::v1::Command& command) {
  if (run_) {
    return answer(
        command, fail(Reason::RunActive, "a run is active on the bench", {{"bench", id().text()}}));
  }
  if (energised()) {
    return answer(command, fail(Reason::BenchArmed, "the bench is armed; nothing keeps it from use",
                                {{"bench", id().text()}}));
  }
  // Somebody was at the bench.
  setup_.make_void();
  enter_safe_state({std::nullopt, "an operator looks at the bench"},
                   [this, command](const link::v1::SafeStateReport& report) {
                     auto result = command_result(clear_latch(report));
                     if (result.reason().empty()) {
                       log::info("bench={} latch cleared by {}", id().text(),
                                 command.clear_latch().member());
                     }
                     *result.mutable_safe_state() = report;
                     answer(command, std::move(result));
                   });
}

Status Bench::clear_latch(const link::v1::SafeStateReport& report) {
  if (!report.proved()) return fail(Reason::SafeStateUnproved, report.message());
  if (const Status closed = interlocks_.check(); !closed) return closed;
  record_.latch.reset();
  return {};
}

void Bench::stop(std::function<void()> done) {
  stopping_ = true;
  const Cause cause{run_ ? std::optional(Reason::RunInterrupted) : std::nullopt,
                    "the station was stopped"};
  enter_safe_state(cause, [this, done = std::move(done)](const link::v1::SafeStateReport&) {
    if (!run_) return done();
    run_closed_.push_back(done);
  });
  if (!run_ || run_ending_) return;
  run_->stop({sequence::StopKind::Hard, model::Verdict::Error, *cause.reason, cause.message});
}

// The samples that are there are sealed, and the end is reported once.
void Bench::recover_open_run() {
  if (!recovering_ || !record_.run) return;
  recovering_ = false;
  recovery_timer_.cancel();
  if (record_.run->ended) return report_run_end();
  asio::post(storage_, [weak = weak_from_this(), strand = strand_, uplink = parts_.uplink,
                        directory = parts_.recording_directory / record_.run->run] {
    auto found = recover_recording(directory, *uplink);
    asio::post(strand, [weak, found = std::move(found)] {
      if (const auto self = weak.lock()) self->recovered(found);
    });
  });
}

void Bench::recovered(const Result<Recovered>& recovered) {
  link::v1::RunFinished ended;
  ended.set_verdict(link::v1::VERDICT_ERROR);
  ended.set_reason(std::string(wire_name(Reason::RunInterrupted)));
  ended.set_message("the station ended during the run; the samples up to then are kept");
  ended.set_interrupted(true);
  if (recovered) {
    ended.set_segments(recovered->segments);
    record_.run->elapsed_ns = recovered->elapsed.count();
  } else {
    ended.set_reason(std::string(wire_name(recovered.error().reason)));
    ended.set_message("the recording could not be sealed: " + recovered.error().message);
  }
  record_.run->ended = std::move(ended);
  save([this](const Status&) { report_run_end(); });
}

}  // namespace benchd::station
