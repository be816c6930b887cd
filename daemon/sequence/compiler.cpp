#include <algorithm>
#include <utility>

#include "daemon/base/suggest.hpp"
#include "daemon/sequence/formulas.hpp"
#include "daemon/sequence/parameters.hpp"
#include "daemon/sequence/program.hpp"
#include "daemon/sequence/symbols.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

std::string item(const std::string& list, int index) {
  return list + "[" + std::to_string(index) + "]";
}

// Walks through a sequence once, in the order of the text, and fills the program.
class Compiler {
 public:
  Compiler(const config::v1::Sequence& source,
           const Arguments& arguments,
           const Environment* environment,
           std::string_view bench)
      : source_(source),
        arguments_(arguments),
        environment_(environment),
        bench_(bench.empty() ? "the bench" : bench),
        symbols_(program_, environment) {}

  Compilation run() {
    needs();
    compile_parameters(source_, arguments_, program_, symbols_, problems_);
    program_.blocks.resize(2);
    announce(source_.steps());
    limits();
    if (source_.steps().empty()) problems_.error("steps", "the sequence has no steps");
    block(Program::kSteps, source_.steps(), "steps");
    symbols_.enter_cleanup();
    block(Program::kCleanup, source_.cleanup(), "cleanup");
    times();
    program_.fingerprint = fingerprint();
    return {std::move(program_), problems_.take()};
  }

 private:
  using Steps = google::protobuf::RepeatedPtrField<config::v1::Step>;

  // ---- needs ----

  void needs() {
    for (int i = 0; i < source_.needs_size(); ++i) {
      const auto& need = source_.needs(i);
      const auto path = item("needs", i);
      if (program_.find_channel(need.channel())) {
        problems_.error(path + ".channel", "\"" + need.channel() + "\" is needed twice");
        continue;
      }
      auto channel = declared(need, path);
      if (environment_ != nullptr) at_bench(need, path, channel);
      channel.scale = SiScale(channel.channel.unit);
      program_.channels.push_back(std::move(channel));
    }
  }

  ProgramChannel declared(const config::v1::Need& need, const std::string& path) {
    ProgramChannel result;
    result.channel.id = ChannelId(need.channel());
    result.declared_write = need.write();
    result.channel.writable = need.write();
    if (auto unit = units::parse_unit(need.unit())) {
      result.channel.unit = *unit;
    } else {
      problems_.error(path + ".unit", unit.error().message, Reason::UnknownUnit);
    }
    if (need.rate().empty()) return result;
    if (auto rate = units::parse_as(need.rate(), units::unit("Hz")); rate && *rate > 0) {
      result.channel.rate_hz = *rate;
    } else {
      problems_.error(path + ".rate", rate ? "a rate is above 0 Hz" : rate.error().message);
    }
    return result;
  }

  void at_bench(const config::v1::Need& need, const std::string& path, ProgramChannel& channel) {
    const auto* found = environment_->find_channel(need.channel());
    if (found == nullptr) {
      std::vector<std::string> known;
      for (const auto& candidate : environment_->channels) known.push_back(candidate.id.text());
      problems_.error(path + ".channel",
                      bench_ + " has no channel \"" + need.channel() + "\"" +
                          did_you_mean(need.channel(), known),
                      Reason::UnknownChannel);
      return;
    }
    const auto needed = channel.channel;
    channel.at_bench = true;
    channel.channel = *found;
    const bool unit_known = units::parse_unit(need.unit()).has_value();
    if (unit_known && !units::convertible(found->unit, needed.unit)) {
      problems_.error(path + ".unit",
                      need.channel() + " is " + units::kind_of(found->unit) + " (" +
                          found->unit.symbol() + ") at " + bench_ + ", needed is " +
                          units::kind_of(needed.unit) + " (" + needed.unit.symbol() + ")",
                      Reason::UnitMismatch);
    }
    if (need.write() && !found->writable) {
      problems_.error(path + ".write", need.channel() + " cannot be written at " + bench_);
    }
    if (needed.rate_hz && found->rate_hz.value_or(0) < *needed.rate_hz) {
      const auto present =
          found->rate_hz ? "is sampled at " + units::format({*found->rate_hz, units::unit("Hz")})
                         : "is not sampled";
      problems_.error(path + ".rate", need.channel() + " " + present + " at " + bench_ +
                                          ", needed are " + need.rate());
    }
  }

