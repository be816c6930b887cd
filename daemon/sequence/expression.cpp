#include "daemon/sequence/expression.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace benchd::sequence {
namespace {

constexpr std::array kOperators{
    "", "or", "and", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "^"};
constexpr std::array kFunctions{"",      "abs",         "atan2", "ceil", "cos",
                                "floor", "interpolate", "max",   "mean", "min",
                                "range", "round",       "sin",   "sqrt", "tan"};

}  // namespace

std::string_view to_string(Operator op) { return kOperators.at(static_cast<std::size_t>(op)); }

std::string_view to_string(Function function) {
  return kFunctions.at(static_cast<std::size_t>(function));
}

Expression::Expression() : Expression("0", {Node{}}, 0) {}

Expression::Expression(std::string text, std::vector<Node> nodes, NodeId root)
    : text_(std::move(text)),
      nodes_(std::make_shared<const std::vector<Node>>(std::move(nodes))),
      root_(root) {}

bool Expression::is_literal() const {
  const auto kind = root().kind;
  return kind == NodeKind::Number || kind == NodeKind::Boolean || kind == NodeKind::Word;
}

std::vector<std::string> Expression::names() const {
  std::vector<std::string> names;
  for (const auto& node : *nodes_) {
    if (node.kind == NodeKind::Name && std::ranges::find(names, node.name) == names.end()) {
      names.push_back(node.name);
    }
  }
  return names;
}

}  // namespace benchd::sequence
