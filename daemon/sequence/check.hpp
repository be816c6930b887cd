// Everything that is wrong with a sequence, before anything moves, and how long it takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/dut.hpp"
#include "daemon/sequence/environment.hpp"

namespace benchd::sequence {

enum class Severity { Error, Warning };

// One thing that is wrong. `path` is the field's place in the message ("steps[2].sweep.levels");
// together with the source map of the file it gives line and column.
struct Problem {
  Severity severity = Severity::Error;
  Reason reason = Reason::SequenceInvalid;
  std::string path;
  std::optional<int> column;  // in the expression, in bytes from 0
  int length = 0;
  std::string message;  // a whole sentence, with a suggestion where there is one

  friend bool operator==(const Problem&, const Problem&) = default;
};

// `steps[2].sweep.levels+7: error: …`
[[nodiscard]] std::string to_string(const Problem& problem);

// Which values of the parameters are looked at.
enum class ParameterScope {
  Given,  // the arguments and defaults: can this run go wrong?
  All,    // every allowed value: can any run go wrong? Excesses that only other values than the
          // given ones cause are warnings, and name the value.
};

struct CheckContext {
  // Without a bench (`environment` empty) only the text itself is checked, against its `needs`.
  std::optional<Environment> environment;
  std::string bench;                   // for messages
  std::vector<model::Rating> ratings;  // of the DUT; narrow the limits that name them
  std::string dut;                     // for messages
  Arguments arguments;
  ParameterScope parameters = ParameterScope::Given;
};

struct StepEstimate {
  std::string path;
  Nanoseconds expected{};  // over all iterations
  Nanoseconds bound{};
  int iterations = 0;
};

// What a channel is commanded to, in its unit.
struct SetpointRange {
  std::string channel;
  units::Unit unit;
  double min = 0;
  double max = 0;
  // The range less what limits and ratings take off it.
  std::optional<double> allowed_min;
  std::optional<double> allowed_max;
};

struct CheckReport {
  std::vector<Problem> problems;  // in the order of the text
  // Ramps, holds, settling, measuring, zeroing and cleanup; conditions are taken to be met at once.
  Nanoseconds expected{};
  // With every wait_until at its timeout, and never above the time limits.
  Nanoseconds bound{};
  bool exact = true;  // no wait_until is met: `expected` holds within 5 %
  Nanoseconds person_time{};
  std::vector<StepEstimate> steps;       // in the order of the text, cleanup last
  int step_count = 0;                    // loops unrolled
  std::vector<SetpointRange> setpoints;  // in the order of `needs`
  std::vector<model::Limit> limits;      // the sequence's own, with these arguments

  [[nodiscard]] bool ok() const;
  // SEQUENCE_INVALID, or the reason that all errors share, with a violation for each error.
  [[nodiscard]] Status status() const;
};

[[nodiscard]] CheckReport check(const config::v1::Sequence& sequence, const CheckContext& context);

}  // namespace benchd::sequence
