#include "daemon/sequence/machine.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "daemon/sequence/machine_impl.hpp"
#include "daemon/sequence/report.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {

using model::Verdict;

namespace {

// A turn of the strand must stay short; the rest is done in the next one, at once.
constexpr int kMostStepsInOneAdvance = 200;

std::int64_t saturated_sum(std::int64_t a, Nanoseconds b) {
  return a > INT64_MAX - b.count() ? INT64_MAX : a + b.count();
}

}  // namespace

MachineImpl::MachineImpl(std::shared_ptr<const Program> program, const Environment& environment)
    : program_(std::move(program)), tick_(std::max(environment.tick, Nanoseconds(1))) {
  state_.set_fingerprint(program_->fingerprint);
  for (const auto& channel : program_->channels) {
    const auto& name = channel.name();
    if (const auto zero = environment.zeros.find(name); zero != environment.zeros.end()) {
      (*state_.mutable_zeros())[name] = zero->second;
    }
    if (!channel.channel.writable) continue;
    const auto setpoint = environment.setpoints.find(name);
    (*state_.mutable_setpoints())[name] =
        setpoint == environment.setpoints.end() ? channel.channel.safe_value : setpoint->second;
  }
}

bool MachineImpl::restore(v1::MachineState state, MonotonicTime now) {
  if (state.fingerprint() != program_->fingerprint) return false;
  const bool under_way = state.phase() == v1::PHASE_STEPS || state.phase() == v1::PHASE_CLEANUP;
  if (under_way == state.stack().empty()) return false;
  if (!std::ranges::all_of(state.stack(), [this](const auto& frame) { return fits(frame); })) {
    return false;
  }
  state_ = std::move(state);
  origin_ = now - Nanoseconds(state_.elapsed_ns());
  return true;
}

// A damaged state is refused rather than followed to a step that is not there.
bool MachineImpl::fits(const v1::Frame& frame) const {
  if (frame.block() >= program_->blocks.size()) return false;
  const auto& block = program_->blocks[frame.block()];
  if (frame.index() >= block.size()) return frame.index() == block.size() && !frame.has_active();
  const auto& kind = block[frame.index()].kind;
  const auto* measure = std::get_if<MeasureStep>(&kind);
  const auto channels = measure != nullptr ? measure->channels.size() : std::size_t{1};
  return !frame.active().has_measure() || frame.active().phase() == kNotSampling ||
         static_cast<std::size_t>(frame.active().measure().channels_size()) == channels;
}

Advance MachineImpl::advance(MonotonicTime now, const Inputs& inputs) {
  out_ = {};
  if (state_.phase() == v1::PHASE_FINISHED) return {};
  if (state_.phase() == v1::PHASE_UNSPECIFIED) origin_ = now;
  in_ = &inputs;
  now_ = std::max(elapsed_of(now), state_.elapsed_ns());
  state_.set_elapsed_ns(now_);
  wake_ns_ = Progress::kNever;
  write_error_.reset();

  if (state_.phase() == v1::PHASE_UNSPECIFIED) begin();
  take_inputs();
  run();

  in_ = nullptr;
  if (state_.phase() != v1::PHASE_FINISHED) {
    wake(next_limit_ns());
    out_.wake_at = origin_ + Nanoseconds(std::max(wake_ns_, now_));
  }
  return std::move(out_);
}

void MachineImpl::begin() {
  state_.set_phase(v1::PHASE_STEPS);
  state_.set_phase_began_ns(now_);
  state_.add_stack()->set_block(Program::kSteps);
}

void MachineImpl::take_inputs() {
  state_.set_durable_token(std::max<std::uint64_t>(state_.durable_token(), in_->durable));
  take_write_results();
  take_stop();
  if (state_.phase() != v1::PHASE_FINISHED) enforce_limits();
}

void MachineImpl::take_write_results() {
  for (const auto& result : in_->writes) {
    if (result.error && result.id == state_.last_write()) take_read_back(result);
    if (result.id != state_.pending_write()) continue;  // of a step that was ended by force
    state_.set_pending_write(0);
    write_error_ = result.error;
  }
}

