#include "daemon/sequence/type_domain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

const Type kUnknown{};

bool is_angle_or_one(const units::Unit& unit) {
  static const auto kRadian = units::unit("rad");
  return units::convertible(unit, kRadian) || units::convertible(unit, units::Unit{});
}

// A switch is read as 0 or 1 and compared with on and off.
bool is_switch_like(const Type& type) {
  return type.kind == TypeKind::Boolean || (type.kind == TypeKind::Number && type.unit.is_one());
}

std::string with_article(const units::Unit& unit) {
  return unit.is_one() ? "a bare number" : units::kind_of(unit);
}

struct Arity {
  std::size_t least;
  std::size_t most;
};

Arity arity_of(Function function) {
  switch (function) {
    case Function::Atan2:
      return {2, 2};
    case Function::Interpolate:
    case Function::Range:
      return {3, 3};
    case Function::Max:
    case Function::Mean:
    case Function::Min:
      return {1, 1000};
    default:
      return {1, 1};
  }
}

}  // namespace

std::string describe(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return "true or false";
    case TypeKind::Word:
      return "a word";
    case TypeKind::List:
      return "a list";
    case TypeKind::Number:
      return with_article(type.unit);
    case TypeKind::Unknown:
      break;
  }
  return "unknown";
}

Type TypeDomain::report(const Node& node, std::string message) {
  problems_.push_back({node.column, node.length, std::move(message)});
  return kUnknown;
}

Type TypeDomain::number(const Node& node) { return number_in(node.unit); }
Type TypeDomain::boolean(const Node&) { return {TypeKind::Boolean, {}}; }
Type TypeDomain::word(const Node&) { return {TypeKind::Word, {}}; }

Type TypeDomain::name(const Node& node) {
  auto type = names_.find(node.name);
  if (!type) return report(node, type.error());
  return *type;
}

bool TypeDomain::are_numbers(const Node& node, const std::vector<Type>& operands) {
  for (const auto& operand : operands) {
    if (operand.is_unknown()) return false;
    if (operand.kind == TypeKind::Number) continue;
    const auto what = node.kind == NodeKind::Call     ? to_string(node.function)
                      : node.kind == NodeKind::Negate ? "-"
                                                      : to_string(node.op);
    report(node, "\"" + std::string(what) + "\" needs numbers, this is " + describe(operand));
    return false;
  }
  return true;
}

bool TypeDomain::is_bare(NodeId id, const Type& other) const {
  const auto& node = expression_.node(id);
  return node.kind == NodeKind::Number && node.unit.is_one() && !other.unit.is_one();
}

bool TypeDomain::same_kind(const Node& node, NodeId b_node, const Type& a, const Type& b) {
  const auto first = node.children[0];
  if (is_bare(b_node, a) || is_bare(first, b)) {
    const bool second = is_bare(b_node, a);
    const auto& bare = expression_.node(second ? b_node : first);
    report(bare, "\"" + units::format_number(bare.value) + "\" has no unit, write \"" +
                     units::format({bare.value, second ? a.unit : b.unit}) + "\"");
    return false;
  }
  if (units::convertible(b.unit, a.unit)) return true;
  report(node, "\"" +
                   expression_.text().substr(static_cast<std::size_t>(node.column),
                                             static_cast<std::size_t>(node.length)) +
                   "\" mixes " + with_article(a.unit) + " and " + with_article(b.unit));
  return false;
}

Type TypeDomain::negate(const Node& node, Type a) {
  if (!are_numbers(node, {a})) return kUnknown;
  if (a.unit.has_offset()) {
    return report(node, "a temperature in " + a.unit.symbol() + " cannot be negated");
  }
  return a;
}

Type TypeDomain::deny(const Node& node, Type a) {
  if (a.is_unknown()) return a;
  if (!is_switch_like(a)) {
    return report(node, "\"not\" needs true or false, this is " + describe(a));
  }
  return {TypeKind::Boolean, {}};
}

