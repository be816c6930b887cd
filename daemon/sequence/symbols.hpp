// The names that expressions of a sequence may use, as the compiler walks through the steps.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sequence/environment.hpp"
#include "daemon/sequence/program.hpp"
#include "daemon/sequence/type_domain.hpp"
#include "daemon/sequence/words.hpp"

namespace benchd::sequence {

// Parameters, channels, loop variables and results share one space of names.
class Symbols final : public TypeNames, public WordTable {
 public:
  // `program` outlives it and is read as the compiler fills it; `environment` may be null.
  Symbols(const Program& program, const Environment* environment)
      : program_(program), environment_(environment) {}

  // What `name` already is ("a parameter"), or nothing.
  [[nodiscard]] std::string what_is(std::string_view name) const;

  void add_choices(std::string parameter, std::vector<std::string> choices);
  void push_variable(std::string name, Type type);
  void pop_variable();
  // Every `as` of the sequence, so that one used too early is told from one that is unknown.
  void announce_result(std::string name) { announced_.insert(std::move(name)); }
  void add_result(const MeasureStep& step);
  void enter_cleanup();

  [[nodiscard]] tl::expected<Type, std::string> find(std::string_view name) const override;
  [[nodiscard]] std::optional<double> state(std::string_view channel,
                                            std::string_view word) const override;
  [[nodiscard]] bool is_choice(std::string_view parameter, std::string_view word) const override;

  // Why a channel of this name cannot be used, with a suggestion.
  [[nodiscard]] std::string unknown_channel(std::string_view name) const;

 private:
  struct Variable {
    std::string name;
    Type type;
  };
  [[nodiscard]] tl::expected<Type, std::string> find_result(std::string_view name) const;
  [[nodiscard]] std::string unknown_name(std::string_view name) const;

  const Program& program_;
  const Environment* environment_;
  bool in_cleanup_ = false;
  std::map<std::string, std::vector<std::string>, std::less<>> choices_;
  std::vector<Variable> variables_;
  std::set<std::string, std::less<>> announced_;
  std::map<std::string, MeasureStep, std::less<>> results_;
};

}  // namespace benchd::sequence
