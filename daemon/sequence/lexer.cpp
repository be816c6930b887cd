#include "daemon/sequence/lexer.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace benchd::sequence {
namespace {

using tl::unexpected;

constexpr std::size_t kMaxLength = 10'000;
constexpr std::array<std::string_view, 3> kWordOperators{"and", "or", "not"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_start(char c) { return is_letter(c) || c == '_'; }
// Beyond ASCII only the signs of units are met: µ, °, Ω, ·, ², ³.
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_unit_start(char c) { return is_letter(c) || c == '%' || is_beyond_ascii(c); }

class Lexer {
 public:
  Lexer(std::string_view text, Commas commas) : text_(text), commas_(commas) {}

  tl::expected<std::vector<Token>, ExpressionProblem> run() {
    if (text_.size() > kMaxLength) {
      return unexpected(ExpressionProblem{0, 0, "the expression is longer than 10000 bytes"});
    }
    for (skip_space(); at_ < text_.size(); skip_space()) {
      const auto begin = at_;
      auto token = next();
      if (!token) return unexpected(token.error());
      token->column = static_cast<int>(begin);
      token->length = static_cast<int>(at_ - begin);
      tokens_.push_back(std::move(*token));
    }
    tokens_.push_back(Token{TokenKind::End, {}, 0, {}, true, static_cast<int>(text_.size()), 0});
    return std::move(tokens_);
  }

 private:
  using Next = tl::expected<Token, ExpressionProblem>;

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  Next next() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (is_name_start(c)) return name();
    if (c == '"' || c == '\'') return word(c);
    return sign();
  }

  Next number() {
    const auto begin = at_;
    Token token;
    token.kind = TokenKind::Number;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), token.value);
    at_ = static_cast<std::size_t>(end - text_.data());
    if (error != std::errc{} || !std::isfinite(token.value)) {
      return unexpected(problem(begin, "the number " +
                                           std::string(text_.substr(begin, at_ - begin)) +
                                           " is too large or too small"));
    }
    if (const auto comma = decimal_comma(begin)) return unexpected(*comma);
    return with_unit(std::move(token));
  }

  // "14,8 V" would be read as a list of 14 and 8 V.
  [[nodiscard]] std::optional<ExpressionProblem> decimal_comma(std::size_t begin) const {
    if (commas_ == Commas::SeparateItems || brackets_ > 0) return std::nullopt;
    if (peek() != ',' || !is_digit(peek(1))) return std::nullopt;
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    const auto whole = std::string(text_.substr(begin, end - begin));
    auto dotted = whole;
    dotted[at_ - begin] = '.';
    return ExpressionProblem{static_cast<int>(begin), static_cast<int>(end - begin),
                             "\"" + whole + "\": write " + dotted + " for a fraction"};
  }

  Next with_unit(Token token) {
    const auto after_number = at_;
    while (peek() == ' ') ++at_;
    if (!is_unit_start(peek())) {
      at_ = after_number;
      return token;
    }
    const auto begin = at_;
    auto written = text_.substr(begin, unit_end(begin) - begin);
    for (const auto keyword : kWordOperators) {
      if (written == keyword) {
        at_ = after_number;
        return token;
      }
    }
    return longest_unit(std::move(token), begin, written);
  }

  // The longest front part that is a unit: "%/s" whole, of "%/level" only "%".
  Next longest_unit(Token token, std::size_t begin, std::string_view written) {
    std::optional<Error> first_error;
    for (auto tried = written; !tried.empty();) {
      if (auto unit = units::parse_unit(tried)) {
        token.unit = *unit;
        token.bare = false;
        at_ = begin + tried.size();
        return token;
      } else if (!first_error) {
        first_error = unit.error();
      }
      const auto cut = tried.find_last_of("/*^.");
      if (cut == std::string_view::npos) break;
      tried = tried.substr(0, cut);
    }
    return unexpected(ExpressionProblem{static_cast<int>(begin), static_cast<int>(written.size()),
                                        first_error->message});
  }

  [[nodiscard]] std::size_t unit_end(std::size_t at) const {
    const auto start = at;
    int open = 0;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      const char following = at + 1 < text_.size() ? text_[at + 1] : '\0';
      if (is_unit_start(c) || c == '_') continue;
      if (is_digit(c) && at > start) continue;
      if (c == '[' && is_letter(following)) {
        ++open;
      } else if (c == ']' && open > 0) {
        --open;
      } else if (c == '^' && (is_digit(following) || following == '-')) {
        ++at;
      } else if ((c == '/' || c == '.' || c == '*') && is_unit_start(following)) {
        continue;
      } else {
        break;
      }
    }
    return at;
  }

  Next name() {
    Token token;
    token.kind = TokenKind::Name;
    const auto begin = at_;
    while (is_name_start(peek()) || is_digit(peek()) || (peek() == '.' && is_name_start(peek(1)))) {
      ++at_;
    }
    token.text = text_.substr(begin, at_ - begin);
    return token;
  }

  Next word(char quote) {
    Token token;
    token.kind = TokenKind::Word;
    const auto begin = at_++;
    while (at_ < text_.size() && peek() != quote) ++at_;
    if (at_ == text_.size()) return unexpected(problem(begin, "the closing quote is missing"));
    token.text = text_.substr(begin + 1, at_ - begin - 1);
    ++at_;
    return token;
  }

  Next sign() {
    static constexpr std::array<std::string_view, 18> kSigns{"==", "!=", "<=", ">=", "<", ">",
                                                             "+",  "-",  "*",  "/",  "^", "(",
                                                             ")",  "[",  "]",  ",",  "·", "="};
    Token token;
    token.kind = TokenKind::Sign;
    for (const auto sign : kSigns) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      token.text = sign == "·" ? "*" : sign;
      at_ += sign.size();
      if (sign == "(" || sign == "[") ++brackets_;
      if (sign == ")" || sign == "]") --brackets_;
      return token;
    }
    return unexpected(ExpressionProblem{static_cast<int>(at_), 1, unknown_sign()});
  }

  [[nodiscard]] std::string unknown_sign() const {
    if (peek() == '&' || peek() == '|' || peek() == '!') {
      return std::string("\"") + peek() + "\" is not known here: write and, or, not";
    }
    if (peek() == '%') return "\"%\" is a unit and needs a number in front";
    if (is_beyond_ascii(peek())) return "a character that is not known here";
    return std::string("\"") + peek() + "\" is not known here";
  }

  [[nodiscard]] ExpressionProblem problem(std::size_t begin, std::string message) const {
    return {static_cast<int>(begin), static_cast<int>(at_ - begin), std::move(message)};
  }

  std::string_view text_;
  Commas commas_;
  std::size_t at_ = 0;
  int brackets_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

tl::expected<std::vector<Token>, ExpressionProblem> tokenize(std::string_view text, Commas commas) {
  return Lexer(text, commas).run();
}

}  // namespace benchd::sequence
