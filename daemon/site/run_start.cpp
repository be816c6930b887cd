#include "daemon/site/run_start.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/ids.hpp"
#include "daemon/site/authorize.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/present.hpp"
#include "daemon/site/test_time.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::site {

namespace {

constexpr auto kOperation = access::Operation::StartRun;

// The value of `name` in the later list counts.
void replace_by(const std::vector<model::ParameterValue>& later,
                std::vector<model::ParameterValue>& parameters) {
  for (const auto& value : later) {
    const auto found = std::ranges::find(parameters, value.name, &model::ParameterValue::name);
    if (found == parameters.end()) {
      parameters.push_back(value);
    } else {
      found->value = value.value;
    }
  }
}

std::vector<model::ParameterValue> values_of(
    const google::protobuf::RepeatedPtrField<v1::ParameterValue>& parameters) {
  std::vector<model::ParameterValue> values;
  for (const auto& parameter : parameters) values.push_back({parameter.name(), parameter.value()});
  return values;
}

google::protobuf::RepeatedPtrField<v1::ParameterValue> messages_of(
    const std::vector<model::ParameterValue>& values) {
  google::protobuf::RepeatedPtrField<v1::ParameterValue> parameters;
  for (const auto& value : values) {
    auto* added = parameters.Add();
    added->set_name(value.name);
    added->set_value(value.value);
  }
  return parameters;
}

}  // namespace

RunStart::RunStart(SiteContext& context,
                   access::Caller caller,
                   v1::StartRunRequest request,
                   Reply<v1::StartRunResponse> reply)
    : context_(context),
      caller_(std::move(caller)),
      request_(std::move(request)),
      reply_(std::move(reply)) {}

void RunStart::give_up(Error error) { reply_(fail(std::move(error))); }

void RunStart::begin() {
  const auto& object = request_.booking().empty() ? request_.again() : request_.booking();
  const auto booking = parse_booking(request_.booking());
  const auto again = parse_run(request_.again());
  const bool named = (booking || request_.booking().empty()) && (again || request_.again().empty());
  if (!named || (!booking && !again)) {
    const auto& error = request_.booking().empty() ? again.error() : booking.error();
    return give_up(refused(context_, caller_, kOperation, object, error));
  }
  tenant_ = booking ? booking->tenant : again->tenant;
  if (auto may = authorize(context_, caller_, kOperation, tenant_, object); !may) {
    return give_up(may.error());
  }
  auto call = make_call(context_, caller_, kOperation, request_);
  if (!call) return give_up(call.error());
  auto revision = revision_of(request_.etag());
  if (!revision) return give_up(revision.error());
  call_ = std::move(*call);
  revision_ = *revision;
  if (booking) booking_id_ = booking->id;
  if (again) return read_again(*again);
  read_booking();
}

void RunStart::read_again(const RunName& again) {
  context_.store.get_run({.tenant = tenant_, .run = again.id},
                         context_.posted([self = shared_from_this()](Result<store::RunRecord> run) {
                           if (!run) return self->give_up(run.error());
                           if (self->booking_id_.empty()) self->booking_id_ = run->run.booking;
                           self->again_ = std::move(*run);
                           self->read_booking();
                         }));
}

void RunStart::read_booking() {
  context_.store.get_booking(
      {.tenant = tenant_, .booking = booking_id_},
      context_.posted([self = shared_from_this()](Result<store::BookingRecord> booking) {
        if (!booking) return self->give_up(booking.error());
        self->booking_ = std::move(*booking);
        self->choose_bench();
      }));
}

void RunStart::choose_bench() {
  const auto bench = site::choose_bench(context_, *booking_, request_.bench());
  if (!bench) return give_up(bench.error());
  if (auto same = check_revision(*booking_, revision_); !same) return give_up(same.error());
  if (auto usable = check_usable(*booking_, context_.clock.utc_now()); !usable) {
    return give_up(usable.error());
  }
  view_ = context_.stations.find_bench(*bench);
  if (!view_) return give_up(unknown_bench(request_.bench()));
  read_plan();
}

void RunStart::read_plan() {
  const auto& site = context_.config.id;
  const auto& booking = booking_->booking;
  PlanNames names{request_.sequence(), request_.sequence_version(), request_.dut()};
  if (again_ && again_->run.sequence.id.empty() && names.sequence.empty()) {
    return give_up(invalid("again", "that run was direct control, no sequence to repeat"));
  }
  const auto take = [&](const model::SequenceRef& sequence) {
    if (names.sequence.empty()) {
      names.sequence = sequence_name(site, sequence);
      if (names.version == 0) names.version = sequence.version;
    }
  };
  if (again_ && !again_->run.sequence.id.empty()) take(again_->run.sequence);
  if (booking.sequence) take(*booking.sequence);
  const auto dut = again_ && again_->run.dut ? again_->run.dut : booking.dut;
  if (names.dut.empty() && dut) names.dut = dut_name(tenant_, *dut);
  if (booking.dut && names.dut != dut_name(tenant_, *booking.dut)) {
    return give_up(invalid("dut", "the booking and its setup are for DUT " + booking.dut->text() +
                                      "; another one needs a booking of its own"));
  }
  if (names.sequence.empty()) {
    return give_up(invalid("sequence", "the booking has none; name one"));
  }
  parameters_ = again_ ? again_->run.parameters : booking.parameters;
  replace_by(values_of(request_.parameters()), parameters_);
  load_plan(context_, tenant_, names, [self = shared_from_this()](Result<TestPlan> plan) {
    if (!plan) return self->give_up(plan.error());
    self->check(*plan);
  });
}

