#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/sequence/machine_impl.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {

using model::Verdict;

namespace {

// How long cleanup waits for the record: a full disk must not keep a motor running.
constexpr std::int64_t kPatienceInCleanup = 1'000'000'000;
// Phases of a sweep. Those of the other kinds: 0 not yet written or requested, 1 awaiting.
enum SweepPhase { kBeginLevel, kMoving, kSettling, kInside };

// In which value and bounds are shown: N/W where the limit says so, not N/V/A of the formula.
units::Unit shown_unit(const CheckStep& step) {
  if (step.value.type.kind == TypeKind::Boolean) return {};
  if (step.min) return step.min->type.unit;
  return step.max ? step.max->type.unit : step.value.type.unit;
}

}  // namespace

// What names stand for while the machine runs.
class RunNames final : public Names<double> {
 public:
  explicit RunNames(const MachineImpl& machine) : machine_(machine) {}

  [[nodiscard]] NumberValue find(std::string_view name) const override {
    if (name.find('.') != std::string_view::npos) return result(name);
    if (const auto value = variable(name)) return *value;
    const auto& program = *machine_.program_;
    const auto parameter = program.parameters.find(name);
    if (parameter != program.parameters.end()) return parameter->second.value;
    return reading(name);
  }

 private:
  [[nodiscard]] NumberValue result(std::string_view name) const {
    const auto& results = machine_.state_.results();
    const auto found = results.find(std::string(name));
    return found == results.end() ? kNan : found->second;
  }