// Where a refused write left the channels; a ramp in cleanup begins there.
void MachineImpl::take_read_back(const WriteResult& result) {
  for (const auto& value : result.read_back) {
    const auto setpoint = state_.mutable_setpoints()->find(value.channel);
    if (setpoint != state_.mutable_setpoints()->end() && std::isfinite(value.value)) {
      setpoint->second = value.value;
    }
  }
}

void MachineImpl::take_stop() {
  if (!in_->stop) return;
  const auto& stop = *in_->stop;
  const bool error = stop.verdict == Verdict::Error;
  // Once all steps are done, only a fault of the bench takes the verdict away.
  if (!in_cleanup() || error || stop.kind == StopKind::Hard) {
    note_cause(error ? Verdict::Error : Verdict::Aborted, stop.reason, stop.message);
  }
  if (stop.kind == StopKind::Hard) {
    interrupt_all(StepOutcome::Interrupted, stop.message);
    finish();
  } else if (!in_cleanup()) {
    interrupt_all(StepOutcome::Interrupted, stop.message);
    begin_cleanup();
  }
}

const Step& MachineImpl::step_of(const v1::Frame& frame) const {
  return program_->blocks[frame.block()][frame.index()];
}

std::int64_t MachineImpl::next_limit_ns() const {
  const auto phase_limit = in_cleanup() ? program_->cleanup_limit : program_->time_limit;
  auto next = saturated_sum(state_.phase_began_ns(), phase_limit);
  for (const auto& frame : state_.stack()) {
    if (!frame.has_active()) continue;
    const auto& limit = step_of(frame).time_limit;
    if (limit) next = std::min(next, saturated_sum(frame.active().began_ns(), *limit));
  }
  return next;
}

void MachineImpl::enforce_limits() {
  const auto phase_limit = in_cleanup() ? program_->cleanup_limit : program_->time_limit;
  const auto limit_text = units::format_duration(phase_limit);
  if (now_ >= saturated_sum(state_.phase_began_ns(), phase_limit)) {
    if (!in_cleanup()) {
      fail({Reason::RunTimeLimit, "the run was ended after its limit of " + limit_text, {}, {}});
      return;
    }
    const auto message = "cleanup was ended after its limit of " + limit_text;
    note_cause(Verdict::Error, Reason::CleanupTimeLimit, message);
    interrupt_all(StepOutcome::Failed, message);
    finish();
    return;
  }
  for (const auto& frame : state_.stack()) {
    if (!frame.has_active()) continue;
    const auto& step = step_of(frame);
    if (!step.time_limit || now_ < saturated_sum(frame.active().began_ns(), *step.time_limit)) {
      continue;
    }
    fail({Reason::StepTimeLimit,
          step.path + " (" + step.title + ") was ended after its limit of " +
              units::format_duration(*step.time_limit),
          {{"step", step.path}},
          {}});
    return;
  }
}

void MachineImpl::run() {
  for (int i = 0; i < kMostStepsInOneAdvance; ++i) {
    if (state_.phase() == v1::PHASE_FINISHED || !run_once()) return;
  }
  wake(now_);
}

bool MachineImpl::run_once() {
  auto& frame = *state_.mutable_stack()->rbegin();
  if (frame.index() >= program_->blocks[frame.block()].size()) {
    end_of_block();
    return true;
  }
  const auto& step = step_of(frame);
  if (!frame.has_active()) begin_step(frame, step);
  const auto progress = run_step(*frame.mutable_active(), step);
  switch (progress.kind) {
    case Progress::Kind::Waiting:
      wake(progress.wake_ns);
      return false;
    case Progress::Kind::Again:
      return true;
    case Progress::Kind::Done:
      finish_step(StepOutcome::Done, {});
      return true;
    case Progress::Kind::Failed:
      fail(*progress.error);
      return true;
  }
  return false;
}