  // ---- limits and times ----

  void limits() {
    for (int i = 0; i < source_.limits_size(); ++i) {
      const auto path = item("limits", i);
      const auto& source = source_.limits(i);
      const auto index = channel(source.channel(), path + ".channel");
      if (source.min().empty() && source.max().empty()) {
        problems_.error(path, "the limit \"" + source.name() + "\" has neither min nor max");
      }
      if (!index) continue;
      model::Limit limit;
      limit.id = source.name();
      limit.channel = program_.channels[*index].channel.id;
      limit.action = action_of(source.action());
      limit.min = limit_value(source.min(), path + ".min", *index);
      limit.max = limit_value(source.max(), path + ".max", *index);
      if (limit.min && limit.max && *limit.min > *limit.max) {
        problems_.error(path + ".min", "the least value " + text_of(*limit.min, *index) +
                                           " is above the greatest " + text_of(*limit.max, *index));
      }
      program_.limits.push_back(std::move(limit));
    }
  }

  static model::LimitAction action_of(config::v1::LimitAction action) {
    switch (action) {
      case config::v1::LIMIT_ACTION_WARN:
        return model::LimitAction::Warn;
      case config::v1::LIMIT_ACTION_ABORT:
        return model::LimitAction::Abort;
      default:
        return model::LimitAction::SafeState;
    }
  }

  // Limits hold from the start: only parameters can be in them.
  class ParameterNames final : public Names<double> {
   public:
    explicit ParameterNames(const Program& program) : program_(program) {}
    [[nodiscard]] NumberValue find(std::string_view name) const override {
      const auto found = program_.parameters.find(name);
      return found == program_.parameters.end() ? NumberValue(kNan) : found->second.value;
    }

   private:
    const Program& program_;
  };

  std::optional<double> limit_value(const std::string& text,
                                    const std::string& path,
                                    ChannelIndex index) {
    if (text.empty()) return std::nullopt;
    const auto& target = program_.channels[index];
    const auto formula = make_formula(text, path, quantity_in(target.channel.unit, target.name()),
                                      symbols_, problems_);
    if (!formula.valid) return std::nullopt;
    for (const auto& name : formula.expression.names()) {
      if (program_.parameters.contains(name)) continue;
      problems_.error(path, "a limit holds from the start: \"" + name +
                                "\" is no parameter and has no value yet");
      return std::nullopt;
    }
    const ParameterNames names(program_);
    ValueDomain<double> numbers(names);
    return target.scale.from_si(evaluate(formula.expression, numbers).scalar);
  }

  [[nodiscard]] std::string text_of(double value, ChannelIndex index) const {
    return units::format({value, program_.channels[index].channel.unit});
  }

  std::optional<Nanoseconds> time(const std::string& text, const std::string& path) {
    if (text.empty()) return std::nullopt;
    const auto parsed = units::parse_duration(text);
    if (!parsed) {
      problems_.error(path, parsed.error().message, parsed.error().reason);
      return std::nullopt;
    }
    if (*parsed > Nanoseconds{}) return parsed.value();
    problems_.error(path, "a time limit is above 0 s");
    return std::nullopt;
  }

  void times() {
    if (source_.time_limit().empty()) {
      problems_.error("time_limit", "the sequence needs a time_limit: nothing may run without end");
    }
    program_.time_limit = time(source_.time_limit(), "time_limit").value_or(Nanoseconds{});
    program_.cleanup_limit =
        time(source_.cleanup_limit(), "cleanup_limit").value_or(Program::kDefaultCleanupLimit);
    program_.person_time = time(source_.person_time(), "person_time").value_or(Nanoseconds{});
  }

  // ---- steps ----

  void announce(const Steps& steps) {
    for (const auto& step : steps) {
      if (step.has_measure()) symbols_.announce_result(step.measure().as());
      if (step.has_sweep()) announce(step.sweep().steps());
    }
  }

