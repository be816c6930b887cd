#include "daemon/sequence/parameters.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/base/suggest.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

class NoNumbers final : public Names<double> {
 public:
  [[nodiscard]] NumberValue find(std::string_view) const override { return NumberValue(kNan); }
};

bool is_name(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::string text_of(const config::v1::Parameter& parameter) {
  std::string text;
  for (const auto& item : parameter.default_()) text += (text.empty() ? "" : ", ") + item;
  return text;
}

class ParameterCompiler {
 public:
  ParameterCompiler(const config::v1::Parameter& source, std::string path, Problems& problems)
      : source_(source), path_(std::move(path)), problems_(problems) {
    result_.name = source.name();
    result_.path = path_;
  }

  ProgramParameter run(const model::ParameterValue* argument) {
    if (!is_name(source_.name())) {
      problems_.error(path_ + ".name",
                      "a parameter's name is of a–z, 0–9 and _, as in \"max_rpm\"");
    }
    if (source_.unit().empty()) {
      words(argument);
    } else {
      numbers(argument);
    }
    return std::move(result_);
  }

 private:
  void words(const model::ParameterValue* argument) {
    result_.type = {TypeKind::Word, {}};
    if (source_.default__size() != 1) {
      problems_.error(path_ + ".default", "a parameter of words has one default");
    }
    for (const auto* field : {"min", "max"}) {
      const auto& text = *field == 'm' && field[1] == 'i' ? source_.min() : source_.max();
      if (!text.empty()) {
        problems_.error(path_ + "." + field, "a bound needs a unit of the parameter: add unit");
      }
    }
    word(text_of(source_), path_ + ".default", Reason::SequenceInvalid);
    if (argument != nullptr) word(argument->value, argument_path(), Reason::ParameterInvalid);
  }

  void word(const std::string& text, const std::string& path, Reason reason) {
    result_.text = result_.value.word = text;
    const std::vector<std::string> choices(source_.choices().begin(), source_.choices().end());
    if (choices.empty() || std::ranges::find(choices, text) != choices.end()) return;
    std::string all;
    for (const auto& choice : choices) all += (all.empty() ? "" : ", ") + choice;
    problems_.error(path,
                    source_.name() + " is one of " + all + ", not \"" + text + "\"" +
                        did_you_mean(text, choices),
                    reason);
  }

  void numbers(const model::ParameterValue* argument) {
    const auto unit = units::parse_unit(source_.unit());
    if (!unit) {
      problems_.error(path_ + ".unit", unit.error().message, Reason::UnknownUnit);
      return;
    }
    result_.type = source_.list() ? list_of(*unit) : number_in(*unit);
    if (source_.choices_size() > 0) {
      problems_.error(path_ + ".choices", "choices are for words: a number has min and max");
    }
    bounds(*unit);
    default_number();
    if (argument != nullptr) {
      result_.text = argument->value;
      number(argument->value, argument_path(), Reason::ParameterInvalid);
    }
  }

  void bounds(const units::Unit& unit) {
    const SiScale scale(unit);
    const auto bound = [&](const std::string& text, const char* field) -> std::optional<double> {
      if (text.empty()) return std::nullopt;
      const auto value = units::parse_as(text, unit);
      if (value) return scale.to_si(*value);
      problems_.error(path_ + "." + field, value.error().message, value.error().reason);
      return std::nullopt;
    };
    result_.min = bound(source_.min(), "min");
    result_.max = bound(source_.max(), "max");
    if (result_.min && result_.max && *result_.min > *result_.max) {
      problems_.error(path_ + ".min",
                      source_.min() + " is above the greatest value " + source_.max());
    }
  }

  void default_number() {
    if (source_.default__size() == 0) {
      problems_.error(path_ + ".default", source_.name() + " needs a default value");
      return;
    }
    result_.text = text_of(source_);
    const bool one = source_.list() || source_.default__size() == 1;
    if (!one) {
      problems_.error(path_ + ".default", "several values are for lists: add \"list: true\"");
      return;
    }
    number(result_.text, path_ + ".default", Reason::SequenceInvalid);
  }

  void number(const std::string& text, const std::string& path, Reason reason) {
    const Program nothing;
    const Symbols no_names(nothing, nullptr);
    const auto unit = result_.type.unit;
    Expected expected = quantity_in(unit, source_.name());
    if (source_.list()) expected.kind = Expected::Kind::List;
    Problems found;
    const auto formula = make_formula(text, path, expected, no_names, found);
    for (auto& problem : found.take()) {
      if (reason == Reason::ParameterInvalid) {
        problem.reason = reason;
        const bool is_named = problem.message.starts_with(source_.name() + " ");
        if (!is_named) problem.message.insert(0, source_.name() + ": ");
      }
      problems_.add(std::move(problem));
    }
    if (!formula.valid) return;
    const NoNumbers names;
    ValueDomain<double> numbers(names);
    auto value = evaluate(formula.expression, numbers);
    if (source_.list() && !value.is_list) value = NumberValue(std::vector{value.scalar});
    if (in_range(value, path, reason)) result_.value = std::move(value);
  }

  bool in_range(const NumberValue& value, const std::string& path, Reason reason) {
    const auto items = value.is_list ? value.list : std::vector{value.scalar};
    if (items.empty()) {
      problems_.error(path, source_.name() + " is empty", reason);
      return false;
    }
    for (const double item : items) {
      const auto message = excess(item);
      if (message.empty()) continue;
      problems_.error(path, source_.name() + " " + message, reason);
      return false;
    }
    return true;
  }

  // Empty if the value is allowed.
  [[nodiscard]] std::string excess(double si) const {
    const SiScale scale(result_.type.unit);
    const auto text = units::format({scale.from_si(si), result_.type.unit});
    constexpr double kRounding = 1e-9;
    if (!std::isfinite(si)) return "has no value";
    const bool below = result_.min && si < *result_.min - kRounding * std::fabs(*result_.min);
    const bool above = result_.max && si > *result_.max + kRounding * std::fabs(*result_.max);
    const bool both = result_.min && result_.max && *result_.min <= *result_.max;
    if ((below || above) && both) {
      return "is " + text + ", its range is " + source_.min() + " to " + source_.max();
    }
    if (below) return "is " + text + ", its least value is " + source_.min();
    if (above) return "is " + text + ", its greatest value is " + source_.max();
    if (source_.integer() && std::floor(scale.from_si(si)) != scale.from_si(si)) {
      return "is " + text + ", it must be a whole number";
    }
    return {};
  }

  [[nodiscard]] std::string argument_path() const { return "arguments." + source_.name(); }

  const config::v1::Parameter& source_;
  std::string path_;
  Problems& problems_;
  ProgramParameter result_;
};

const model::ParameterValue* find_argument(const Arguments& arguments, const std::string& name) {
  const auto found = std::ranges::find(arguments, name, &model::ParameterValue::name);
  return found == arguments.end() ? nullptr : &*found;
}

void refuse_unknown_arguments(const Arguments& arguments,
                              const Program& program,
                              Problems& problems) {
  std::vector<std::string> known;
  for (const auto& [name, ignored] : program.parameters) known.push_back(name);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& name = arguments[i].name;
    if (!program.parameters.contains(name)) {
      problems.error("arguments." + name,
                     "the sequence has no parameter \"" + name + "\"" + did_you_mean(name, known),
                     Reason::ParameterInvalid);
    } else if (find_argument(arguments, name) != &arguments[i]) {
      problems.error("arguments." + name, "\"" + name + "\" is given twice",
                     Reason::ParameterInvalid);
    }
  }
}

}  // namespace

void compile_parameters(const config::v1::Sequence& sequence,
                        const Arguments& arguments,
                        Program& program,
                        Symbols& symbols,
                        Problems& problems) {
  for (int i = 0; i < sequence.parameters_size(); ++i) {
    const auto& source = sequence.parameters(i);
    const auto path = "parameters[" + std::to_string(i) + "]";
    if (const auto taken = symbols.what_is(source.name()); !taken.empty()) {
      problems.error(path + ".name", "\"" + source.name() + "\" is already " + taken);
    }
    auto parameter =
        ParameterCompiler(source, path, problems).run(find_argument(arguments, source.name()));
    if (parameter.type.kind == TypeKind::Word) {
      symbols.add_choices(source.name(), {source.choices().begin(), source.choices().end()});
    }
    program.parameters.try_emplace(source.name(), std::move(parameter));
  }
  refuse_unknown_arguments(arguments, program, problems);
}

}  // namespace benchd::sequence
