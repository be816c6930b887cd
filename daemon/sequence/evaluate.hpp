// One walk over a syntax tree, for every domain in which an expression has a meaning.
//
// A domain has a `Value` and says what each node means for it: numbers and intervals
// (value_domain.hpp), types with units (type_domain.hpp). Adding a function or an operator to the
// language is an enumerator and one answer in each domain.
#pragma once

#include <utility>
#include <vector>

#include "daemon/sequence/expression.hpp"

namespace benchd::sequence {

template <typename Domain>
typename Domain::Value evaluate(const Expression& expression, const Node& node, Domain& domain) {
  switch (node.kind) {
    case NodeKind::Number:
      return domain.number(node);
    case NodeKind::Boolean:
      return domain.boolean(node);
    case NodeKind::Word:
      return domain.word(node);
    case NodeKind::Name:
      return domain.name(node);
    case NodeKind::Negate:
      return domain.negate(node, evaluate(expression, expression.node(node.children[0]), domain));
    case NodeKind::Not:
      return domain.deny(node, evaluate(expression, expression.node(node.children[0]), domain));
    case NodeKind::Binary: {
      auto left = evaluate(expression, expression.node(node.children[0]), domain);
      auto right = evaluate(expression, expression.node(node.children[1]), domain);
      return domain.binary(node, std::move(left), std::move(right));
    }
    case NodeKind::List:
    case NodeKind::Call:
      break;
  }
  std::vector<typename Domain::Value> items;
  items.reserve(node.children.size());
  for (const auto child : node.children) {
    items.push_back(evaluate(expression, expression.node(child), domain));
  }
  if (node.kind == NodeKind::List) return domain.list(node, std::move(items));
  return domain.call(node, std::move(items));
}

template <typename Domain>
typename Domain::Value evaluate(const Expression& expression, Domain& domain) {
  return evaluate(expression, expression.root(), domain);
}

}  // namespace benchd::sequence