  void block(BlockIndex index, const Steps& steps, const std::string& path) {
    for (int i = 0; i < steps.size(); ++i) {
      // Compiling may add blocks, so the list is looked up afterwards.
      auto compiled = step(steps[i], item(path, i));
      program_.blocks[index].push_back(std::move(compiled));
    }
  }

  Step step(const config::v1::Step& source, const std::string& path) {
    Step result;
    result.path = path;
    result.title = source.name();
    result.time_limit = time(source.time_limit(), path + ".time_limit");
    std::string title;
    switch (source.kind_case()) {
      case config::v1::Step::kSet:
        result.kind = set(source.set(), path + ".set", title);
        break;
      case config::v1::Step::kRamp:
        title = "ramp " + source.ramp().channel();
        result.kind = ramp(source.ramp(), path + ".ramp");
        break;
      case config::v1::Step::kHold:
        title = "hold";
        result.kind =
            HoldStep{formula(source.hold().duration(), path + ".hold.duration", duration())};
        break;
      case config::v1::Step::kMeasure:
        title = "measure " + source.measure().as();
        result.kind = measure(source.measure(), path + ".measure");
        break;
      case config::v1::Step::kZero:
        title = "zero " + source.zero().channel();
        result.kind = zero(source.zero(), path + ".zero");
        break;
      case config::v1::Step::kSweep:
        title = "sweep " + source.sweep().channel();
        result.kind = sweep(source.sweep(), path + ".sweep");
        break;
      case config::v1::Step::kCheck:
        title = "check " + source.check().name();
        result.kind = check_step(source.check(), path + ".check");
        break;
      case config::v1::Step::kWaitUntil:
        title = "wait until " + source.wait_until().condition();
        result.kind = wait_until(source.wait_until(), path + ".wait_until");
        break;
      case config::v1::Step::kLog:
        title = "log";
        result.kind = log(source.log().message(), path + ".log.message");
        break;
      case config::v1::Step::KIND_NOT_SET:
        problems_.error(path,
                        "the step does nothing: it needs one of set, ramp, hold, measure, "
                        "zero, sweep, check, wait_until, log");
        break;
    }
    if (result.title.empty()) result.title = title;
    return result;
  }

  Formula formula(const std::string& text, const std::string& path, const Expected& expected) {
    return make_formula(text, path, expected, symbols_, problems_);
  }

  std::optional<Formula> optional_formula(const std::string& text,
                                          const std::string& path,
                                          const Expected& expected) {
    if (text.empty()) return std::nullopt;
    return formula(text, path, expected);
  }

  std::optional<ChannelIndex> channel(const std::string& name, const std::string& path) {
    const auto index = program_.find_channel(name);
    if (!index) {
      problems_.error(path, symbols_.unknown_channel(name), Reason::UnknownChannel);
    }
    return index;
  }

  std::optional<ChannelIndex> written_channel(const std::string& name, const std::string& path) {
    const auto index = channel(name, path);
    if (index && !program_.channels[*index].declared_write) {
      problems_.error(path, "\"" + name + "\" is written here: add \"write: true\" to its need");
    }
    return index;
  }

  // Formulas of a channel that is not known are checked for names and syntax all the same.
  [[nodiscard]] Expected setpoint(std::optional<ChannelIndex> index) const {
    return index ? setpoint_of(program_.channels[*index].channel) : any_value();
  }

  SetStep set(const config::v1::SetStep& source, const std::string& path, std::string& title) {
    SetStep result;
    if (source.writes().empty()) problems_.error(path, "nothing is set");
    for (int i = 0; i < source.writes_size(); ++i) {
      const auto& write = source.writes(i);
      const auto place = item(path + ".writes", i);
      title += (title.empty() ? "set " : ", ") + write.channel();
      const auto index = written_channel(write.channel(), place + ".channel");
      auto value = formula(write.value(), place + ".value", setpoint(index));
      if (index) result.writes.push_back({*index, std::move(value)});
    }
    return result;
  }