Type TypeDomain::binary(const Node& node, Type a, Type b) {
  if (a.is_unknown() || b.is_unknown()) return kUnknown;
  if (node.op == Operator::And || node.op == Operator::Or) return logical(node, a, b);
  if (is_comparison(node.op)) return comparison(node, a, b);
  if (!are_numbers(node, {a, b})) return kUnknown;
  if (node.op == Operator::Power) return power(node, a, b);
  return arithmetic(node, a, b);
}

Type TypeDomain::logical(const Node& node, const Type& a, const Type& b) {
  for (const auto& operand : {a, b}) {
    if (is_switch_like(operand)) continue;
    return report(node, "\"" + std::string(to_string(node.op)) + "\" joins conditions, this is " +
                            describe(operand));
  }
  return {TypeKind::Boolean, {}};
}

Type TypeDomain::comparison(const Node& node, const Type& a, const Type& b) {
  const Type condition{TypeKind::Boolean, {}};
  const bool equality = node.op == Operator::Equal || node.op == Operator::NotEqual;
  if (a.kind == TypeKind::Word || b.kind == TypeKind::Word) {
    if (a.kind == b.kind && equality) return condition;
    return report(node, "a word can only be compared with a word, by == or !=");
  }
  if (a.kind == TypeKind::Boolean || b.kind == TypeKind::Boolean) {
    if (equality && is_switch_like(a) && is_switch_like(b)) return condition;
    return report(node, "\"" + std::string(to_string(node.op)) + "\" cannot compare " +
                            describe(a) + " with " + describe(b));
  }
  if (!are_numbers(node, {a, b}) || !same_kind(node, node.children[1], a, b)) return kUnknown;
  return condition;
}

Type TypeDomain::arithmetic(const Node& node, const Type& a, const Type& b) {
  if (node.op == Operator::Multiply || node.op == Operator::Divide) {
    const auto unit = node.op == Operator::Multiply ? units::multiply(a.unit, b.unit)
                                                    : units::divide(a.unit, b.unit);
    if (!unit) return report(node, unit.error().message);
    return number_in(*unit);
  }
  const auto unit =
      node.op == Operator::Add ? units::sum(a.unit, b.unit) : units::difference(a.unit, b.unit);
  const bool bare = is_bare(node.children[0], b) || is_bare(node.children[1], a);
  if (unit && !bare) return number_in(*unit);
  if (!unit && (a.unit.is_level() || b.unit.is_level() || units::convertible(a.unit, b.unit))) {
    return report(node, unit.error().message);
  }
  same_kind(node, node.children[1], a, b);
  return kUnknown;
}

std::optional<int> TypeDomain::whole_exponent(NodeId id) const {
  const auto& node = expression_.node(id);
  constexpr double kLargest = 9;
  if (node.kind != NodeKind::Number || !node.unit.is_one()) return std::nullopt;
  if (std::floor(node.value) != node.value || std::fabs(node.value) > kLargest) return std::nullopt;
  return static_cast<int>(node.value);
}

Type TypeDomain::power(const Node& node, const Type& base, const Type& exponent) {
  if (!units::convertible(exponent.unit, units::Unit{})) {
    return report(node, "an exponent is a bare number, this is " + describe(exponent));
  }
  if (base.unit.is_one()) return base;
  const auto whole = whole_exponent(node.children[1]);
  if (!whole) {
    return report(node, "the exponent of " + with_article(base.unit) +
                            " must be a whole number from -9 to 9");
  }
  const auto unit = units::power(base.unit, *whole);
  if (!unit) return report(node, unit.error().message);
  return number_in(*unit);
}

Type TypeDomain::list(const Node& node, std::vector<Type> items) {
  if (items.empty()) return list_of({});
  if (std::ranges::any_of(items, &Type::is_unknown)) return kUnknown;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind != TypeKind::Number && items[i].kind != TypeKind::List) {
      return report(expression_.node(node.children[i]),
                    "a list holds numbers, this is " + describe(items[i]));
    }
    if (!same_kind(node, node.children[i], items.front(), items[i])) return kUnknown;
  }
  return list_of(items.front().unit);
}

