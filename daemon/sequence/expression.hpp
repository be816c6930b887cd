// Expressions of sequences: text to syntax tree.
//
//   20 %      14.8 V      20 %/s      -5 °C      on off true false
//   supply_voltage        level.thrust.mean      "a word"
//   [20 %, 30 %]          range(20 %, 80 %, 10 %)
//   or, and, not, == != < <= > >=, + -, * /, - (sign), ^        weakest first
//   min max abs sqrt sin cos tan atan2 floor ceil round interpolate mean
//
// A unit belongs to the number in front of it. It ends at a space and at whatever makes it unknown,
// so that "20 %/s" is a rate, "20 %/level" a division, and "20 % / s" divides by a name "s".
//
// A tree is evaluated over numbers, intervals and types alike: evaluate.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "daemon/units/unit.hpp"

namespace benchd::sequence {

enum class NodeKind : std::uint8_t {
  Number,
  Boolean,
  Word,
  Name,
  List,
  Negate,
  Not,
  Binary,
  Call,
};

enum class Operator : std::uint8_t {
  None,
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Add,
  Subtract,
  Multiply,
  Divide,
  Power,
};

enum class Function : std::uint8_t {
  None,
  Abs,
  Atan2,
  Ceil,
  Cos,
  Floor,
  Interpolate,
  Max,
  Mean,
  Min,
  Range,
  Round,
  Sin,
  Sqrt,
  Tan,
};

[[nodiscard]] std::string_view to_string(Operator op);
[[nodiscard]] std::string_view to_string(Function function);
[[nodiscard]] constexpr bool is_comparison(Operator op) {
  return op >= Operator::Equal && op <= Operator::GreaterEqual;
}

using NodeId = std::uint32_t;

struct Node {
  NodeKind kind = NodeKind::Number;
  Operator op = Operator::None;
  Function function = Function::None;
  double value = 0;  // of numbers, in `unit`; of booleans, 0 or 1
  double si = 0;     // the same in the coherent SI unit
  units::Unit unit;
  std::string name;  // of names and words
  std::vector<NodeId> children;
  int column = 0;  // in bytes from 0
  int length = 0;
};

// A place in an expression that is wrong.
struct ExpressionProblem {
  int column = 0;
  int length = 0;
  std::string message;
};

// An immutable tree. Copies share it.
class Expression {
 public:
  // The number 0.
  Expression();
  Expression(std::string text, std::vector<Node> nodes, NodeId root);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const Node& node(NodeId id) const { return (*nodes_)[id]; }
  [[nodiscard]] const Node& root() const { return (*nodes_)[root_]; }
  [[nodiscard]] std::span<const Node> nodes() const { return *nodes_; }
  // The whole is a number with a unit, or another constant.
  [[nodiscard]] bool is_literal() const;
  // Every name in it, each once.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::string text_;
  std::shared_ptr<const std::vector<Node>> nodes_;
  NodeId root_ = 0;
};

[[nodiscard]] tl::expected<Expression, ExpressionProblem> parse_expression(std::string_view text);

// As above, and "20 %, 30 %" is read as the list of both.
[[nodiscard]] tl::expected<Expression, ExpressionProblem> parse_list(std::string_view text);

}  // namespace benchd::sequence
