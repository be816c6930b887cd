#include "daemon/station/run.hpp"

#include <utility>

#include "daemon/station/samples.hpp"
#include "daemon/station/step_event.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kPollInterval = std::chrono::milliseconds(100);

}  // namespace

Run::Run(Parts parts) : parts_(std::move(parts)), self_(std::make_shared<Run*>(this)) {}

Nanoseconds Run::elapsed() const { return elapsed_at(parts_.clock->monotonic_now()); }

Nanoseconds Run::elapsed_at(MonotonicTime time) const { return time - parts_.started; }

void Run::log_event(link::v1::Event event, EventLog::Durable durable) {
  event.set_run(parts_.id);
  event.set_booking(parts_.booking);
  event.set_elapsed_ns(elapsed().count());
  parts_.recording->append(parts_.events->append(std::move(event), std::move(durable)));
}

void Run::record_zero(ChannelIndex channel) {
  link::v1::ZeroRecord record;
  record.set_channel(parts_.channels->channel(channel).id.text());
  record.set_offset(parts_.channels->zero(channel));
  record.set_elapsed_ns(elapsed().count());
  parts_.recording->append(record);
}

void Run::begin(PlannedRun planned, std::function<void(RunOutcome)> finished) {
  procedure_ = std::move(planned.procedure);
  predicted_ = planned.predicted;
  steps_total_ = planned.steps_total;
  finished_ = std::move(finished);
  link::v1::Event event;
  event.mutable_run_started()->set_predicted_ns(predicted_.count());
  event.mutable_run_started()->set_steps_total(steps_total_);
  log_event(std::move(event));
  for (ChannelIndex i = 0; i < parts_.channels->size(); ++i) {
    if (parts_.channels->zero(i) != 0) record_zero(i);
  }
  wake_timer_ = parts_.timers->at(parts_.clock->monotonic_now(), [this] {
    if (stop_ && !procedure_) return stop(*stop_);
    pump();
  });
}

void Run::stop(sequence::StopRequest request) {
  if (over()) return;
  if (!begun()) {
    stop_ = std::move(request);
    return;
  }
  const RunOutcome outcome{request.verdict, request.reason, request.message};
  if (!procedure_) return end(outcome);
  const bool hard = request.kind == sequence::StopKind::Hard;
  stop_ = std::move(request);
  pump();
  if (hard && !over()) end(outcome);
}

void Run::accept(ChannelIndex channel, const sequence::SampleBlock& view) {
  if (procedure_ && begun() && requested_.contains(channel)) pump({&view, 1});
}

void Run::pump(std::span<const sequence::SampleBlock> samples) {
  if (over() || !procedure_) return;
  sequence::Inputs inputs;
  const auto results = std::exchange(write_results_, {});
  inputs.readings = parts_.channels;
  inputs.samples = samples;
  inputs.writes = results;
  inputs.durable = durable_;
  inputs.stop = std::exchange(stop_, std::nullopt);
  const MonotonicTime now = parts_.clock->monotonic_now();
  sequence::Advance advance = procedure_->advance(now, inputs);
  for (sequence::Action& action : advance.actions) {
    std::visit([this](auto& each) { carry_out(each); }, action);
  }
  wake_timer_.cancel();
  if (advance.wake_at && !over()) {
    wake_timer_ = parts_.timers->at(*advance.wake_at, [this] { pump(); });
  }
}

void Run::carry_out(sequence::Write& write) {
  std::vector<model::ChannelWrite> values;
  Status allowed;
  for (const sequence::ChannelValue& value : write.values) {
    const auto index = parts_.channels->find(value.channel);
    if (!index) {
      allowed = fail(Reason::UnknownChannel, "the bench has no channel " + value.channel);
      break;
    }
    if (allowed) allowed = parts_.limits->check_setpoint(*index, value.value);
    values.push_back({ChannelId(value.channel), value.value});
  }
  const auto answer = [weak = std::weak_ptr(self_), id = write.id](const auto& done) {
    const auto self = weak.lock();
    if (!self) return;
    sequence::WriteResult result{.id = id, .error = std::nullopt, .read_back = {}};
    done ? void(result.read_back = *done) : void(result.error = done.error());
    (*self)->write_results_.push_back(std::move(result));
    (*self)->pump();
  };
  if (allowed) return parts_.writer->write(std::move(values), answer);
  parts_.writer->refuse(allowed.error(), answer);
}

void Run::carry_out(sequence::SampleRequest& request) {
  for (const std::string& name : request.channels) {
    const auto index = parts_.channels->find(name);
    if (!index) continue;
    request.start ? void(requested_.insert(*index)) : void(requested_.erase(*index));
  }
  if (request.start) poll();
}

// Channels without a rate are read now and again while a step takes samples of them.
void Run::poll() {
  poll_timer_.cancel();
  std::vector<ChannelIndex> wanted;
  for (const ChannelIndex index : requested_) {
    if (!parts_.channels->sampled(index)) wanted.push_back(index);
  }
  if (wanted.empty() || over()) return;
  poll_timer_ =
      parts_.timers->at(parts_.clock->monotonic_now() + kPollInterval, [this] { poll(); });
  parts_.read_now(std::move(wanted), [] {});
}

void Run::carry_out(sequence::StoreZero& zero) {
  const auto index = parts_.channels->find(zero.channel);
  if (!index) return;
  parts_.channels->set_zero(*index, zero.offset);
  record_zero(*index);
}

void Run::carry_out(sequence::StepStarted& step) {
  step_ = step.title;
  link::v1::Event event;
  event.mutable_step_started()->set_path(step.path);
  event.mutable_step_started()->set_title(step.title);
  event.mutable_step_started()->set_number(procedure_->steps_done() + 1);
  log_event(std::move(event));
}

void Run::carry_out(sequence::StepFinished& step) {
  for (const std::string& line : step.log) {
    link::v1::Event event;
    event.mutable_run_log()->set_text(line);
    log_event(std::move(event));
  }
  link::v1::Event event;
  *event.mutable_step_finished() = to_link(step, procedure_->steps_done());
  log_event(std::move(event),
            [weak = std::weak_ptr(self_), token = step.token](const Status& status) {
              if (const auto self = weak.lock()) (*self)->step_is_durable(token, status);
            });
}

void Run::step_is_durable(sequence::StepToken token, const Status& status) {
  if (over()) return;
  if (!status) {
    return stop({sequence::StopKind::Soft, model::Verdict::Error, Reason::StorageFailed,
                 "a step's result could not be saved: " + status.error().message});
  }
  durable_ = std::max(durable_, token);
  pump();
}

void Run::carry_out(sequence::Log& log) {
  link::v1::Event event;
  event.mutable_run_log()->set_text(log.text);
  log_event(std::move(event));
}

void Run::carry_out(sequence::Finished& finished) {
  end({finished.verdict, finished.reason, finished.message});
}

void Run::end(RunOutcome outcome) {
  if (over()) return;
  outcome_ = outcome;
  wake_timer_.cancel();
  poll_timer_.cancel();
  requested_.clear();
  std::exchange(finished_, nullptr)(std::move(outcome));
}

void Run::fill(link::v1::BenchStatus& status) const {
  status.set_run(parts_.id);
  status.set_step(step_);
  status.set_steps_done(procedure_ ? procedure_->steps_done() : 0);
  status.set_steps_total(steps_total_);
  status.set_elapsed_ns(elapsed().count());
  status.set_remaining_ns(std::max(predicted_ - elapsed(), Nanoseconds{}).count());
}

}  // namespace benchd::station
