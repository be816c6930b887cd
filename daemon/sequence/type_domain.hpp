// What kind of value an expression has, and in which unit: the dimension check.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sequence/evaluate.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::sequence {

enum class TypeKind {
  Unknown,  // already reported; silences what follows from it
  Number,
  Boolean,  // also "on" and "off"; a switch's reading is a Number in "1" and may be compared
  Word,
  List,  // of numbers
};

struct Type {
  TypeKind kind = TypeKind::Unknown;
  units::Unit unit;  // of numbers and of a list's items

  [[nodiscard]] bool is_unknown() const { return kind == TypeKind::Unknown; }
};

[[nodiscard]] inline Type number_in(const units::Unit& unit) { return {TypeKind::Number, unit}; }
[[nodiscard]] inline Type list_of(const units::Unit& unit) { return {TypeKind::List, unit}; }

// "a voltage", "true or false", "a list of angles in deg".
[[nodiscard]] std::string describe(const Type& type);

// What names stand for. A name that is not known gives the sentence to report.
class TypeNames {
 public:
  TypeNames() = default;
  TypeNames(const TypeNames&) = delete;
  TypeNames& operator=(const TypeNames&) = delete;
  virtual ~TypeNames() = default;
  [[nodiscard]] virtual tl::expected<Type, std::string> find(std::string_view name) const = 0;
};

// Collects every problem, each once: what is built on a faulty part is Unknown and silent.
class TypeDomain {
 public:
  using Value = Type;

  // Both outlive the domain.
  TypeDomain(const Expression& expression, const TypeNames& names)
      : expression_(expression), names_(names) {}

  Type number(const Node& node);
  Type boolean(const Node& node);
  Type word(const Node& node);
  Type name(const Node& node);
  Type negate(const Node& node, Type a);
  Type deny(const Node& node, Type a);
  Type binary(const Node& node, Type a, Type b);
  Type list(const Node& node, std::vector<Type> items);
  Type call(const Node& node, std::vector<Type> arguments);

  [[nodiscard]] const std::vector<ExpressionProblem>& problems() const { return problems_; }

 private:
  Type report(const Node& node, std::string message);
  Type logical(const Node& node, const Type& a, const Type& b);
  Type comparison(const Node& node, const Type& a, const Type& b);
  Type arithmetic(const Node& node, const Type& a, const Type& b);
  Type power(const Node& node, const Type& base, const Type& exponent);
  Type collective(const Node& node, const std::vector<Type>& items);
  Type root(const Node& node, const Type& a);
  Type trigonometric(const Node& node, const Type& a);
  Type range(const Node& node, const std::vector<Type>& arguments);
  Type interpolate(const Node& node, const std::vector<Type>& arguments);
  // False and reported if an operand is no number.
  bool are_numbers(const Node& node, const std::vector<Type>& operands);
  // False and reported if the unit of b is of another kind than that of a, or a bare number
  // stands where the other has a unit.
  bool same_kind(const Node& node, NodeId b_node, const Type& a, const Type& b);
  bool is_bare(NodeId id, const Type& other) const;
  [[nodiscard]] std::optional<int> whole_exponent(NodeId id) const;

  const Expression& expression_;
  const TypeNames& names_;
  std::vector<ExpressionProblem> problems_;
};

}  // namespace benchd::sequence
