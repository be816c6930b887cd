#include "daemon/sequence/formulas.hpp"

#include <utility>

#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

using Kind = Expected::Kind;

std::string unit_words(const units::Unit& unit) {
  return unit.is_one() ? "a bare number" : "in " + unit.symbol();
}

// The whole, or the first item of the list, if it is a number without the unit that is due.
const Node* bare_number(const Expression& expression, const units::Unit& unit) {
  const auto* node = &expression.root();
  if (node->kind == NodeKind::List && !node->children.empty()) {
    node = &expression.node(node->children[0]);
  }
  const bool bare = node->kind == NodeKind::Number && node->unit.is_one() && !unit.is_one();
  return bare ? node : nullptr;
}

// The sentence for a value of the wrong type; empty if the type fits.
std::string misfit(const Expression& expression, const Type& type, const Expected& expected) {
  const bool is_number = type.kind == TypeKind::Number;
  const bool is_condition = type.kind == TypeKind::Boolean;
  switch (expected.kind) {
    case Kind::Value:
      if (is_number || is_condition) return {};
      return expected.what + " is a number or a condition, this is " + describe(type);
    case Kind::Text:
      if (type.kind != TypeKind::List) return {};
      return "a list cannot be part of a message";
    case Kind::Condition:
      if (is_condition) return {};
      if (is_number && type.unit.is_one()) {
        return "a condition is due: write \"" + expression.text() + " == on\"";
      }
      return "a condition is due, this is " + describe(type);
    case Kind::Setpoint:
      if (is_condition && expected.unit.is_one()) return {};
      [[fallthrough]];
    case Kind::Quantity:
    case Kind::List:
      break;
  }
  if (!is_number && (expected.kind != Kind::List || type.kind != TypeKind::List)) {
    return expected.what + " is " + unit_words(expected.unit) + ", this is " + describe(type);
  }
  // 0.2 is 20 % to a physicist; to everybody else "20" without a unit is a slip.
  if (const auto* bare = bare_number(expression, expected.unit)) {
    return "\"" + units::format_number(bare->value) + "\" has no unit, write \"" +
           units::format({bare->value, expected.unit}) + "\"";
  }
  if (units::convertible(type.unit, expected.unit)) return {};
  return expected.what + " is " + unit_words(expected.unit) + ", this is " + describe(type);
}

}  // namespace

Expected quantity_in(const units::Unit& unit, std::string what) {
  return {Kind::Quantity, unit, std::move(what), {}};
}

Expected duration() { return quantity_in(units::unit("s"), "a duration"); }

Expected condition() { return {Kind::Condition, {}, "a condition", {}}; }

Expected any_value() { return {Kind::Value, {}, "a value", {}}; }

Expected printable() { return {Kind::Text, {}, "a part of a message", {}}; }

Expected setpoint_of(const model::Channel& channel) {
  return {Kind::Setpoint, channel.unit, channel.id.text(), channel.id.text()};
}

Expected levels_of(const model::Channel& channel) {
  return {Kind::List, channel.unit, channel.id.text(), {}};
}

void Problems::error(std::string path, std::string message, Reason reason) {
  add({Severity::Error, reason, std::move(path), std::nullopt, 0, std::move(message)});
}

void Problems::warning(std::string path, std::string message, Reason reason) {
  add({Severity::Warning, reason, std::move(path), std::nullopt, 0, std::move(message)});
}

Formula make_formula(std::string_view text,
                     std::string path,
                     const Expected& expected,
                     const Symbols& symbols,
                     Problems& problems,
                     int offset) {
  Formula formula;
  formula.path = std::move(path);
  const auto report = [&](const ExpressionProblem& problem, Reason reason) {
    problems.add({Severity::Error, reason, formula.path, problem.column + offset, problem.length,
                  problem.message});
  };
  const auto parsed = expected.kind == Kind::List ? parse_list(text) : parse_expression(text);
  if (!parsed) {
    report(parsed.error(), Reason::SequenceInvalid);
    return formula;
  }
  formula.expression = with_words(*parsed, symbols, expected.channel);
  TypeDomain types(formula.expression, symbols);
  formula.type = evaluate(formula.expression, types);
  for (const auto& problem : types.problems()) report(problem, Reason::SequenceInvalid);
  if (formula.type.is_unknown() || !types.problems().empty()) return formula;
  const auto message = misfit(formula.expression, formula.type, expected);
  if (!message.empty()) {
    const auto& root = formula.expression.root();
    report({root.column, root.length, message}, Reason::UnitMismatch);
    return formula;
  }
  formula.valid = true;
  return formula;
}

}  // namespace benchd::sequence