void RunStart::check(const TestPlan& plan) {
  const auto findings = check_sequence({.source = plan.sequence->source,
                                        .file = plan.sequence->file,
                                        .parameters = read_parameters(messages_of(parameters_)),
                                        .bench = view_->bench,
                                        .layout = layout_of(*booking_, view_->bench->id),
                                        .dut = plan.dut ? &plan.dut->dut : nullptr});
  diagnostics_ = findings.diagnostics;
  if (!findings.status) return give_up(findings.status.error());
  if (auto time = check_time(findings.report.expected); !time) return give_up(time.error());
  if (auto armed = check_armed(*booking_, view_->bench->id); !armed) return give_up(armed.error());
  store_run(plan, findings);
}

Status RunStart::check_time(Nanoseconds expected) const {
  const auto left = booking_->booking.interval.end - context_.clock.utc_now();
  if (expected <= left) return {};
  const auto needs = rounded_text(expected);
  const auto has = units::format_duration(
      std::max(std::chrono::floor<std::chrono::seconds>(left), std::chrono::seconds{}));
  return fail(Reason::BookingEnding,
              "The sequence needs " + needs + ", the booking has " + has + " left.",
              {{"needs", needs}, {"left", has}});
}

model::Run RunStart::run_of(const TestPlan& plan, const SequenceFindings& findings) const {
  model::Run run;
  run.id = RunId{new_random_id("r-")};
  run.tenant = tenant_;
  run.member = caller_.member;
  run.booking = booking_->booking.id;
  run.bench = view_->bench->id;
  run.layout = layout_of(*booking_, run.bench);
  run.sequence = plan.sequence->ref;
  run.sequence_hash = plan.sequence->hash;
  run.parameters = parameters_;
  if (plan.dut) run.dut = plan.dut->dut.id;
  if (again_) run.again_of = again_->run.id;
  run.external_id = request_.external_id();
  run.steps_total = findings.report.step_count;
  run.predicted = findings.report.expected;
  run.config_hash = view_->station->config_hash;
  return run;
}

link::v1::Command RunStart::command_of(const TestPlan& plan, const model::Run& run) const {
  link::v1::Command command;
  command.set_command_id(command_id_);
  command.set_bench(run.bench.text());
  command.set_config_hash(run.config_hash);
  auto& start = *command.mutable_start_run();
  start.set_run(run.id.text());
  start.set_sequence_source(plan.sequence->source);
  start.set_sequence_hash(plan.sequence->hash);
  start.set_sequence_name(run.sequence.id.text());
  start.set_sequence_version(run.sequence.version);
  start.set_member(run.member.text());
  for (const auto& value : parameters_) {
    auto* parameter = start.add_parameters();
    parameter->set_name(value.name);
    parameter->set_value(value.value);
  }
  return command;
}

void RunStart::store_run(const TestPlan& plan, const SequenceFindings& findings) {
  command_id_ = new_random_id("c-");
  auto run = run_of(plan, findings);
  auto command = command_of(plan, run);
  context_.store.create_run(
      {.call = call_,
       .run = std::move(run),
       .attended = booking_->booking.attendance == model::Attendance::Attended,
       .sequence_source = plan.sequence->source,
       .booking_revision = revision_,
       .command = std::move(command)},
      context_.posted([self = shared_from_this()](Result<store::RunRecord> created) {
        if (!created) return self->give_up(created.error());
        if (self->call_.validate_only) return self->answer(*created);
        self->order(*created);
      }));
}

void RunStart::order(const store::RunRecord& run) {
  // A repeated call finds no row of this id: the first call has ordered it.
  context_.store.list_pending_commands(
      {.station = view_->station->id},
      context_.posted(
          [self = shared_from_this(), run](Result<std::vector<store::CommandRecord>> pending) {
            if (!pending) return self->give_up(pending.error());
            for (const auto& command : *pending) {
              if (command.command.command_id() != self->command_id_) continue;
              return self->context_.stations.order(
                  command, [self, run](const Result<link::v1::CommandResult>& result) {
                    self->after_order(run, result);
                  });
            }
            self->answer(run);
          }));
}

void RunStart::after_order(const store::RunRecord& run,
                           const Result<link::v1::CommandResult>& result) {
  const auto done = result ? status_of(*result) : Status{fail(result.error())};
  // A station that is away for a moment gets the order when it is there again.
  if (done || done.error().reason == Reason::BenchOffline) return answer(run);
  context_.store.interrupt_run(
      {.call = site_call(context_, kOperation),
       .run = run.run.id,
       .reason = std::string{wire_name(done.error().reason)},
       .message = done.error().message},
      context_.posted([self = shared_from_this(), error = done.error()](
                          const Result<store::RunRecord>&) { self->give_up(error); }));
}

void RunStart::answer(const store::RunRecord& run) {
  v1::StartRunResponse response;
  *response.mutable_run() = present_run(context_.config, run, access::Reach::Own);
  put_duration(run.run.predicted, *response.mutable_predicted_duration());
  for (const auto& diagnostic : diagnostics_) *response.add_diagnostics() = diagnostic;
  reply_(std::move(response));
}

}  // namespace benchd::site
