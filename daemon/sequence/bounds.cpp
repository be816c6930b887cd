#include "daemon/sequence/bounds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

const Interval kNothing{kInfinity, -kInfinity};
const Interval kAnything{-kInfinity, kInfinity};
// Loops that would take more steps than this are looked at as a whole.
constexpr int kMostSteps = 100'000;

double middle(const Interval& interval) {
  return std::isfinite(interval.low) && std::isfinite(interval.high)
             ? (interval.low + interval.high) / 2
             : interval.low;
}

double seconds(Nanoseconds time) { return std::chrono::duration<double>(time).count(); }

bool is_finite(const Interval& interval) {
  return std::isfinite(interval.low) && std::isfinite(interval.high);
}

// With the words of a switch.
std::string value_text(const model::Channel& channel, double value) {
  if (channel.is_switch() && value >= 0 && value < static_cast<double>(channel.states.size())) {
    return channel.states[static_cast<std::size_t>(value)];
  }
  return units::format({value, channel.unit});
}

}  // namespace

// What names stand for in the walk.
class BoundNames final : public Names<Interval> {
 public:
  explicit BoundNames(const BoundsWalk& walk) : walk_(walk) {}

  [[nodiscard]] IntervalValue find(std::string_view name) const override {
    const auto dot = name.find('.');
    if (dot != std::string_view::npos) return result(name.substr(dot + 1));
    for (auto it = walk_.variables_.rbegin(); it != walk_.variables_.rend(); ++it) {
      if (it->name == name) return it->value;
    }
    const auto parameter = walk_.program_.parameters.find(name);
    if (parameter != walk_.program_.parameters.end()) return value_of(parameter->second);
    return reading(name);
  }

 private:
  [[nodiscard]] IntervalValue value_of(const ProgramParameter& parameter) const {
    if (walk_.probe_ && walk_.probe_->first == parameter.name) {
      const Interval probed(walk_.probe_->second);
      return parameter.value.is_list ? IntervalValue(std::vector{probed}) : IntervalValue(probed);
    }
    const bool given = walk_.scope_ == ParameterScope::Given || walk_.probe_.has_value() ||
                       parameter.type.kind == TypeKind::Word;
    const Interval allowed{parameter.min.value_or(-kInfinity), parameter.max.value_or(kInfinity)};
    IntervalValue value;
    value.is_list = parameter.value.is_list;
    value.word = parameter.value.word;
    value.scalar = given ? Interval(parameter.value.scalar) : allowed;
    for (const double item : parameter.value.list) {
      value.list.push_back(given ? Interval(item) : allowed);
    }
    return value;
  }

  // "thrust.mean": statistics lie within what is read.
  [[nodiscard]] IntervalValue result(std::string_view channel_and_statistic) const {
    const auto dot = channel_and_statistic.rfind('.');
    const auto range = reading(channel_and_statistic.substr(0, dot)).scalar;
    const auto statistic = find_statistic(channel_and_statistic.substr(dot + 1));
    if (statistic == Statistic::Std) return Interval(0, range.high - range.low);
    if (statistic == Statistic::Rms) return arithmetic::absolute(range);
    return range;
  }

  [[nodiscard]] IntervalValue reading(std::string_view name) const {
    const auto index = walk_.program_.find_channel(name);
    if (!index) return kAnything;
    const auto& [channel, scale, at_bench, writes] = walk_.program_.channels[*index];
    const double zero = channel.zero_bound.value_or(0);
    return Interval(channel.min ? scale.to_si(*channel.min - zero) : -kInfinity,
                    channel.max ? scale.to_si(*channel.max + zero) : kInfinity);
  }

  const BoundsWalk& walk_;
};

BoundsWalk::BoundsWalk(const Program& program,
                       const CheckContext& context,
                       const AllowedSetpoints& allowed,
                       Problems& problems,
                       ParameterScope scope)
    : program_(program),
      allowed_(allowed),
      problems_(problems),
      scope_(scope),
      commanded_(program.channels.size(), kNothing) {
  for (const auto& channel : program.channels) {
    double start = channel.channel.safe_value;
    if (context.environment) {
      const auto& known = context.environment->setpoints;
      if (const auto it = known.find(channel.name()); it != known.end()) start = it->second;
    }
    setpoints_.emplace_back(start);
  }
  reached_ = setpoints_;
}

void BoundsWalk::run() {
  steps_ = block(Program::kSteps);
  run_cleanup();
}

// Expected from where the steps end; whatever else can happen from any setpoint on the way.
void BoundsWalk::run_cleanup() {
  in_cleanup_ = true;
  silent_ = true;
  cleanup_ = block(Program::kCleanup);
  silent_ = false;
  auto times = step_times_;
  const auto count = step_count_;
  setpoints_ = reached_;
  const bool exact = exact_;
  cleanup_.bound = block(Program::kCleanup).bound;
  step_times_ = std::move(times);
  step_count_ = count;
  exact_ = exact;
  warn_of_leftovers();
}

