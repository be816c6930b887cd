// Words and signs of an expression. For this module's parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "daemon/sequence/expression.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::sequence {

enum class TokenKind { Number, Name, Word, Sign, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;  // the name, the word without quotes, or the sign
  double value = 0;  // of numbers
  units::Unit unit;  // of numbers
  bool bare = true;  // a number without a unit
  int column = 0;
  int length = 0;
};

// What a comma outside of brackets is: of a list without brackets, or a mistake ("14,8 V").
enum class Commas { SeparateItems, AreMistakes };

// Ends with a token of kind End.
[[nodiscard]] tl::expected<std::vector<Token>, ExpressionProblem> tokenize(std::string_view text,
                                                                           Commas commas);

}  // namespace benchd::sequence
