// An instrument model, read from a profile and checked.
#pragma once

#include <chrono>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"

namespace benchd::plugin::scpi {

struct Signal {
  SignalDescription description;
  std::string query;      // empty = not readable
  std::string command;    // with {} for the number; empty = not writable
  std::string read_back;  // empty = none
  int field = 0;
  std::vector<std::string> states;  // of a switch: the words for 0 and 1; else empty
  double tolerance = 0.0;

  [[nodiscard]] bool is_switch() const { return !states.empty(); }
  [[nodiscard]] std::string command_for(double value) const;
  [[nodiscard]] std::optional<RawReading> reading_of(std::string_view reply_field) const;
};

struct Expectation {
  std::string query;
  std::regex matches;
};

struct FaultBit {
  int bit = 0;
  std::string meaning;
};

struct StatusRegister {
  std::string name;
  std::string query;
  std::vector<FaultBit> faults;
};

struct SafeStep {
  std::string command;
  std::optional<Expectation> proof;
  std::vector<std::string> otherwise;
};

struct Model {
  std::string name;
  std::optional<std::regex> maker;
  std::optional<std::regex> model;
  std::string identify = "*IDN?";
  std::string error_query = "SYST:ERR?";  // empty = the instrument has no error queue
  std::chrono::nanoseconds reply_timeout = std::chrono::seconds(1);
  std::chrono::nanoseconds message_gap{0};
  std::vector<std::string> open;
  std::vector<Expectation> expect;
  std::vector<std::string> close;
  std::vector<Signal> signals;
  std::vector<StatusRegister> status;
  std::vector<SafeStep> make_safe;

  [[nodiscard]] const Signal* find_signal(std::string_view signal) const;
};

// CONFIG_INVALID with everything that is wrong.
[[nodiscard]] Result<Model> read_model(const v1::Setup& setup);

}  // namespace benchd::plugin::scpi
