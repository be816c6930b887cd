// Text of a field to an expression whose type is checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sequence/check.hpp"
#include "daemon/sequence/program.hpp"
#include "daemon/sequence/symbols.hpp"

namespace benchd::sequence {

// What a field may hold.
struct Expected {
  enum class Kind { Quantity, List, Condition, Value, Setpoint, Text } kind = Kind::Value;
  units::Unit unit;
  // Who wants it, for messages: "throttle", "a duration".
  std::string what;
  // The switch that is written to, or empty.
  std::string channel;
};

[[nodiscard]] Expected quantity_in(const units::Unit& unit, std::string what);
[[nodiscard]] Expected duration();
[[nodiscard]] Expected condition();
// A number or a condition of any kind.
[[nodiscard]] Expected any_value();
// The same or a word, for messages.
[[nodiscard]] Expected printable();
[[nodiscard]] Expected setpoint_of(const model::Channel& channel);
[[nodiscard]] Expected levels_of(const model::Channel& channel);

// Collects problems in the order in which they are met.
class Problems {
 public:
  void error(std::string path, std::string message, Reason reason = Reason::SequenceInvalid);
  void warning(std::string path, std::string message, Reason reason = Reason::SequenceInvalid);
  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  [[nodiscard]] std::vector<Problem> take() { return std::move(problems_); }
  [[nodiscard]] std::size_t count() const { return problems_.size(); }

 private:
  std::vector<Problem> problems_;
};

// `offset` is where the text begins in its field, for columns.
[[nodiscard]] Formula make_formula(std::string_view text,
                                   std::string path,
                                   const Expected& expected,
                                   const Symbols& symbols,
                                   Problems& problems,
                                   int offset = 0);

}  // namespace benchd::sequence