Type TypeDomain::call(const Node& node, std::vector<Type> arguments) {
  const auto [least, most] = arity_of(node.function);
  const auto name = std::string(to_string(node.function));
  if (arguments.size() < least || arguments.size() > most) {
    return report(node, name + " takes " + std::to_string(least) +
                            (least == most ? "" : " or more") +
                            (least == 1 ? " value" : " values") + ", here are " +
                            std::to_string(arguments.size()));
  }
  if (std::ranges::any_of(arguments, &Type::is_unknown)) return kUnknown;
  switch (node.function) {
    case Function::Max:
    case Function::Mean:
    case Function::Min:
      return collective(node, arguments);
    case Function::Interpolate:
      return interpolate(node, arguments);
    default:
      break;
  }
  if (!are_numbers(node, arguments)) return kUnknown;
  switch (node.function) {
    case Function::Range:
      return range(node, arguments);
    case Function::Sqrt:
      return root(node, arguments[0]);
    case Function::Sin:
    case Function::Cos:
    case Function::Tan:
      return trigonometric(node, arguments[0]);
    case Function::Atan2:
      if (!same_kind(node, node.children[1], arguments[0], arguments[1])) return kUnknown;
      return number_in(units::unit("rad"));
    case Function::Abs:
      return negate(node, arguments[0]);
    default:
      break;
  }
  // The value is in SI: the result would depend on the unit.
  if (arguments[0].unit.is_one()) return arguments[0];
  return report(node, name + " rounds bare numbers, this is " + describe(arguments[0]) +
                          "; divide by a unit first, as in " + name + "(x / (1 " +
                          arguments[0].unit.symbol() + "))");
}

Type TypeDomain::collective(const Node& node, const std::vector<Type>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind != TypeKind::List && !are_numbers(node, {items[i]})) return kUnknown;
    if (!same_kind(node, node.children[i], items.front(), items[i])) return kUnknown;
  }
  return number_in(items.front().unit);
}

// In base units: of the square of a product only the dimension tells the root.
Type TypeDomain::root(const Node& node, const Type& a) {
  const auto& d = a.unit.dimension();
  const std::array<std::pair<std::int8_t, const char*>, 8> factors{{{d.mass, "kg"},
                                                                    {d.length, "m"},
                                                                    {d.time, "s"},
                                                                    {d.current, "A"},
                                                                    {d.temperature, "K"},
                                                                    {d.amount, "mol"},
                                                                    {d.luminous_intensity, "cd"},
                                                                    {d.angle, "rad"}}};
  units::Unit result;
  bool possible = !a.unit.has_offset() && !a.unit.is_level();
  for (const auto& [exponent, code] : factors) {
    if (exponent % 2 != 0) possible = false;
    if (!possible || exponent == 0) continue;
    result = *units::multiply(result, *units::power(units::unit(code), exponent / 2));
  }
  if (possible) return number_in(result);
  return report(node, "sqrt needs the square of a unit, this is " + describe(a));
}

Type TypeDomain::trigonometric(const Node& node, const Type& a) {
  if (is_angle_or_one(a.unit)) return number_in({});
  return report(node,
                std::string(to_string(node.function)) + " needs an angle, this is " + describe(a));
}

Type TypeDomain::range(const Node& node, const std::vector<Type>& arguments) {
  const auto& first = arguments[0];
  if (!same_kind(node, node.children[1], first, arguments[1])) return kUnknown;
  const auto step = units::sum(first.unit, arguments[2].unit);
  if (!step) {
    if (!same_kind(node, node.children[2], first, arguments[2])) return kUnknown;
    return report(node, step.error().message);
  }
  return list_of(first.unit);
}

Type TypeDomain::interpolate(const Node& node, const std::vector<Type>& arguments) {
  if (!are_numbers(node, {arguments[0]})) return kUnknown;
  for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    if (arguments[i].kind == TypeKind::List) continue;
    return report(expression_.node(node.children[i]),
                  "interpolate takes a value and two lists, this is " + describe(arguments[i]));
  }
  if (!same_kind(node, node.children[1], arguments[0], arguments[1])) return kUnknown;
  return number_in(arguments[2].unit);
}

}  // namespace benchd::sequence
