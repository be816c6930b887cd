// Words that stand for values: the states of switches and the choices of parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/sequence/expression.hpp"

namespace benchd::sequence {

// Which words mean something beside a name.
class WordTable {
 public:
  WordTable() = default;
  WordTable(const WordTable&) = delete;
  WordTable& operator=(const WordTable&) = delete;
  virtual ~WordTable() = default;
  // 0 or 1 if `word` is a state of the switch `channel`.
  [[nodiscard]] virtual std::optional<double> state(std::string_view channel,
                                                    std::string_view word) const = 0;
  // True if `parameter` holds words and `word` is one that it may have.
  [[nodiscard]] virtual bool is_choice(std::string_view parameter, std::string_view word) const = 0;
};

// `guard == closed` and `propeller == apc_10x47` with the words put in; names that are neither
// stay names. With `written_to` the whole expression may be a state of that switch.
[[nodiscard]] Expression with_words(const Expression& expression,
                                    const WordTable& words,
                                    std::string_view written_to = {});

}  // namespace benchd::sequence