void BoundsWalk::warn_of_leftovers() {
  if (scope_ != ParameterScope::Given) return;
  for (const auto index : written_in_steps_) {
    const auto& [channel, scale, at_bench, writes] = program_.channels[index];
    const auto& left = setpoints_[index];
    if (!at_bench || !channel.writable || left == Interval(channel.safe_value)) continue;
    const auto where = left.is_point() ? value_text(channel, left.low)
                                       : value_text(channel, left.low) +
                                             (channel.is_switch() ? " or " : " to ") +
                                             value_text(channel, left.high);
    problems_.warning(program_.blocks[Program::kCleanup].empty() ? "steps" : "cleanup",
                      "cleanup leaves " + channel.id.text() + " at " + where +
                          "; its safe value is " + value_text(channel, channel.safe_value));
  }
}

TimeSpan BoundsWalk::block(BlockIndex index) {
  TimeSpan total;
  for (const auto& step : program_.blocks[index]) total += this->step(step);
  return total;
}

TimeSpan BoundsWalk::step(const Step& step) {
  ++step_count_;
  auto time = std::visit([&](const auto& kind) { return walk(kind, step); }, step.kind);
  if (step.time_limit) {
    const double limit = seconds(*step.time_limit);
    time.bound = std::min(time.bound, limit);
    if (time.expected > limit) {
      Formula place;
      place.path = step.path + ".time_limit";
      report(place,
             "the step takes " + units::format({time.expected, units::unit("s")}, 4) +
                 ", its limit is " + units::format_duration(*step.time_limit),
             Reason::StepTimeLimit);
      time.expected = limit;
    }
  }
  auto& entry = step_times_[step.path];
  entry.time += time;
  ++entry.iterations;
  return time;
}

IntervalValue BoundsWalk::value_of(const Formula& formula) const {
  const BoundNames names(*this);
  ValueDomain<Interval> intervals(names);
  return evaluate(formula.expression, intervals);
}

Interval BoundsWalk::in_channel_unit(ChannelIndex channel, const Interval& si) const {
  const auto& scale = program_.channels[channel].scale;
  return {scale.from_si(si.low), scale.from_si(si.high)};
}

// Each kind of problem of a place is reported once, however often a loop comes by.
void BoundsWalk::report(const Formula& formula, std::string message, Reason reason, bool warning) {
  if (silent_) return;
  if (!reported_.insert(formula.path + std::string(wire_name(reason))).second) return;
  const auto& root = formula.expression.root();
  const bool all = scope_ == ParameterScope::All;
  problems_.add({warning || all ? Severity::Warning : Severity::Error, reason, formula.path,
                 formula.valid ? std::optional(root.column) : std::nullopt, root.length,
                 std::move(message)});
}

// ---- setpoints ----------------------------------------------------------------------------------

void BoundsWalk::command(ChannelIndex channel, const Interval& setpoint, const Formula& formula) {
  setpoints_[channel] = setpoint;
  reached_[channel] = hull(reached_[channel], setpoint);
  commanded_[channel] = hull(commanded_[channel], setpoint);
  if (!in_cleanup_) written_in_steps_.insert(channel);
  if (const auto excess = allowed_.excess(channel, setpoint)) {
    report_excess(channel, setpoint, *excess, formula);
  }
}

void BoundsWalk::report_excess(ChannelIndex index,
                               const Interval& setpoint,
                               const Excess& excess,
                               const Formula& formula) {
  const auto& channel = program_.channels[index].channel;
  const auto text = [&](double value) { return units::format({value, channel.unit}); };
  const bool sure = setpoint.is_point() && scope_ == ParameterScope::Given;
  auto message = channel.id.text() + (sure ? " is set to " : " can be set to ") +
                 (std::isfinite(excess.value) ? text(excess.value) : "any value") +
                 (excess.bound.upper ? ", above " : ", below ") + excess.bound.origin + ", " +
                 text(excess.bound.value) + cause(formula, index);
  report(formula, std::move(message), excess.bound.reason, excess.bound.warning_only);
}

// By which values: " (levels = 20 %, 120 %)".
std::string BoundsWalk::cause(const Formula& formula, ChannelIndex channel) {
  if (scope_ == ParameterScope::All) return threshold(formula, channel);
  std::string names;
  for (const auto& name : formula.expression.names()) {
    names += names.empty() ? "" : ", ";
    names += name;
    const auto parameter = program_.parameters.find(name);
    const auto variable = std::ranges::find(variables_, name, &Variable::name);
    if (variable != variables_.end()) {
      if (!variable->value.is_point()) continue;
      const SiScale scale(variable->unit);
      names += " = " + units::format({scale.from_si(variable->value.low), variable->unit});
    } else if (parameter != program_.parameters.end()) {
      names += " = " + parameter->second.text;
    } else {
      names += " is known only at the bench";
    }
  }
  return names.empty() ? "" : " (" + names + ")";
}

