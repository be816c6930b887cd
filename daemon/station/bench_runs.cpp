// Runs, from the order to the sealed recording.
//
// Plan (blocking) → open the recording → the run is in the state file → RunStarted → … → finished
// → safe state → recording sealed → the end in the state file → RunFinished in the journal →
// forgotten. A station that dies in between finds where it was, and reports one end.
#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/station/bench.hpp"
#include "daemon/station/command_result.hpp"
#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

// A journal that does not take the end of a run is asked again.
constexpr Nanoseconds kJournalPatience = std::chrono::seconds(1);

link::v1::RunFinished to_link(const RunOutcome& outcome) {
  link::v1::RunFinished ended;
  ended.set_verdict(static_cast<link::v1::Verdict>(outcome.verdict));
  if (outcome.reason) ended.set_reason(std::string(wire_name(*outcome.reason)));
  ended.set_message(outcome.message);
  ended.set_interrupted(outcome.reason == Reason::RunInterrupted);
  return ended;
}

sequence::Arguments arguments_of(const link::v1::StartRun& order) {
  sequence::Arguments arguments;
  for (const link::v1::Parameter& parameter : order.parameters()) {
    arguments.push_back({parameter.name(), parameter.value()});
  }
  return arguments;
}

void describe_channels(const model::Bench& bench, link::v1::RunDescription& description) {
  for (const model::Channel& channel : bench.channels) {
    auto& info = *description.add_channels();
    info.set_channel(channel.id.text());
    info.set_title(channel.title);
    info.set_unit(channel.unit.code());
    info.set_device(channel.device.text());
    info.set_signal(channel.signal);
    info.set_gain(channel.scale.gain);
    info.set_offset(channel.scale.offset);
    info.set_setpoint(channel.writable && !sample_interval(bench, channel));
    for (const model::ExportColumn& column : bench.columns) {
      if (column.channel == channel.id) info.set_role(column.role);
    }
  }
}

void describe_devices(const model::Station& station,
                      const BenchDevices& devices,
                      link::v1::RunDescription& description) {
  for (const auto& hub : devices.all()) {
    auto& info = *description.add_devices();
    info.set_device(hub->id().text());
    info.set_maker(hub->description().maker());
    info.set_model(hub->description().model());
    info.set_serial(hub->description().serial());
    info.set_firmware(hub->description().firmware());
    if (const model::Device* device = station.find_device(hub->id())) {
      info.set_plugin(device->plugin);
    }
  }
}

}  // namespace

Status Bench::check_start() const {
  if (const Status granted = check_grant(); !granted) return granted;
  if (run_ || planning_) return fail(Reason::RunActive, "a run is active on this bench");
  if (record_.run) {
    return fail(Reason::StationBusy, "the end of an earlier run is still being reported");
  }
  if (disk_low_) return fail(Reason::DiskFull, "the disk is nearly full; no run may begin");
  if (!armed_) return fail(Reason::BenchNotArmed, "bench " + id().text() + " is not armed");
  return {};
}

void Bench::on_start_run(const link::v1::Command& command) {
  if (const Status allowed = check_start(); !allowed) return answer(command, allowed);
  const link::v1::Assign& assign = record_.grant->assign;
  RunRequest request;
  request.sequence_source = command.start_run().sequence_source();
  request.arguments = arguments_of(command.start_run());
  request.environment = sequence::environment_of(config_, assign.layout());
  request.bench = id().text();
  for (const link::v1::Rating& rating : assign.dut().ratings()) {
    if (const auto unit = units::parse_unit(rating.unit())) {
      request.ratings.push_back({rating.name(), rating.value(), *unit});
    }
  }
  for (ChannelIndex i = 0; i < channels_.size(); ++i) {
    const std::string& name = channels_.channel(i).id.text();
    if (channels_.setpoint(i)) request.environment.setpoints[name] = *channels_.setpoint(i);
    if (channels_.zero(i) != 0) request.environment.zeros[name] = channels_.zero(i);
  }
  planning_ = true;
  asio::post(parts_.blocking, [weak = weak_from_this(), strand = strand_, plan = parts_.plan_run,
                               command, request = std::move(request)] {
    auto made = std::make_shared<Result<PlannedRun>>(plan(request));
    asio::post(strand, [weak, command, made] {
      if (const auto self = weak.lock()) self->planned(command, *made);
    });
  });
}

