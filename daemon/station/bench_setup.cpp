// The grant of a booking, the setup record, and arming.
#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/station/bench.hpp"
#include "daemon/station/command_result.hpp"

namespace benchd::station {
namespace {

Result<std::vector<model::Rating>> ratings_of(const link::v1::DutInfo& dut) {
  std::vector<model::Rating> ratings;
  for (const link::v1::Rating& rating : dut.ratings()) {
    const auto unit = units::parse_unit(rating.unit());
    if (!unit) return fail(unit.error());
    ratings.push_back({rating.name(), rating.value(), *unit});
  }
  return ratings;
}

}  // namespace

Status Bench::check_grant() const {
  if (record_.grant && !grant_ending_) return {};
  return fail(Reason::NoGrant,
              grant_ending_ ? "the booking has ended" : "no booking holds bench " + id().text(),
              {{"bench", id().text()}});
}

Status Bench::apply_limits(const link::v1::Assign& assign) {
  const auto ratings = ratings_of(assign.dut());
  if (!ratings) return fail(ratings.error());
  return limits_.set_limits(config_, assign.layout(), *ratings);
}

void Bench::on_assign(const link::v1::Command& command) {
  const link::v1::Assign& assign = command.assign();
  const bool again = record_.grant && record_.grant->assign.booking() == assign.booking();
  if (record_.grant && (!again || grant_ending_)) {
    return answer(command,
                  fail(Reason::StationBusy, "bench " + id().text() + " has not been given back yet",
                       {{"bench", id().text()}}));
  }
  if (!assign.layout().empty()) {
    const auto known = [&](const model::Layout& layout) { return layout.id == assign.layout(); };
    if (std::none_of(config_.layouts.begin(), config_.layouts.end(), known)) {
      return answer(command, fail(Reason::InvalidArgument,
                                  "bench " + id().text() + " has no layout " + assign.layout(),
                                  {{"layout", assign.layout()}}));
    }
  }
  if (const Status applied = apply_limits(assign); !applied) return answer(command, applied);
  if (!again) {
    setup_.make_void();
    channels_.clear_zeros();
  }
  const MonotonicTime now = clock_.monotonic_now();
  record_.grant =
      Grant{.assign = assign,
            .fence = command.fence(),
            .boot_id = parts_.boot_id,
            .end = now + Nanoseconds{assign.remaining_ns()},
            .end_with_teardown = now + Nanoseconds{assign.remaining_with_teardown_ns()}};
  set_pace();
  renew_presence();
  schedule_grant_end();
  answer(command, Status{});
  send_status();
}

void Bench::schedule_grant_end() {
  if (!record_.grant) return;
  grant_timer_ = timers_->at(record_.grant->end, [this] { end_grant(nullptr); });
  teardown_timer_ = timers_->at(record_.grant->end_with_teardown, [this] { force_grant_end(); });
}

// Soft stop, cleanup, safe state with proof, and the end is reported.
void Bench::end_grant(std::function<void(const link::v1::SafeStateReport&)> done) {
  if (done) grant_done_.push_back(std::move(done));
  if (grant_ending_ || !record_.grant) return;
  grant_ending_ = true;
  const auto make_safe = [this] {
    enter_safe_state({std::nullopt, "the booking has ended"},
                     [this](const link::v1::SafeStateReport& report) { finish_grant(report); });
  };
  if (!run_) return make_safe();
  run_closed_.push_back(make_safe);
  if (run_ending_) return;
  run_->stop({sequence::StopKind::Soft,
              run_->manual() ? model::Verdict::Inconclusive : model::Verdict::Aborted,
              Reason::BookingEnded, "the booking has ended"});
}

// Cleanup has taken all of the teardown time.
void Bench::force_grant_end() {
  end_grant(nullptr);
  if (run_ && !run_ending_) {
    emergency({Reason::BookingEnded, "cleanup was not done by the end of the teardown time"});
  }
}

void Bench::finish_grant(const link::v1::SafeStateReport& report) {
  grant_timer_.cancel();
  teardown_timer_.cancel();
  link::v1::Event event;
  event.mutable_grant_ended()->set_proved_safe(report.proved());
  event.mutable_grant_ended()->set_message(report.message());
  log_event(std::move(event));
  record_.grant.reset();
  grant_ending_ = false;
  setup_.make_void();
  channels_.clear_zeros();
  static_cast<void>(apply_limits(link::v1::Assign::default_instance()));
  save();
  for (const auto& done : std::exchange(grant_done_, {})) done(report);
  send_status();
}

void Bench::on_release(const link::v1::Command& command) {
  if (!record_.grant) return answer(command, check_grant());
  end_grant([this, command](const link::v1::SafeStateReport& report) {
    auto result = command_result(
        report.proved() ? Status{} : fail(Reason::SafeStateUnproved, report.message()));
    *result.mutable_safe_state() = report;
    answer(command, std::move(result));
  });
}

void Bench::on_confirm_setup(const link::v1::Command& command) {
  if (const Status granted = check_grant(); !granted) return answer(command, granted);
  if (run_ || planning_) {
    return answer(command, fail(Reason::RunActive, "a run is active on this bench"));
  }
  // Also what is sampled: the latest sample of an idle bench may be older than what was just done.
  std::vector<ChannelIndex> asked;
  for (const model::SetupItem& item : config_.setup) {
    if (!item.reading) continue;
    const auto index = channels_.find(item.reading->channel.text());
    if (index) asked.push_back(*index);
  }
  read_now(std::move(asked), [this, command] { confirm_setup(command); });
}

void Bench::confirm_setup(const link::v1::Command& command) {
  if (const Status granted = check_grant(); !granted) return answer(command, granted);
  const link::v1::ConfirmSetup& order = command.confirm_setup();
  const link::v1::DutInfo& dut = record_.grant->assign.dut();
  auto checks = setup_.look(order, dut.title().empty() ? dut.id() : dut.title());
  link::v1::CommandResult result;
  for (const auto& check : checks) *result.add_setup_checks() = check;
  if (!order.dry_run()) {
    link::v1::Event event;
    event.mutable_setup_recorded()->set_member(order.member());
    for (const auto& check : checks) *event.mutable_setup_recorded()->add_checks() = check;
    log_event(std::move(event));
    setup_.record(order, std::move(checks));
    if (energised() && !setup_.check()) {
      emergency({Reason::SetupIncomplete, "the setup is not confirmed any more"});
    }
  }
  answer(command, std::move(result));
}

// Everything that must hold before the bench may energise, the gravest first.
Status Bench::check_arm() const {
  if (const Status granted = check_grant(); !granted) return granted;
  if (record_.latch) {
    return fail(find_reason(record_.latch->reason).value_or(Reason::BenchQuarantined),
                record_.latch->message + "; an operator must look at the bench and clear it",
                {{"bench", id().text()}});
  }
  if (const Status devices = devices_.check_ready(); !devices) return devices;
  if (const Status closed = interlocks_.check(); !closed) return closed;
  if (safe_procedure_.active() || !safe_ || arming_) {
    return fail(Reason::StationBusy, "the bench is being made safe or armed just now");
  }
  if (const Status complete = setup_.check(); !complete) return complete;
  if (disk_low_) return fail(Reason::DiskFull, "the disk is nearly full; no run may begin");
  return limits_.check_readings();
}

void Bench::on_arm(const link::v1::Command& command) {
  if (armed_) return answer(command, check_grant());
  if (const Status allowed = check_arm(); !allowed) return answer(command, allowed);
  arm(command);
}

// From here on every way out leads through the safe state. The plugins know what to do alone
// before the first write.
void Bench::arm(const link::v1::Command& command) {
  arming_ = true;
  const std::uint64_t attempt = ++attempt_;
  ++arm_;
  limits_.set_armed(true);
  schedule_look();
  safe_procedure_.push_profiles(
      "armed", true, record_.fence, arm_, [weak = weak_from_this(), command, attempt](Status ok) {
        const auto self = weak.lock();
        if (!self) return;
        if (!ok || self->attempt_ != attempt) return self->armed(command, attempt, ok);
        self->writer_.allow(self->record_.fence, self->arm_);
        self->writer_.write(self->config_.arm, [bench = self.get(), command, attempt](auto done) {
          bench->armed(command, attempt, done ? Status{} : fail(done.error()));
        });
      });
}

void Bench::armed(const link::v1::Command& command, std::uint64_t attempt, const Status& status) {
  if (attempt != attempt_) {
    return answer(command, fail(Reason::BenchNotArmed,
                                "the bench went to its safe state while it was armed"));
  }
  if (!status) {
    emergency(
        {status.error().reason, "arming failed: " + status.error().message, model::Verdict::Error});
    return answer(command, status);
  }
  arming_ = false;
  armed_ = true;
  link::v1::Event event;
  event.mutable_armed()->set_member(setup_.member());
  log_event(std::move(event));
  answer(command, Status{});
  send_status();
}

}  // namespace benchd::station
