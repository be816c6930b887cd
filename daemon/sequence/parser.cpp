#include <array>
#include <optional>
#include <utility>

#include "daemon/base/suggest.hpp"
#include "daemon/sequence/expression.hpp"
#include "daemon/sequence/lexer.hpp"
#include "daemon/sequence/si.hpp"

namespace benchd::sequence {
namespace {

// Deeper nesting is a mistake or an attack, and would use up the stack.
constexpr int kMaxDepth = 100;

struct Precedence {
  std::string_view sign;
  Operator op;
  int strength;
};
constexpr std::array kBinary{
    Precedence{"or", Operator::Or, 1},      Precedence{"and", Operator::And, 2},
    Precedence{"==", Operator::Equal, 4},   Precedence{"!=", Operator::NotEqual, 4},
    Precedence{"<", Operator::Less, 4},     Precedence{"<=", Operator::LessEqual, 4},
    Precedence{">", Operator::Greater, 4},  Precedence{">=", Operator::GreaterEqual, 4},
    Precedence{"+", Operator::Add, 5},      Precedence{"-", Operator::Subtract, 5},
    Precedence{"*", Operator::Multiply, 6}, Precedence{"/", Operator::Divide, 6},
    Precedence{"^", Operator::Power, 8},
};
constexpr int kNotStrength = 3;
constexpr int kSignStrength = 7;

std::optional<Function> find_function(std::string_view name) {
  for (auto f = Function::Abs;; f = static_cast<Function>(static_cast<int>(f) + 1)) {
    if (to_string(f) == name) return f;
    if (f == Function::Tan) return std::nullopt;
  }
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (auto f = Function::Abs;; f = static_cast<Function>(static_cast<int>(f) + 1)) {
    names.emplace_back(to_string(f));
    if (f == Function::Tan) return names;
  }
}

// Precedence climbing over the tokens. The first mistake is thrown and caught in parse().
class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  tl::expected<Expression, ExpressionProblem> parse(bool list_without_brackets) {
    try {
      auto root = expression(0);
      if (list_without_brackets && is_sign(",")) root = rest_of_list(root);
      if (peek().kind != TokenKind::End) throw trailing();
      return Expression(std::string(text_), std::move(nodes_), root);
    } catch (ExpressionProblem& problem) {
      return tl::unexpected(std::move(problem));
    }
  }

