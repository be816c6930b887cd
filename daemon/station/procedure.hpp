// What a run carries out, step by step: the step machine of a sequence.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/dut.hpp"
#include "daemon/sequence/environment.hpp"
#include "daemon/sequence/machine.hpp"

namespace benchd::station {

// See sequence::Machine, whose promises it keeps. Confined to the bench's strand once made.
class Procedure {
 public:
  Procedure() = default;
  Procedure(const Procedure&) = delete;
  Procedure& operator=(const Procedure&) = delete;
  virtual ~Procedure() = default;

  [[nodiscard]] virtual sequence::Advance advance(MonotonicTime now,
                                                  const sequence::Inputs& inputs) = 0;
  [[nodiscard]] virtual int steps_done() const = 0;
  [[nodiscard]] virtual std::vector<model::Limit> limits() const = 0;
};

struct PlannedRun {
  std::unique_ptr<Procedure> procedure;
  Nanoseconds predicted{};
  int steps_total = 0;
};

struct RunRequest {
  std::string sequence_source;
  sequence::Arguments arguments;
  sequence::Environment environment;
  std::string bench;
  std::vector<model::Rating> ratings;
};

// Reads, checks and prepares. Runs on the blocking executor: called there from several benches.
using PlanRun = std::function<Result<PlannedRun>(const RunRequest&)>;

// Reads the text of a sequence file: SEQUENCE_INVALID with a violation for each place.
using LoadSequence = std::function<Result<config::v1::Sequence>(const std::string& source)>;

// Everything that `sequence::check` refuses is refused here too, before anything moves.
[[nodiscard]] PlanRun plan_with(LoadSequence load);

}  // namespace benchd::station