void Bench::planned(const link::v1::Command& command, Result<PlannedRun>& planned) {
  planning_ = false;
  if (!planned) return answer(command, fail(planned.error()));
  if (const Status allowed = check_start(); !allowed) return answer(command, allowed);
  if (clock_.monotonic_now() + planned->predicted > record_.grant->end) {
    return answer(command, fail(Reason::BookingEnding,
                                "the sequence needs more time than the booking has left"));
  }
  auto beginning = std::make_shared<Beginning>();
  beginning->command = command;
  beginning->id = command.start_run().run();
  beginning->member = command.start_run().member();
  beginning->planned = std::move(*planned);
  begin_run(beginning);
}

link::v1::SegmentDescription Bench::describe(const Beginning& beginning) const {
  const link::v1::Assign& assign = record_.grant->assign;
  const link::v1::StartRun& order = beginning.command.start_run();
  link::v1::SegmentDescription segment;
  segment.set_run(beginning.id);
  segment.set_tenant(assign.tenant());
  segment.set_boot_id(parts_.boot_id);
  segment.set_benchd_version(parts_.benchd_version);
  link::v1::RunDescription& run = *segment.mutable_description();
  run.set_booking(assign.booking());
  run.set_member(beginning.member);
  run.set_station(parts_.config.id.text());
  run.set_bench(id().text());
  run.set_kind(config_.kind);
  run.set_layout(assign.layout());
  run.set_mode(beginning.planned.procedure ? "NORMAL" : "MANUAL");
  run.set_config_source(parts_.config.source);
  run.set_config_hash(parts_.config.config_hash);
  run.set_sequence_name(order.sequence_name());
  run.set_sequence_version(order.sequence_version());
  run.set_sequence_source(order.sequence_source());
  run.set_sequence_hash(order.sequence_hash());
  *run.mutable_parameters() = order.parameters();
  *run.mutable_dut() = assign.dut();
  for (const auto& check : setup_.checks()) *run.add_setup_checks() = check;
  run.set_setup_member(setup_.member());
  describe_devices(parts_.config, devices_, run);
  describe_channels(config_, run);
  *run.mutable_start_time() = to_timestamp(clock_.utc_now());
  return segment;
}

void Bench::begin_run(const std::shared_ptr<Beginning>& beginning) {
  const link::v1::Assign& assign = record_.grant->assign;
  const MonotonicTime now = clock_.monotonic_now();
  Run::Parts run{.id = beginning->id,
                 .booking = assign.booking(),
                 .tenant = assign.tenant(),
                 .member = beginning->member,
                 .manual = beginning->planned.procedure == nullptr,
                 .clock = &clock_,
                 .timers = timers_.get(),
                 .events = &events_,
                 .writer = &writer_,
                 .limits = &limits_,
                 .channels = &channels_,
                 .read_now = [this](auto channels,
                                    auto done) { read_now(std::move(channels), std::move(done)); },
                 .recording = nullptr,
                 .started = now};
  run.recording = std::make_unique<RunRecording>(
      RunRecording::Parts{.directory = parts_.recording_directory / beginning->id,
                          .description = describe(*beginning),
                          .strand = strand_,
                          .storage = storage_,
                          .uplink = parts_.uplink,
                          .clock = &clock_,
                          .timers = timers_.get(),
                          .started = now});
  run_ = std::make_unique<Run>(std::move(run));
  run_->recording().open(
      [this, beginning](const Status& status) { recording_opened(beginning, status); },
      [this](const Error& error) { on_recording_failed(error); });
}

void Bench::recording_opened(const std::shared_ptr<Beginning>& beginning, const Status& status) {
  if (!status) {
    answer(beginning->command, status);
    return run_is_closed();
  }
  const link::v1::Assign& assign = record_.grant->assign;
  record_.run = OpenRun{run_->id(), assign.booking(), assign.tenant(), std::nullopt, 0};
  save([this, beginning](const Status& stored) { run_stored(beginning, stored); });
}

void Bench::run_stored(const std::shared_ptr<Beginning>& beginning, const Status& status) {
  if (!status) {
    answer(beginning->command, status);
    record_.run.reset();
    return run_is_closed();
  }
  if (beginning->planned.procedure) limits_.set_run_limits(beginning->planned.procedure->limits());
  safe_procedure_.push_profiles("running", armed_, record_.fence, arm_, nullptr);
  run_->begin(std::move(beginning->planned),
              [this](RunOutcome outcome) { run_finished(std::move(outcome)); });
  renew_presence();
  schedule_look();
  send_status();
  if (beginning->command.has_start_run()) return answer(beginning->command, Status{});
  write_by_hand(beginning->command);
}