 private:
  [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
  Token take() { return tokens_[at_++]; }
  [[nodiscard]] bool is_sign(std::string_view sign) const {
    return peek().kind == TokenKind::Sign && peek().text == sign;
  }
  bool take_sign(std::string_view sign) {
    if (!is_sign(sign)) return false;
    ++at_;
    return true;
  }

  NodeId add(Node node, int column) {
    node.column = column;
    const auto& last = tokens_[at_ == 0 ? 0 : at_ - 1];
    node.length = last.column + last.length - column;
    nodes_.push_back(std::move(node));
    return static_cast<NodeId>(nodes_.size() - 1);
  }

  [[nodiscard]] const Precedence* binary_operator() const {
    if (peek().kind != TokenKind::Sign && peek().kind != TokenKind::Name) return nullptr;
    for (const auto& entry : kBinary) {
      if (entry.sign == peek().text) return &entry;
    }
    return nullptr;
  }

  NodeId expression(int least_strength) {
    if (++depth_ > kMaxDepth) throw problem_at(peek(), "the expression is nested too deeply");
    auto left = operand();
    while (const auto* entry = binary_operator()) {
      if (entry->strength < least_strength) break;
      left = binary(left, *entry);
    }
    --depth_;
    return left;
  }

  NodeId binary(NodeId left, const Precedence& entry) {
    const auto sign = take();
    const bool right_associative = entry.op == Operator::Power;
    Node node;
    node.kind = NodeKind::Binary;
    node.op = entry.op;
    const auto right =
        right_associative ? expression(kSignStrength) : expression(entry.strength + 1);
    node.children = {left, right};
    const auto added = add(std::move(node), nodes_[left].column);
    if (is_comparison(entry.op)) refuse_chain(sign);
    return added;
  }

  // "1 V < x < 2 V" does not mean what it looks like.
  void refuse_chain(const Token& sign) const {
    const auto* next = binary_operator();
    if (next == nullptr || !is_comparison(next->op)) return;
    throw problem_at(
        peek(), "comparisons cannot be chained: join two with and (after \"" + sign.text + "\")");
  }

  NodeId operand() {
    const auto& token = peek();
    if (token.kind == TokenKind::Sign && token.text == "-") return negation();
    if (token.kind == TokenKind::Sign && token.text == "+") {
      take();
      return expression(kSignStrength);
    }
    if (token.kind == TokenKind::Name && token.text == "not") return denial();
    if (token.kind == TokenKind::Number) return number(take(), 1);
    if (token.kind == TokenKind::Word) return word();
    if (token.kind == TokenKind::Name) return name_or_call();
    if (is_sign("(")) return parentheses();
    if (is_sign("[")) return list();
    throw missing_operand();
  }

  NodeId number(const Token& token, int sign, std::optional<int> column = std::nullopt) {
    Node node;
    node.kind = NodeKind::Number;
    node.value = sign * token.value;
    node.unit = token.unit;
    node.si = SiScale(token.unit).to_si(node.value);
    return add(std::move(node), column.value_or(token.column));
  }

  // The sign of a number belongs to it: -5 °C is a temperature, not a negative one of 5 °C.
  NodeId negation() {
    const auto minus = take();
    if (peek().kind == TokenKind::Number) {
      const auto& following = tokens_[at_ + 1];
      const bool is_base = following.kind == TokenKind::Sign && following.text == "^";
      if (!is_base) return number(take(), -1, minus.column);
    }
    Node node;
    node.kind = NodeKind::Negate;
    node.children = {expression(kSignStrength)};
    return add(std::move(node), minus.column);
  }

  NodeId denial() {
    const auto token = take();
    Node node;
    node.kind = NodeKind::Not;
    node.children = {expression(kNotStrength)};
    return add(std::move(node), token.column);
  }

  NodeId word() {
    const auto token = take();
    Node node;
    node.kind = NodeKind::Word;
    node.name = token.text;
    return add(std::move(node), token.column);
  }

  NodeId name_or_call() {
    const auto token = take();
    if (is_sign("(")) return call(token);
    if (token.text == "and" || token.text == "or") {
      throw problem_at(token, "a value is missing in front of \"" + token.text + "\"");
    }
    Node node;
    const bool yes = token.text == "on" || token.text == "true";
    if (yes || token.text == "off" || token.text == "false") {
      node.kind = NodeKind::Boolean;
      node.value = node.si = yes ? 1 : 0;
    } else {
      node.kind = NodeKind::Name;
      node.name = token.text;
    }
    return add(std::move(node), token.column);
  }

  NodeId call(const Token& token) {
    const auto function = find_function(token.text);
    if (!function) {
      throw problem_at(token, "there is no function \"" + token.text + "\"" +
                                  did_you_mean(token.text, function_names()));
    }
    Node node;
    node.kind = NodeKind::Call;
    node.function = *function;
    take();
    node.children = items(")");
    return add(std::move(node), token.column);
  }

  NodeId list() {
    const auto bracket = take();
    Node node;
    node.kind = NodeKind::List;
    node.children = items("]");
    return add(std::move(node), bracket.column);
  }

  std::vector<NodeId> items(std::string_view closing) {
    std::vector<NodeId> items;
    if (take_sign(closing)) return items;
    do {
      items.push_back(expression(0));
    } while (take_sign(","));
    expect(closing);
    return items;
  }

  NodeId rest_of_list(NodeId first) {
    Node node;
    node.kind = NodeKind::List;
    node.children = {first};
    while (take_sign(",")) node.children.push_back(expression(0));
    return add(std::move(node), nodes_[first].column);
  }

  NodeId parentheses() {
    take();
    const auto inner = expression(0);
    expect(")");
    return inner;
  }

  void expect(std::string_view sign) {
    if (take_sign(sign)) return;
    if (peek().kind == TokenKind::End) {
      throw problem_at(peek(), "\"" + std::string(sign) + "\" is missing at the end");
    }
    throw problem_at(
        peek(), "\"" + std::string(sign) + "\" is missing in front of \"" + text_of(peek()) + "\"");
  }

  [[nodiscard]] std::string text_of(const Token& token) const {
    return std::string(text_.substr(static_cast<std::size_t>(token.column),
                                    static_cast<std::size_t>(token.length)));
  }

  static ExpressionProblem problem_at(const Token& token, std::string message) {
    return {token.column, token.length, std::move(message)};
  }

  [[nodiscard]] ExpressionProblem missing_operand() const {
    if (tokens_.size() == 1) return problem_at(peek(), "the expression is empty");
    if (peek().kind == TokenKind::End) return problem_at(peek(), "a value is missing at the end");
    return problem_at(peek(), "a value is missing in front of \"" + text_of(peek()) + "\"");
  }

  [[nodiscard]] ExpressionProblem trailing() const {
    const auto text = text_of(peek());
    if (text == "=") return problem_at(peek(), "\"=\" is not known here: compare with ==");
    if (text == ",") return problem_at(peek(), "a list is written in brackets: [20 %, 30 %]");
    return problem_at(peek(), "an operator is missing in front of \"" + text + "\"");
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Node> nodes_;
};

tl::expected<Expression, ExpressionProblem> parse(std::string_view text, bool list) {
  auto tokens = tokenize(text, list ? Commas::SeparateItems : Commas::AreMistakes);
  if (!tokens) return tl::unexpected(tokens.error());
  return Parser(text, std::move(*tokens)).parse(list);
}

}  // namespace

tl::expected<Expression, ExpressionProblem> parse_expression(std::string_view text) {
  return parse(text, false);
}

tl::expected<Expression, ExpressionProblem> parse_list(std::string_view text) {
  return parse(text, true);
}

}  // namespace benchd::sequence