  Formula rate(const std::string& text,
               const std::string& path,
               std::optional<ChannelIndex> index) {
    if (!index) return formula(text, path, any_value());
    const auto unit = difference_unit(program_.channels[*index].channel.unit);
    const auto per_second = units::divide(unit, units::unit("s"));
    if (!per_second) {
      problems_.error(path, "a channel in " + unit.symbol() + " has no rate: use set");
      return {};
    }
    return formula(text, path,
                   quantity_in(*per_second, "the rate of " + program_.channels[*index].name()));
  }

  Step::Kind ramp(const config::v1::RampStep& source, const std::string& path) {
    const auto index = written_channel(source.channel(), path + ".channel");
    auto to = formula(source.to(), path + ".to", setpoint(index));
    auto speed = rate(source.rate(), path + ".rate", index);
    if (!index) return NoStep{};
    return RampStep{*index, std::move(to), std::move(speed)};
  }

  std::vector<Statistic> statistics(const config::v1::MeasureStep& source,
                                    const std::string& path) {
    std::vector<Statistic> result;
    for (int i = 0; i < source.statistics_size(); ++i) {
      const auto statistic = find_statistic(source.statistics(i));
      if (statistic) {
        result.push_back(*statistic);
      } else {
        problems_.error(item(path + ".statistics", i), unknown_statistic(source.statistics(i)));
      }
    }
    if (result.empty()) return {Statistic::Mean, Statistic::Std};
    return result;
  }

  void sampled_channel(const std::string& name, const std::string& path, ChannelIndex index) {
    const auto& target = program_.channels[index];
    if (!target.at_bench || target.channel.rate_hz.value_or(0) > 0) return;
    problems_.error(path, "nobody samples \"" + name + "\": it has no rate at " + bench_);
  }

  MeasureStep measure(const config::v1::MeasureStep& source, const std::string& path) {
    MeasureStep result;
    result.as = source.as();
    claim_name(source.as(), path + ".as");
    if (source.channels().empty()) problems_.error(path + ".channels", "nothing is measured");
    for (int i = 0; i < source.channels_size(); ++i) {
      const auto place = item(path + ".channels", i);
      const auto index = channel(source.channels(i), place);
      if (!index) continue;
      if (std::ranges::find(result.channels, *index) != result.channels.end()) {
        problems_.error(place, "\"" + source.channels(i) + "\" is measured twice");
        continue;
      }
      sampled_channel(source.channels(i), place, *index);
      result.channels.push_back(*index);
    }
    result.statistics = statistics(source, path);
    result.duration = optional_formula(source.duration(), path + ".duration", duration());
    result.count =
        optional_formula(source.count(), path + ".count", quantity_in({}, "a number of samples"));
    if (source.duration().empty() == source.count().empty()) {
      problems_.error(path, source.count().empty()
                                ? "the measurement never ends: it needs a duration or a count"
                                : "the measurement has a duration and a count: one ends it");
    }
    symbols_.add_result(result);
    return result;
  }

  Step::Kind zero(const config::v1::ZeroStep& source, const std::string& path) {
    const auto index = channel(source.channel(), path + ".channel");
    auto time = optional_formula(source.duration(), path + ".duration", duration());
    if (!index) return NoStep{};
    const auto& target = program_.channels[*index];
    sampled_channel(source.channel(), path + ".channel", *index);
    if (target.at_bench && !target.channel.zero_bound) {
      problems_.error(path + ".channel", "\"" + source.channel() + "\" may not be zeroed at " +
                                             bench_ + ": it has no zero_bound");
    }
    return ZeroStep{*index, std::move(time)};
  }

  Step::Kind sweep(const config::v1::SweepStep& source, const std::string& path) {
    const auto index = written_channel(source.channel(), path + ".channel");
    auto expected = index ? levels_of(program_.channels[*index].channel) : any_value();
    expected.kind = Expected::Kind::List;
    auto levels = formula(source.levels(), path + ".levels", expected);
    auto speed = rate(source.rate(), path + ".rate", index);
    auto settle = optional_formula(source.settle(), path + ".settle", duration());
    claim_name(source.as(), path + ".as");
    symbols_.push_variable(source.as(),
                           index ? number_in(program_.channels[*index].channel.unit) : Type{});
    const auto body = static_cast<BlockIndex>(program_.blocks.size());
    program_.blocks.emplace_back();
    if (source.steps().empty()) problems_.error(path + ".steps", "the sweep has no steps");
    block(body, source.steps(), path + ".steps");
    symbols_.pop_variable();
    if (!index) return NoStep{};
    return SweepStep{*index,           std::move(levels), source.as(),
                     std::move(speed), std::move(settle), body};
  }

