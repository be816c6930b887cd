// Runs: one execution of a sequence each, with its verdict, checks and measurements.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/model/booking.hpp"

namespace benchd::model {

enum class RunMode { Normal = 1, Manual = 2, Rehearsal = 3 };

// Stored by number: only ever append.
enum class RunState {
  Pending = 1,  // ordered, not yet begun by the station
  Running = 2,
  Stopping = 3,     // cleanup or safe state under way
  Finished = 4,     // sealed, verdict known
  Interrupted = 5,  // the station or its power was lost; samples kept
};

enum class Verdict { None = 0, Pass = 1, Fail = 2, Inconclusive = 3, Aborted = 4, Error = 5 };

[[nodiscard]] std::string_view to_string(RunMode mode);
[[nodiscard]] std::string_view to_string(RunState state);
[[nodiscard]] std::string_view to_string(Verdict verdict);

// One pass/fail line.
struct CheckLine {
  std::string name;
  double value = 0;
  std::string unit;  // UCUM code of value, min and max
  std::optional<double> min;
  std::optional<double> max;
  Verdict verdict = Verdict::Inconclusive;
  friend bool operator==(const CheckLine&, const CheckLine&) = default;
};

// A loop variable's value while a row was measured.
struct RowLabel {
  std::string name;  // "level"
  double value = 0;
  std::string unit;
  friend bool operator==(const RowLabel&, const RowLabel&) = default;
};

struct MeasuredValue {
  std::string channel;
  std::string statistic;  // "mean", "std", …
  double value = 0;
  std::string unit;
  friend bool operator==(const MeasuredValue&, const MeasuredValue&) = default;
};

// What one `measure` step found in one iteration.
struct MeasurementRow {
  std::string measure;  // the step's `as`
  std::string path;     // "steps[3].sweep.steps[0]"
  std::vector<RowLabel> labels;
  std::vector<MeasuredValue> values;
  Nanoseconds begin_elapsed{};  // since the run's start
  Nanoseconds end_elapsed{};
  friend bool operator==(const MeasurementRow&, const MeasurementRow&) = default;
};

struct Run {
  RunId id;
  TenantId tenant;
  MemberId member;  // who started it
  BookingId booking;
  BenchId bench;
  std::string layout;
  RunMode mode = RunMode::Normal;
  SequenceRef sequence;
  std::string sequence_hash;
  std::vector<ParameterValue> parameters;
  std::optional<DutId> dut;
  std::optional<RunId> again_of;
  std::string external_id;  // the customer's own job id
  RunState state = RunState::Pending;
  Verdict verdict = Verdict::None;
  std::string reason;  // wire name; empty for PASS and FAIL
  std::string message;
  std::vector<CheckLine> checks;
  std::vector<MeasurementRow> rows;
  UtcTime create_time{};
  std::optional<UtcTime> start_time;
  Nanoseconds elapsed{};
  int steps_done = 0;
  int steps_total = 0;
  Nanoseconds predicted{};
  std::string config_hash;
  int revision = 1;
};

}  // namespace benchd::model