// The value of a single parameter from which on it goes wrong, the others as given: between the
// given one, which is fine, and the end of its range, by halving.
std::string BoundsWalk::threshold(const Formula& formula, ChannelIndex channel) {
  const auto wrong = [&](const std::string& name, double value) {
    probe_ = {name, value};
    const auto result = value_of(formula);
    probe_.reset();
    const auto items = result.is_list ? result.list : std::vector{result.scalar};
    return std::ranges::any_of(items, [&](const Interval& item) {
      return allowed_.excess(channel, in_channel_unit(channel, item)).has_value();
    });
  };
  for (const auto& name : formula.expression.names()) {
    const auto found = program_.parameters.find(name);
    if (found == program_.parameters.end()) continue;
    const auto& parameter = found->second;
    const double given = parameter.value.is_list
                             ? (parameter.value.list.empty() ? 0 : parameter.value.list.front())
                             : parameter.value.scalar;
    for (const auto& [end, words] :
         {std::pair{parameter.max, " above "}, {parameter.min, " below "}}) {
      if (!end || wrong(name, given) || !wrong(name, *end)) continue;
      double fine = given;
      double bad = *end;
      for (int i = 0; i < 60; ++i) (wrong(name, (fine + bad) / 2) ? bad : fine) = (fine + bad) / 2;
      const auto& unit = parameter.type.unit;
      return ", with " + name + words + units::format({SiScale(unit).from_si(fine), unit});
    }
  }
  return ", with other values of its parameters";
}

TimeSpan BoundsWalk::walk(const SetStep& kind, const Step&) {
  for (const auto& item : kind.writes) {
    if (!item.value.valid) continue;
    const auto value = in_channel_unit(item.channel, value_of(item.value).scalar);
    const auto& channel = program_.channels[item.channel].channel;
    const auto& from = setpoints_[item.channel];
    if (channel.slew_per_s && !(from.is_point() && value == from)) {
      report(item.value,
             channel.id.text() + " may change by at most " +
                 units::format_number(*channel.slew_per_s) + " " + channel.unit.symbol() +
                 "/s: use ramp instead of set",
             Reason::SequenceInvalid);
    }
    command(item.channel, value, item.value);
  }
  return {};
}

TimeSpan BoundsWalk::move(ChannelIndex index,
                          Interval target,
                          const Formula& to,
                          const Formula& rate_formula) {
  const auto from = setpoints_[index];
  const auto& channel = program_.channels[index];
  command(index, target, to);
  if (!rate_formula.valid) return {};
  const auto si = value_of(rate_formula).scalar;
  const Interval rate{channel.scale.difference_from_si(si.low),
                      channel.scale.difference_from_si(si.high)};
  const auto text = [&](double value) {
    return units::format_number(value) + " " + channel.channel.unit.symbol() + "/s";
  };
  if (!(rate.low > 0)) {
    report(rate_formula, "the ramp may never end: its rate can be " + text(rate.low),
           Reason::SequenceInvalid);
    return {};
  }
  constexpr double kRounding = 1 + 1e-9;
  const auto& slew = channel.channel.slew_per_s;
  if (slew && !(rate.high <= *slew * kRounding)) {
    report(rate_formula,
           channel.name() + " can be moved at " + text(rate.high) + ", its greatest rate is " +
               text(*slew),
           Reason::OutOfRange);
  }
  const auto distance = arithmetic::absolute(arithmetic::subtract(target, from));
  if (!distance.is_point() || !rate.is_point()) exact_ = exact_ && in_cleanup_;
  return {middle(distance) / middle(rate), distance.high / rate.low};
}

TimeSpan BoundsWalk::walk(const RampStep& kind, const Step&) {
  if (!kind.to.valid) return {};
  return move(kind.channel, in_channel_unit(kind.channel, value_of(kind.to).scalar), kind.to,
              kind.rate);
}