void MachineImpl::wake(std::int64_t at_ns) { wake_ns_ = std::min(wake_ns_, at_ns); }

void MachineImpl::end_of_block() {
  if (state_.stack_size() > 1) {
    state_.mutable_stack()->RemoveLast();  // the step around it goes on
  } else if (in_cleanup()) {
    finish();
  } else {
    begin_cleanup();
  }
}

void MachineImpl::begin_cleanup() {
  state_.clear_stack();
  state_.set_phase(v1::PHASE_CLEANUP);
  state_.set_phase_began_ns(now_);
  state_.set_pending_write(0);
  write_error_.reset();
  state_.add_stack()->set_block(Program::kCleanup);
  emit(Log{"cleanup begins"});
}

void MachineImpl::finish() {
  Finished finished;
  if (state_.has_cause()) {
    finished.verdict = static_cast<Verdict>(state_.cause().verdict());
    finished.reason = find_reason(state_.cause().reason());
    finished.message = state_.cause().message();
  } else {
    finished.verdict = state_.failed()         ? Verdict::Fail
                       : state_.inconclusive() ? Verdict::Inconclusive
                                               : Verdict::Pass;
    finished.message = state_.judgement();
  }
  state_.set_phase(v1::PHASE_FINISHED);
  state_.clear_stack();
  emit(std::move(finished));
}

void MachineImpl::begin_step(v1::Frame& frame, const Step& step) {
  auto& active = *frame.mutable_active();
  active.set_began_ns(now_);
  active.set_phase_began_ns(now_);
  emit(StepStarted{step.path, step.title, labels(state_.stack_size() - 1), Nanoseconds(now_)});
}

// Of the innermost step that has begun.
void MachineImpl::finish_step(StepOutcome outcome, std::string message) {
  auto& frame = *state_.mutable_stack()->rbegin();
  const auto& step = step_of(frame);
  StepFinished finished;
  finished.token = state_.last_token() + 1;
  finished.path = step.path;
  finished.title = step.title;
  finished.labels = labels(state_.stack_size() - 1);
  finished.outcome = outcome;
  finished.message = std::move(message);
  finished.rows = std::move(output_.rows);
  finished.checks = std::move(output_.checks);
  finished.log = std::move(output_.log);
  finished.begin_elapsed = Nanoseconds(frame.active().began_ns());
  finished.end_elapsed = Nanoseconds(now_);
  output_ = {};
  state_.set_last_token(finished.token);
  frame.clear_active();
  frame.set_index(frame.index() + 1);
  emit(std::move(finished));
}

// Ends every step that has begun, the innermost first; the outermost list stays.
void MachineImpl::interrupt_all(StepOutcome innermost, const std::string& message) {
  auto outcome = innermost;
  while (state_.stack_size() > 0) {
    const auto& frame = *state_.stack().rbegin();
    if (frame.has_active()) {
      if (frame.active().has_measure() && frame.active().phase() == kSampling) {
        const auto& step = step_of(frame);
        if (const auto* measure = std::get_if<MeasureStep>(&step.kind)) {
          request_samples(false, measure->channels);
        } else if (const auto* zero = std::get_if<ZeroStep>(&step.kind)) {
          request_samples(false, {zero->channel});
        }
      }
      output_ = {};
      finish_step(outcome, message);
      outcome = StepOutcome::Interrupted;
    }
    if (state_.stack_size() == 1) return;
    state_.mutable_stack()->RemoveLast();
  }
}

// In the steps an error leads to cleanup; in cleanup the next step of it is done all the same: that
// a ramp down failed is no reason to leave the supply on.
void MachineImpl::fail(const Error& error) {
  note_cause(Verdict::Error, error.reason, error.message);
  interrupt_all(StepOutcome::Failed, error.message);
  state_.set_pending_write(0);
  write_error_.reset();
  if (!in_cleanup()) begin_cleanup();
}

