#include "daemon/site/write_session.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/base/ids.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/setpoints.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

using std::chrono::seconds;

namespace {

constexpr int kMostSetpoints = 100;
constexpr Nanoseconds kUsualDeadMan = seconds{10};
constexpr Nanoseconds kShortestDeadMan = seconds{1};
constexpr Nanoseconds kLongestDeadMan = seconds{60};

Result<Nanoseconds> read_dead_man(const v1::WriteChannelsRequest& request) {
  if (!request.has_dead_man_duration()) return kUsualDeadMan;
  const auto time = read_duration(request.dead_man_duration());
  if (time && *time >= kShortestDeadMan && *time <= kLongestDeadMan) return *time;
  return fail(invalid("dead_man_duration", "from 1 s to 60 s"));
}

}  // namespace

WriteSession::WriteSession(SiteContext& context,
                           MemberId member,
                           BookingCall begun,
                           v1::WriteChannelsRequest request,
                           Opened opened,
                           Reply<Response> reply)
    : context_(context),
      member_(std::move(member)),
      begun_(std::move(begun)),
      request_(std::move(request)),
      opened_(std::move(opened)),
      reply_(std::move(reply)) {}

void WriteSession::give_up(Error error) { reply_(fail(std::move(error))); }

void WriteSession::begin() {
  const auto dead_man = read_dead_man(request_);
  if (!dead_man) return give_up(dead_man.error());
  dead_man_ = *dead_man;
  if (request_.setpoints().empty()) {
    return give_up(invalid("setpoints", "is empty; name a channel and its value"));
  }
  if (request_.setpoints_size() > kMostSetpoints) {
    return give_up(invalid("setpoints", "at most 100 at a time"));
  }
  context_.store.get_booking(
      {.tenant = begun_.name.tenant, .booking = begun_.name.id},
      context_.posted([self = shared_from_this()](Result<store::BookingRecord> record) {
        if (!record) return self->give_up(record.error());
        self->booking_ = std::move(*record);
        self->check_booking();
      }));
}

void WriteSession::check_booking() {
  auto status = check_usable(booking_, context_.clock.utc_now());
  if (!status) return give_up(status.error());
  const auto bench = choose_bench(context_, booking_, request_.bench());
  if (!bench) return give_up(bench.error());
  if (status = check_online(context_, booking_); !status) return give_up(status.error());
  view_ = context_.stations.find_bench(*bench);
  if (!view_) return give_up(unknown_bench(request_.bench()));
  read_dut();
}

void WriteSession::read_dut() {
  if (!booking_.booking.dut) return check_values(nullptr);
  context_.store.get_dut(
      {.tenant = begun_.name.tenant, .dut = *booking_.booking.dut},
      context_.posted([self = shared_from_this()](const Result<store::DutRecord>& record) {
        if (!record) return self->give_up(record.error());
        self->check_values(&record->dut);
      }));
}

void WriteSession::check_values(const model::Dut* dut) {
  const auto& bench = view_->bench->id;
  auto writes =
      read_setpoints(request_.setpoints(), *view_->bench, layout_of(booking_, bench), dut);
  if (!writes) return give_up(writes.error());
  writes_ = std::move(*writes);
  if (auto armed = check_armed(booking_, bench); !armed) return give_up(armed.error());
  find_run();
}

void WriteSession::find_run() {
  if (!booking_.active_run) return create_run();
  context_.store.get_run(
      {.tenant = begun_.name.tenant, .run = *booking_.active_run},
      context_.posted([self = shared_from_this()](const Result<store::RunRecord>& run) {
        if (!run) return self->give_up(run.error());
        self->use_run(*run);
      }));
}

void WriteSession::use_run(const store::RunRecord& run) {
  if (run.run.bench != view_->bench->id) return create_run();
  if (run.run.mode != model::RunMode::Manual) return give_up(check_idle(booking_).error());
  if (begun_.call.validate_only) return answer(run.run.id, {});
  write(run.run.id, false);
}

// The order itself is no row of the store: a value that was meant for now is never written later.
void WriteSession::create_run() {
  model::Run run;
  run.id = RunId{new_random_id("r-")};
  run.tenant = begun_.name.tenant;
  run.member = member_;
  run.booking = begun_.name.id;
  run.bench = view_->bench->id;
  run.layout = layout_of(booking_, run.bench);
  run.mode = model::RunMode::Manual;
  run.dut = booking_.booking.dut;
  run.config_hash = view_->station->config_hash;
  context_.store.create_run(
      {.call = step_of(begun_.call),
       .run = std::move(run),
       .attended = booking_.booking.attendance == model::Attendance::Attended,
       .sequence_source = {},
       .booking_revision = std::nullopt,
       .command = std::nullopt},
      context_.posted([self = shared_from_this()](const Result<store::RunRecord>& created) {
        if (!created) return self->give_up(created.error());
        if (self->begun_.call.validate_only) return self->answer({}, {});
        self->write(created->run.id, true);
      }));
}

void WriteSession::write(const RunId& run, bool first) {
  link::v1::Command command;
  auto& order = *command.mutable_write_channels();
  order.set_run(run.text());
  order.set_member(member_.text());
  order.set_dead_man_ns(dead_man_.count());
  for (const auto& write : writes_) {
    auto* value = order.add_values();
    value->set_channel(write.channel.text());
    value->set_value(write.value);
  }
  context_.stations.ask(
      view_->bench->id, std::move(command),
      [self = shared_from_this(), run, first](const Result<link::v1::CommandResult>& result) {
        self->after_write(run, first, result);
      });
}

void WriteSession::after_write(const RunId& run,
                               bool first,
                               const Result<link::v1::CommandResult>& result) {
  const auto done = result ? status_of(*result) : Status{fail(result.error())};
  if (!done && first) return close_run(run, done.error());
  if (!done) return give_up(done.error());
  opened_(view_->bench->id, run, dead_man_);
  answer(run, *result);
}

void WriteSession::close_run(const RunId& run, Error error) {
  context_.store.get_run(
      {.tenant = begun_.name.tenant, .run = run},
      context_.posted([self = shared_from_this(), error](const Result<store::RunRecord>& record) {
        const bool began = record && record->run.state != model::RunState::Pending;
        if (!record || began) return self->give_up(error);
        // Should the station have begun it all the same, its events tell how it really ended.
        self->context_.store.interrupt_run(
            {.call = site_call(self->context_, access::Operation::WriteChannels),
             .run = record->run.id,
             .reason = std::string{wire_name(error.reason)},
             .message = error.message},
            self->context_.posted(
                [self, error](const Result<store::RunRecord>&) { self->give_up(error); }));
      }));
}

void WriteSession::answer(const RunId& run, const link::v1::CommandResult& result) {
  Response response;
  for (const auto& reading : result.readings()) {
    *response.add_readings() = present_reading(reading, view_->utc_offset);
  }
  if (!run.empty()) response.set_run(run_name(begun_.name.tenant, run));
  if (!begun_.call.validate_only) {
    const auto expires =
        context_.clock.utc_now() + std::chrono::duration_cast<std::chrono::microseconds>(dead_man_);
    put_time(expires, *response.mutable_dead_man_expire_time());
  }
  reply_(std::move(response));
}

}  // namespace benchd::site