TimeSpan BoundsWalk::walk(const SweepStep& kind, const Step&) {
  if (!kind.levels.valid) {
    variables_.push_back({kind.as, kAnything, {}});
    const auto time = block(kind.body);
    variables_.pop_back();
    return time;
  }
  auto value = value_of(kind.levels);
  auto levels = value.is_list ? value.list : std::vector{value.scalar};
  if (levels.empty()) {
    report(kind.levels,
           "the sweep has no levels: range(from, to, step) needs a step that leads "
           "from the first value to the last, in at most 10000 steps",
           Reason::SequenceInvalid);
    return {};
  }
  const auto inner = std::max(static_cast<int>(program_.blocks[kind.body].size()), 1);
  TimeSpan total;
  for (std::size_t at = 0; at < levels.size(); ++at) {
    Interval level = levels[at];
    const auto left = static_cast<int>(levels.size() - at);
    double repeated = 1;
    if (left > 1 && step_count_ + left * inner > kMostSteps) {
      // Those that are left are looked at as a whole.
      for (; at < levels.size(); ++at) level = hull(level, levels[at]);
      repeated = left;
      exact_ = false;
    }
    variables_.push_back({kind.as, level, program_.channels[kind.channel].channel.unit});
    TimeSpan once =
        move(kind.channel, in_channel_unit(kind.channel, level), kind.levels, kind.rate);
    if (kind.settle) once += duration(*kind.settle);
    once += block(kind.body);
    variables_.pop_back();
    total += {once.expected * repeated, once.bound * repeated};
  }
  return total;
}

// ---- time ---------------------------------------------------------------------------------------

TimeSpan BoundsWalk::duration(const Formula& formula) {
  if (!formula.valid) return {};
  const auto value = value_of(formula).scalar;
  if (!is_finite(value)) {
    report(formula,
           "\"" + formula.expression.text() +
               "\" has no upper bound: nothing may run "
               "without end",
           Reason::SequenceInvalid);
    return {};
  }
  if (value.low < 0) {
    report(formula,
           "\"" + formula.expression.text() + "\" can be negative (" +
               units::format({value.low, units::unit("s")}) + ")",
           Reason::SequenceInvalid);
  }
  if (!value.is_point()) exact_ = false;
  return {std::max(0.0, middle(value)), std::max(0.0, value.high)};
}

TimeSpan BoundsWalk::walk(const HoldStep& kind, const Step&) { return duration(kind.duration); }

double BoundsWalk::interval_s(const std::vector<ChannelIndex>& channels) {
  double longest = 0;
  for (const auto channel : channels) {
    const auto rate = program_.channels[channel].channel.rate_hz;
    if (!rate) exact_ = false;
    if (rate) longest = std::max(longest, 1 / *rate);
  }
  return longest;
}

// The bounds are those at which the machine gives up waiting for samples.
TimeSpan BoundsWalk::samples(const std::vector<ChannelIndex>& channels, const Interval& count) {
  constexpr double kGrace = 2;
  const double interval = interval_s(channels);
  if (interval == 0) return {0, kInfinity};
  return {std::ceil(middle(count)) * interval, count.high * interval * 2 + kGrace};
}

TimeSpan BoundsWalk::walk(const MeasureStep& kind, const Step&) {
  constexpr double kGrace = 2;
  if (kind.duration) {
    auto time = duration(*kind.duration);
    time.bound += 5 * interval_s(kind.channels) + kGrace;
    return time;
  }
  if (!kind.count || !kind.count->valid) return {};
  const auto count = value_of(*kind.count).scalar;
  if (!is_finite(count) || count.low < 1) {
    report(*kind.count, "the number of samples must be at least 1 and bounded",
           Reason::SequenceInvalid);
    return {};
  }
  if (!count.is_point()) exact_ = false;
  return samples(kind.channels, count);
}

TimeSpan BoundsWalk::walk(const ZeroStep& kind, const Step&) {
  constexpr double kGrace = 2;
  const double standard = seconds(Program::kDefaultZeroDuration);
  auto time = kind.duration ? duration(*kind.duration) : TimeSpan{standard, standard};
  time.bound += 5 * interval_s({kind.channel}) + kGrace;
  return time;
}

TimeSpan BoundsWalk::walk(const CheckStep& kind, const Step&) {
  if (!kind.min || !kind.max || !kind.min->valid || !kind.max->valid) return {};
  const auto low = value_of(*kind.min).scalar;
  const auto high = value_of(*kind.max).scalar;
  if (low.low > high.high && scope_ == ParameterScope::Given) {
    report(*kind.min, "the check can never pass: its least value is above its greatest",
           Reason::SequenceInvalid);
  }
  return {};
}

TimeSpan BoundsWalk::walk(const WaitUntilStep& kind, const Step&) {
  exact_ = false;
  TimeSpan held;
  if (kind.held_for) held = duration(*kind.held_for);
  if (!kind.timeout.valid) return held;
  const auto timeout = duration(kind.timeout);
  if (held.expected > timeout.bound) {
    report(*kind.held_for, "the wait can never end well: held_for is longer than its timeout",
           Reason::SequenceInvalid);
  }
  return {held.expected, timeout.bound};
}

}  // namespace benchd::sequence