void Bench::on_stop_run(const link::v1::Command& command) {
  const link::v1::StopRun& order = command.stop_run();
  if (!run_ || run_->id() != order.run()) {
    return answer(command,
                  fail(Reason::RunNotActive, "run " + order.run() + " is not active on this bench",
                       {{"run", order.run()}}));
  }
  answer(command, Status{});
  if (run_ending_) return;
  const auto verdict = run_->manual() ? model::Verdict::Inconclusive : model::Verdict::Aborted;
  if (order.hard()) {
    return emergency({Reason::RunStopped, "the run was stopped at once", verdict});
  }
  run_->stop({sequence::StopKind::Soft, verdict, Reason::RunStopped, "the run was stopped"});
}

void Bench::on_recording_failed(const Error& error) {
  log::error("bench={} run={} recording failed: {}", id().text(), run_->id(), error.message);
  if (run_ending_) return;
  run_->stop({sequence::StopKind::Soft, model::Verdict::Error, error.reason,
              "the recording failed: " + error.message});
}

void Bench::run_finished(RunOutcome outcome) {
  run_ending_ = true;
  presence_timer_.cancel();
  dead_man_timer_.cancel();
  enter_safe_state({std::nullopt, "the run has ended"},
                   [this, outcome = std::move(outcome)](const link::v1::SafeStateReport& report) {
                     seal_run(outcome, report);
                   });
}

void Bench::seal_run(RunOutcome outcome, const link::v1::SafeStateReport& report) {
  if (!report.proved()) {
    outcome.message +=
        (outcome.message.empty() ? "" : "; ") + std::string("not proved safe: ") + report.message();
    const bool bad =
        outcome.verdict == model::Verdict::Error || outcome.verdict == model::Verdict::Aborted;
    if (!bad) {
      outcome.verdict = model::Verdict::Error;
      outcome.reason = Reason::SafeStateUnproved;
    }
  }
  record_.run->elapsed_ns = run_->elapsed().count();
  link::v1::Event end;
  end.set_run(record_.run->run);
  end.set_booking(record_.run->booking);
  end.set_elapsed_ns(record_.run->elapsed_ns);
  *end.mutable_run_finished() = to_link(outcome);
  run_->recording().append(end);
  run_->recording().finish([this, outcome = std::move(outcome)](const Result<int>& segments) {
    RunOutcome sealed = outcome;
    if (!segments) {
      sealed = {model::Verdict::Error, segments.error().reason,
                "the recording could not be saved: " + segments.error().message};
    }
    end_run(std::move(sealed), segments.value_or(0));
  });
}

void Bench::end_run(RunOutcome outcome, int segments) {
  record_.run->ended = to_link(outcome);
  record_.run->ended->set_segments(segments);
  save([this](const Status& status) {
    if (!status) {
      // The journal may still take it; but what is not on the disk is no PASS.
      record_.run->ended->set_verdict(link::v1::VERDICT_ERROR);
      record_.run->ended->set_reason(std::string(wire_name(Reason::StorageFailed)));
      record_.run->ended->set_message("the end of the run could not be saved");
    }
    report_run_end();
  });
}

void Bench::report_run_end() {
  link::v1::Event event;
  event.set_run(record_.run->run);
  event.set_booking(record_.run->booking);
  event.set_elapsed_ns(record_.run->elapsed_ns);
  *event.mutable_run_finished() = *record_.run->ended;
  events_.append(std::move(event), [this](const Status& status) {
    if (!status) {
      recovery_timer_ = timers_->at(clock_.monotonic_now() + kJournalPatience, [this] {
        if (record_.run && record_.run->ended) report_run_end();
      });
      return;
    }
    record_.run.reset();
    save([this](const Status&) { run_is_closed(); });
  });
}

void Bench::run_is_closed() {
  run_.reset();
  run_ending_ = false;
  limits_.set_run_limits({});
  for (const auto& closed : std::exchange(run_closed_, {})) closed();
  send_status();
}

}  // namespace benchd::station
