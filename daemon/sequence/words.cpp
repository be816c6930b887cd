#include "daemon/sequence/words.hpp"

#include <vector>

namespace benchd::sequence {
namespace {

void make_boolean(Node& node, double value) {
  node.kind = NodeKind::Boolean;
  node.value = node.si = value;
}

void resolve(Node& node, const Node& other, const WordTable& words) {
  if (node.kind != NodeKind::Name || other.kind != NodeKind::Name) return;
  if (const auto state = words.state(other.name, node.name)) {
    make_boolean(node, *state);
  } else if (words.is_choice(other.name, node.name)) {
    node.kind = NodeKind::Word;
  }
}

}  // namespace

Expression with_words(const Expression& expression,
                      const WordTable& words,
                      std::string_view written_to) {
  std::vector<Node> nodes(expression.nodes().begin(), expression.nodes().end());
  const auto root = static_cast<NodeId>(&expression.root() - expression.nodes().data());
  for (const auto& node : expression.nodes()) {
    if (node.op != Operator::Equal && node.op != Operator::NotEqual) continue;
    const auto left = node.children[0];
    const auto right = node.children[1];
    resolve(nodes[left], expression.node(right), words);
    resolve(nodes[right], expression.node(left), words);
  }
  if (nodes[root].kind == NodeKind::Name && !written_to.empty()) {
    if (const auto state = words.state(written_to, nodes[root].name)) {
      make_boolean(nodes[root], *state);
    }
  }
  return {expression.text(), std::move(nodes), root};
}

}  // namespace benchd::sequence