  void claim_name(const std::string& name, const std::string& path) {
    if (name.empty()) {
      problems_.error(path, "a name is missing");
    } else if (const auto taken = symbols_.what_is(name); !taken.empty()) {
      problems_.error(path, "\"" + name + "\" is already " + taken + ": take another name");
    }
  }

  CheckStep check_step(const config::v1::CheckStep& source, const std::string& path) {
    CheckStep result;
    result.name = source.name();
    result.value = formula(source.value(), path + ".value", any_value());
    const bool bounded = !source.min().empty() || !source.max().empty();
    if (result.value.valid && result.value.type.kind == TypeKind::Boolean) {
      if (bounded) problems_.error(path, "a condition is checked without min and max");
      return result;
    }
    if (!bounded && result.value.valid) {
      problems_.error(path, "the check \"" + source.name() + "\" has neither min nor max");
    }
    auto expected = any_value();
    if (result.value.valid) {
      expected = quantity_in(result.value.type.unit, "the value of \"" + source.name() + "\"");
    }
    result.min = optional_formula(source.min(), path + ".min", expected);
    result.max = optional_formula(source.max(), path + ".max", expected);
    return result;
  }

  WaitUntilStep wait_until(const config::v1::WaitUntilStep& source, const std::string& path) {
    WaitUntilStep result;
    result.condition = formula(source.condition(), path + ".condition", condition());
    if (source.timeout().empty()) {
      problems_.error(path + ".timeout", "the wait needs a timeout: nothing may run without end");
    } else {
      result.timeout = formula(source.timeout(), path + ".timeout", duration());
    }
    result.held_for = optional_formula(source.held_for(), path + ".held_for", duration());
    return result;
  }

  LogStep log(const std::string& message, const std::string& path) {
    LogStep result;
    std::size_t at = 0;
    while (at < message.size()) {
      const auto open = message.find('{', at);
      if (open != at) result.parts.emplace_back(message.substr(at, open - at));
      if (open == std::string::npos) break;
      const auto close = message.find('}', open);
      if (close == std::string::npos) {
        problems_.add({Severity::Error, Reason::SequenceInvalid, path, static_cast<int>(open), 1,
                       "\"}\" is missing behind the expression"});
        break;
      }
      result.parts.emplace_back(make_formula(message.substr(open + 1, close - open - 1), path,
                                             printable(), symbols_, problems_,
                                             static_cast<int>(open) + 1));
      at = close + 1;
    }
    return result;
  }

  // FNV-1a over all that a stored state depends on.
  [[nodiscard]] std::uint64_t fingerprint() const {
    std::uint64_t hash = 14695981039346656037ULL;
    const auto mix = [&hash](std::string_view text) {
      for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
      }
      hash = (hash ^ 0xFFU) * 1099511628211ULL;
    };
    mix(source_.SerializeAsString());
    for (const auto& [name, parameter] : program_.parameters) {
      mix(name);
      mix(parameter.text);
    }
    for (const auto& channel : program_.channels) mix(channel.channel.unit.code());
    return hash;
  }

  const config::v1::Sequence& source_;
  const Arguments& arguments_;
  const Environment* environment_;
  std::string bench_;
  Program program_;
  Symbols symbols_;
  Problems problems_;
};

}  // namespace

std::optional<ChannelIndex> Program::find_channel(std::string_view name) const {
  for (ChannelIndex i = 0; i < channels.size(); ++i) {
    if (channels[i].name() == name) return i;
  }
  return std::nullopt;
}

Compilation compile(const config::v1::Sequence& sequence,
                    const Arguments& arguments,
                    const Environment* environment,
                    std::string_view bench) {
  return Compiler(sequence, arguments, environment, bench).run();
}

}  // namespace benchd::sequence