  [[nodiscard]] std::optional<double> variable(std::string_view name) const {
    const auto& stack = machine_.state_.stack();
    for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
      if (!frame->active().has_sweep()) continue;
      const auto* sweep = std::get_if<SweepStep>(&machine_.step_of(*frame).kind);
      const auto& state = frame->active().sweep();
      const auto index = static_cast<int>(state.index());
      if (sweep != nullptr && sweep->as == name && index < state.levels_size()) {
        return state.levels(index);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] NumberValue reading(std::string_view name) const {
    const auto channel = machine_.program_->find_channel(name);
    if (!channel || machine_.in_ == nullptr || machine_.in_->readings == nullptr) return kNan;
    const auto latest = machine_.in_->readings->latest(name);
    if (!latest || !latest->good) return kNan;
    return machine_.program_->channels[*channel].scale.to_si(latest->value);
  }

  const MachineImpl& machine_;
};

// ---- evaluating ---------------------------------------------------------------------------------

NumberValue MachineImpl::value_of(const Formula& formula) const {
  const auto& root = formula.expression.root();
  if (root.kind == NodeKind::Number || root.kind == NodeKind::Boolean) return root.si;
  const RunNames names(*this);
  ValueDomain<double> numbers(names);
  return evaluate(formula.expression, numbers);
}

Result<std::int64_t> MachineImpl::duration_of(const Formula& formula) const {
  const double nanoseconds = number_of(formula) * kNanosecondsPerSecond;
  constexpr double kLongest = 9e18;
  if (nanoseconds >= 0 && nanoseconds < kLongest) return std::llround(nanoseconds);
  return benchd::fail(Reason::OutOfRange,
                      formula.path + ": \"" + formula.expression.text() + "\" gives no duration");
}

std::string MachineImpl::text_of(const Formula& formula) const {
  const auto value = value_of(formula);
  if (formula.type.kind == TypeKind::Word) return value.word;
  if (std::isnan(value.scalar)) return "no value";
  if (formula.type.kind == TypeKind::Boolean) return value.scalar == 1 ? "true" : "false";
  return units::format({SiScale(formula.type.unit).from_si(value.scalar), formula.type.unit});
}

// ---- writing ------------------------------------------------------------------------------------

bool MachineImpl::may_write() const {
  if (state_.pending_write() != 0) return false;
  if (state_.durable_token() >= state_.last_token()) return true;
  return in_cleanup() && now_ >= state_.phase_began_ns() + kPatienceInCleanup;
}

Progress MachineImpl::wait_to_write() const {
  const bool impatient = in_cleanup() && state_.pending_write() == 0;
  return Progress::waiting(impatient ? state_.phase_began_ns() + kPatienceInCleanup
                                     : Progress::kNever);
}

Result<double> MachineImpl::in_range(ChannelIndex index, double value) const {
  const auto& channel = program_->channels[index].channel;
  constexpr double kRounding = 1e-9;
  const auto slack = [](double bound) { return kRounding * std::max(1e-3, std::fabs(bound)); };
  const auto refuse = [&](const std::string& why) {
    return benchd::fail(Reason::OutOfRange, channel.id.text() + " was not written: " + why,
                        {{"channel", channel.id.text()}});
  };
  if (!std::isfinite(value)) return refuse("the expression has no value");
  const auto text = units::format({value, channel.unit});
  if (channel.min && value < *channel.min) {
    if (value >= *channel.min - slack(*channel.min)) return *channel.min;
    return refuse(text + " is below its least value " +
                  units::format({*channel.min, channel.unit}));
  }
  if (channel.max && value > *channel.max) {
    if (value <= *channel.max + slack(*channel.max)) return *channel.max;
    return refuse(text + " is above its greatest value " +
                  units::format({*channel.max, channel.unit}));
  }
  return value;
}

Status MachineImpl::write(const std::vector<std::pair<ChannelIndex, double>>& values) {
  Write write;
  for (const auto& [index, value] : values) {
    auto allowed = in_range(index, value);
    if (!allowed) return benchd::fail(std::move(allowed.error()));
    write.values.push_back({program_->channels[index].name(), *allowed});
  }
  for (const auto& value : write.values) {
    (*state_.mutable_setpoints())[value.channel] = value.value;
  }
  write.id = state_.last_write() + 1;
  state_.set_last_write(write.id);
  state_.set_pending_write(write.id);
  emit(std::move(write));
  return {};
}

std::optional<double> MachineImpl::setpoint(ChannelIndex channel) const {
  const auto found = state_.setpoints().find(program_->channels[channel].name());
  if (found == state_.setpoints().end()) return std::nullopt;
  return found->second;
}

// ---- steps --------------------------------------------------------------------------------------

Progress MachineImpl::run_step(v1::ActiveStep& active, const Step& step) {
  if (write_error_) {
    auto error = std::move(*write_error_);
    write_error_.reset();
    return Progress::failed(std::move(error));
  }
  return std::visit([&](const auto& kind) { return run(kind, active); }, step.kind);
}

Progress MachineImpl::run(const NoStep&, v1::ActiveStep&) { return Progress::done(); }

Progress MachineImpl::run(const SetStep& step, v1::ActiveStep& active) {
  if (active.phase() == 1) {
    return state_.pending_write() == 0 ? Progress::done() : Progress::waiting();
  }
  if (!may_write()) return wait_to_write();
  std::vector<std::pair<ChannelIndex, double>> values;
  for (const auto& item : step.writes) {
    const auto& scale = program_->channels[item.channel].scale;
    values.emplace_back(item.channel, scale.from_si(number_of(item.value)));
  }
  if (auto status = write(values); !status) return Progress::failed(std::move(status.error()));
  active.set_phase(1);
  return Progress::waiting();
}

Status MachineImpl::start_move(v1::MoveState& move,
                               ChannelIndex index,
                               double target_si,
                               double rate_si) {
  const auto& target = program_->channels[index];
  const auto allowed = in_range(index, target.scale.from_si(target_si));
  if (!allowed) return benchd::fail(allowed.error());
  const double rate = target.scale.difference_from_si(rate_si);
  const auto refuse = [&](const std::string& why) {
    return benchd::fail(Reason::OutOfRange, target.name() + " was not moved: " + why,
                        {{"channel", target.name()}});
  };
  const auto text = units::format_number(rate) + " " + target.channel.unit.symbol() + "/s";
  if (!(rate > 0) || !std::isfinite(rate)) return refuse("its rate is " + text);
  constexpr double kRounding = 1 + 1e-9;
  if (target.channel.slew_per_s && rate > *target.channel.slew_per_s * kRounding) {
    return refuse("its rate of " + text + " is above its greatest of " +
                  units::format_number(*target.channel.slew_per_s) + " " +
                  target.channel.unit.symbol() + "/s");
  }
  if (!setpoint(index)) return refuse("its present setpoint is not known");
  move.set_target(*allowed);
  move.set_rate_per_s(rate);
  move.set_last_tick_ns(now_);
  move.set_written(false);
  return {};
}

// Setpoint after setpoint, each as far as the time since the last one allows. A device that stalls
// stretches the ramp: what it missed is not made up for in one jump.
Progress MachineImpl::advance_move(v1::MoveState& move, ChannelIndex index) {
  if (state_.pending_write() != 0) return Progress::waiting();
  const double present = *setpoint(index);
  if (move.written() && present == move.target()) return Progress::done();
  const double distance = move.target() - present;
  const double remaining_ns = std::fabs(distance) / move.rate_per_s() * kNanosecondsPerSecond;
  const double tick_ns = static_cast<double>(tick_.count());
  const auto due = move.last_tick_ns() + std::llround(std::min(remaining_ns, tick_ns));
  if (now_ < due) return Progress::waiting(due);

  constexpr std::int64_t kMostTicksAtOnce = 4;
  const auto credit = std::min(now_ - move.last_tick_ns(), kMostTicksAtOnce * tick_.count());
  const double stride = move.rate_per_s() * static_cast<double>(credit) / kNanosecondsPerSecond;
  // Half a nanosecond of the way is rounding, not distance.
  const double rounding = move.rate_per_s() / kNanosecondsPerSecond;
  const double next = std::fabs(distance) <= stride + rounding
                          ? move.target()
                          : present + std::copysign(stride, distance);
  if (auto status = write({{index, next}}); !status) {
    return Progress::failed(std::move(status.error()));
  }
  move.set_last_tick_ns(now_);
  move.set_written(true);
  return Progress::waiting();
}

Progress MachineImpl::run(const RampStep& step, v1::ActiveStep& active) {
  if (active.phase() == 0) {
    if (!may_write()) return wait_to_write();
    auto status =
        start_move(*active.mutable_move(), step.channel, number_of(step.to), number_of(step.rate));
    if (!status) return Progress::failed(std::move(status.error()));
    active.set_phase(1);
  }
  return advance_move(*active.mutable_move(), step.channel);
}

Progress MachineImpl::run(const HoldStep& step, v1::ActiveStep& active) {
  if (!active.has_hold()) {
    const auto duration = duration_of(step.duration);
    if (!duration) return Progress::failed(duration.error());
    active.mutable_hold()->set_until_ns(now_ + *duration);
  }
  const auto until = active.hold().until_ns();
  return now_ >= until ? Progress::done() : Progress::waiting(until);
}

Progress MachineImpl::begin_level(const SweepStep& step, v1::ActiveStep& active) {
  auto& sweep = *active.mutable_sweep();
  if (static_cast<int>(sweep.index()) >= sweep.levels_size()) return Progress::done();
  if (!may_write()) return wait_to_write();
  auto status = start_move(*sweep.mutable_move(), step.channel,
                           sweep.levels(static_cast<int>(sweep.index())), number_of(step.rate));
  if (!status) return Progress::failed(std::move(status.error()));
  active.set_phase(kMoving);
  return Progress::again();
}

Progress MachineImpl::run(const SweepStep& step, v1::ActiveStep& active) {
  if (!active.has_sweep()) {
    auto levels = value_of(step.levels);
    if (!levels.is_list) levels.list = {levels.scalar};
    active.mutable_sweep()->mutable_levels()->Add(levels.list.begin(), levels.list.end());
  }
  switch (active.phase()) {
    case kBeginLevel:
      return begin_level(step, active);
    case kMoving: {
      auto progress = advance_move(*active.mutable_sweep()->mutable_move(), step.channel);
      if (progress.kind != Progress::Kind::Done) return progress;
      active.set_phase(kSettling);
      active.set_phase_began_ns(now_);
      return Progress::again();
    }
    case kSettling: {
      const auto settle = step.settle ? duration_of(*step.settle) : Result<std::int64_t>(0);
      if (!settle) return Progress::failed(settle.error());
      const auto until = active.phase_began_ns() + *settle;
      if (now_ < until) return Progress::waiting(until);
      active.set_phase(kInside);
      state_.add_stack()->set_block(step.body);
      return Progress::again();
    }
    default:
      active.mutable_sweep()->set_index(active.sweep().index() + 1);
      active.set_phase(kBeginLevel);
      return Progress::again();
  }
}

// ---- judging ------------------------------------------------------------------------------------

Progress MachineImpl::run(const CheckStep& step, v1::ActiveStep&) {
  const bool is_condition = step.value.type.kind == TypeKind::Boolean;
  const auto unit = shown_unit(step);
  const SiScale scale(unit);
  model::CheckLine line;
  line.name = step.name;
  line.unit = unit.code();
  line.value = scale.from_si(number_of(step.value));
  if (step.min) line.min = scale.from_si(number_of(*step.min));
  if (step.max) line.max = scale.from_si(number_of(*step.max));
  if (is_condition) line.min = 1;
  judge(step, unit, std::move(line));
  return Progress::done();
}

void MachineImpl::judge(const CheckStep& step, const units::Unit& unit, model::CheckLine line) {
  const bool judged = std::isfinite(line.value) && !std::isnan(line.min.value_or(0)) &&
                      !std::isnan(line.max.value_or(0));
  const bool below = line.min && line.value < *line.min;
  const bool above = line.max && line.value > *line.max;
  line.verdict = !judged ? Verdict::Inconclusive : below || above ? Verdict::Fail : Verdict::Pass;
  std::string sentence = step.name + " has no value";
  if (judged && step.value.type.kind == TypeKind::Boolean) {
    sentence = step.name + ": " + step.value.expression.text() + " is false";
  } else if (judged && (below || above)) {
    sentence = step.name + " is " + units::format({line.value, unit}) + ", needs " +
               (below ? "≥ " : "≤ ") + units::format({below ? *line.min : *line.max, unit});
  }
  // The first failure speaks for the run, or else the first check without a value.
  const bool first = line.verdict == Verdict::Fail ? !state_.failed()
                                                   : line.verdict == Verdict::Inconclusive &&
                                                         !state_.failed() && !state_.inconclusive();
  if (first) state_.set_judgement(sentence);
  if (line.verdict == Verdict::Fail) state_.set_failed(true);
  if (line.verdict == Verdict::Inconclusive) state_.set_inconclusive(true);
  output_.checks.push_back(std::move(line));
}

Progress MachineImpl::run(const WaitUntilStep& step, v1::ActiveStep& active) {
  auto& wait = *active.mutable_wait();
  if (active.phase() == 0) {
    const auto timeout = duration_of(step.timeout);
    if (!timeout) return Progress::failed(timeout.error());
    const auto held_for = step.held_for ? duration_of(*step.held_for) : Result<std::int64_t>(0);
    if (!held_for) return Progress::failed(held_for.error());
    wait.set_deadline_ns(*timeout > INT64_MAX - now_ ? INT64_MAX : now_ + *timeout);
    wait.set_held_for_ns(*held_for);
    active.set_phase(1);
  }
  if (number_of(step.condition) == 1) {
    if (wait.held_since_ns() == 0) wait.set_held_since_ns(now_ + 1);
    if (now_ + 1 - wait.held_since_ns() >= wait.held_for_ns()) return Progress::done();
  } else {
    wait.set_held_since_ns(0);
  }
  if (now_ >= wait.deadline_ns()) {
    return Progress::failed({Reason::WaitTimeout, unmet(step), {}, {}});
  }
  auto next = std::min(wait.deadline_ns(), now_ + tick_.count());
  if (wait.held_since_ns() != 0) {
    next = std::min(next, wait.held_since_ns() - 1 + wait.held_for_ns());
  }
  return Progress::waiting(next);
}

std::string MachineImpl::unmet(const WaitUntilStep& step) const {
  auto text = "\"" + step.condition.expression.text() + "\" was not met within " +
              step.timeout.expression.text();
  const char* joint = ": ";
  for (const auto& name : step.condition.expression.names()) {
    const auto channel = program_->find_channel(name);
    if (!channel || in_->readings == nullptr) continue;
    const auto reading = in_->readings->latest(name);
    text += joint + name;
    text +=
        !reading ? " has no reading"
        : !reading->good
            ? " has no good reading"
            : " is " + units::format({reading->value, program_->channels[*channel].channel.unit});
    joint = ", ";
  }
  return text;
}

Progress MachineImpl::run(const LogStep& step, v1::ActiveStep&) {
  std::string line;
  for (const auto& part : step.parts) {
    const auto* text = std::get_if<std::string>(&part);
    line += text != nullptr ? *text : text_of(std::get<Formula>(part));
  }
  output_.log.push_back(std::move(line));
  return Progress::done();
}

}  // namespace benchd::sequence
