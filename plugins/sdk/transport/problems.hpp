// Collects what is wrong with a Setup, so that a person sees all of it at once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchd/plugin/error.hpp"

namespace benchd::plugin::transport {

class Problems {
 public:
  void add(std::string problem) { problems_.push_back({"", "", std::move(problem)}); }
  void add_setting(std::string key, std::string problem) {
    problems_.push_back({std::move(key), "", std::move(problem)});
  }
  // The channel's signal.
  void add_channel(std::string channel, std::string problem) {
    problems_.push_back({"", std::move(channel), std::move(problem)});
  }
  [[nodiscard]] bool none() const { return problems_.empty(); }
  // CONFIG_INVALID with one line for each problem.
  [[nodiscard]] Error error(std::string_view where) const;

 private:
  std::vector<SetupProblem> problems_;
};

// " Did you mean 'AIN0'?" for the known word that is at most two typing mistakes away; else the
// known words as a list.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string> known);

}  // namespace benchd::plugin::transport