void MachineImpl::note_cause(Verdict verdict, Reason reason, std::string message) {
  auto& cause = *state_.mutable_cause();
  const bool stronger =
      verdict == Verdict::Error && cause.verdict() == static_cast<int>(Verdict::Aborted);
  if (cause.verdict() != 0 && !stronger) return;
  cause.set_verdict(static_cast<int>(verdict));
  cause.set_reason(std::string(wire_name(reason)));
  cause.set_message(std::move(message));
}

std::vector<model::RowLabel> MachineImpl::labels(int depth) const {
  std::vector<model::RowLabel> labels;
  for (int i = 0; i < depth; ++i) {
    const auto& frame = state_.stack(i);
    if (!frame.active().has_sweep()) continue;
    const auto* sweep = std::get_if<SweepStep>(&step_of(frame).kind);
    const auto& state = frame.active().sweep();
    const auto index = static_cast<int>(state.index());
    if (sweep == nullptr || index >= state.levels_size()) continue;
    const auto& channel = program_->channels[sweep->channel];
    labels.push_back(
        {sweep->as, channel.scale.from_si(state.levels(index)), channel.channel.unit.code()});
  }
  return labels;
}

// ---- the public face ----------------------------------------------------------------------------

Machine::Machine(std::unique_ptr<MachineImpl> impl) : impl_(std::move(impl)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

Result<Machine> Machine::create(const config::v1::Sequence& sequence,
                                const Arguments& arguments,
                                const Environment& environment) {
  auto compilation = compile(sequence, arguments, &environment);
  if (auto status = status_of(compilation.problems); !status) {
    return benchd::fail(std::move(status.error()));
  }
  auto program = std::make_shared<const Program>(std::move(compilation.program));
  return Machine(std::make_unique<MachineImpl>(std::move(program), environment));
}

Result<Machine> Machine::restore(std::string_view saved,
                                 const config::v1::Sequence& sequence,
                                 const Arguments& arguments,
                                 const Environment& environment,
                                 MonotonicTime now) {
  auto machine = create(sequence, arguments, environment);
  if (!machine) return machine;
  v1::MachineState state;
  if (!state.ParseFromArray(saved.data(), static_cast<int>(saved.size())) ||
      !machine->impl_->restore(std::move(state), now)) {
    return benchd::fail(Reason::InvalidArgument,
                        "the stored state belongs to another sequence or other parameters");
  }
  return machine;
}

Advance Machine::advance(MonotonicTime now, const Inputs& inputs) {
  return impl_->advance(now, inputs);
}

std::string Machine::save() const { return impl_->state().SerializeAsString(); }

bool Machine::finished() const { return impl_->state().phase() == v1::PHASE_FINISHED; }

Nanoseconds Machine::elapsed() const { return Nanoseconds(impl_->state().elapsed_ns()); }

int Machine::steps_done() const { return static_cast<int>(impl_->state().last_token()); }

std::string Machine::current_path() const {
  const auto& stack = impl_->state().stack();
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
    if (frame->has_active()) return impl_->program().blocks[frame->block()][frame->index()].path;
  }
  return {};
}

std::vector<ChannelValue> Machine::setpoints() const {
  std::vector<ChannelValue> values;
  for (const auto& channel : impl_->program().channels) {
    const auto found = impl_->state().setpoints().find(channel.name());
    if (found != impl_->state().setpoints().end()) values.push_back({found->first, found->second});
  }
  return values;
}

const std::vector<model::Limit>& Machine::limits() const { return impl_->program().limits; }

StopRequest stop_by_limit(const model::Limit& limit, double value) {
  const bool above = limit.max && value > *limit.max;
  const auto bound = above ? *limit.max : limit.min.value_or(value);
  StopRequest stop;
  stop.kind = limit.action == model::LimitAction::Abort ? StopKind::Soft : StopKind::Hard;
  stop.reason = Reason::LimitTripped;
  stop.message = fmt::format("{} is {}, {} the limit \"{}\" of {}", limit.channel.text(),
                             units::format_number(value), above ? "above" : "below", limit.id,
                             units::format_number(bound));
  return stop;
}

}  // namespace benchd::sequence
