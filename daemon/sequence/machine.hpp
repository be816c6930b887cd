// The step machine: runs a sequence without threads, clock or devices.
//
// It is told the time and what has come in, and answers with what is to be done and when it wants
// to be called again. So one machine serves a bench, a rehearsal in simulated time and a test; its
// whole state is a small message that can be stored at any moment and continued later.
//
//   Steps --all done, soft stop, error--> Cleanup --done, budget used up--> Finished
//   any   --hard stop-----------------------------------------------------> Finished
//
// What the driver owes it:
//  - advance() at `wake_at`, and whenever something of Inputs has come in; never back in time;
//  - one WriteResult for each Write, also when it was dropped;
//  - while sampling is requested: the samples of these channels, in order;
//  - durable(token) once everything up to this StepFinished is on disk. The first write of a step
//    waits for it. In cleanup it is waited for no longer than a second: a full disk must not keep
//    a motor running;
//  - the safe state after Finished, whatever the verdict.
//
// Verdicts, the stronger first: ERROR (bench or benchd, or a time limit), ABORTED (a stop or a
// limit), FAIL (a check), INCONCLUSIVE (a check without a value), PASS (completed, also without a
// check).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/run.hpp"
#include "daemon/sequence/environment.hpp"

namespace benchd::sequence {

using WriteId = std::uint64_t;
// Numbers of finished steps, growing by one, from 1.
using StepToken = std::uint64_t;

// A value in the unit of its channel; switches are 0 and 1.
struct ChannelValue {
  std::string channel;
  double value = 0;
  friend bool operator==(const ChannelValue&, const ChannelValue&) = default;
};

// ---- what comes in ------------------------------------------------------------------------------

// In the channel's unit, zero taken off. `good` is false for what is stale, frozen or out of the
// device's range; such a value counts as not a number.
struct Reading {
  double value = 0;
  MonotonicTime time;
  bool good = true;
};

// The latest readings of a bench, looked up when an expression names a channel.
class Readings {
 public:
  Readings() = default;
  Readings(const Readings&) = delete;
  Readings& operator=(const Readings&) = delete;
  virtual ~Readings() = default;
  [[nodiscard]] virtual std::optional<Reading> latest(std::string_view channel) const = 0;
};

// Samples of one channel in the order of their times. `offsets` from `start`, one per value, or
// empty for evenly spaced values. Split where the quality changes.
struct SampleBlock {
  std::string_view channel;
  MonotonicTime start;
  Nanoseconds interval{};
  std::span<const Nanoseconds> offsets;
  std::span<const double> values;
  bool good = true;
};

// How a write went. `read_back` may hold what the device has now, for channels where it differs.
struct WriteResult {
  WriteId id = 0;
  std::optional<Error> error;
  std::vector<ChannelValue> read_back;
};

enum class StopKind {
  Soft,  // remaining steps are skipped, cleanup runs
  Hard,  // finished at once; the driver goes to the safe state
};

// A person, a limit, an interlock, the end of the booking (verdict ABORTED), or a fault of the
// bench (verdict ERROR).
struct StopRequest {
  StopKind kind = StopKind::Soft;
  model::Verdict verdict = model::Verdict::Aborted;
  Reason reason = Reason::RunStopped;
  std::string message;
};

// ABORT is a soft stop, SAFE_STATE a hard one. WARN stops nothing and must not be passed.
[[nodiscard]] StopRequest stop_by_limit(const model::Limit& limit, double value);

struct Inputs {
  const Readings* readings = nullptr;  // outlives the call
  std::span<const SampleBlock> samples;
  std::span<const WriteResult> writes;
  StepToken durable = 0;  // every step up to this one is on disk; the greatest counts
  std::optional<StopRequest> stop;
};

// ---- what is to be done -------------------------------------------------------------------------

// To be written in this order. All values lie within their channels' ranges.
struct Write {
  WriteId id = 0;
  std::vector<ChannelValue> values;
  friend bool operator==(const Write&, const Write&) = default;
};

struct SampleRequest {
  bool start = true;  // or stop
  std::vector<std::string> channels;
  friend bool operator==(const SampleRequest&, const SampleRequest&) = default;
};

// From now on the channel's value is the raw value less `offset`.
struct StoreZero {
  std::string channel;
  double offset = 0;  // in all, not on top of an earlier zero
  friend bool operator==(const StoreZero&, const StoreZero&) = default;
};

struct StepStarted {
  std::string path;   // "steps[3].sweep.steps[0]", "cleanup[1]"
  std::string title;  // the step's name, or its kind and channel
  std::vector<model::RowLabel> labels;
  Nanoseconds elapsed{};  // since the run's start
  friend bool operator==(const StepStarted&, const StepStarted&) = default;
};

enum class StepOutcome {
  Done,
  Interrupted,  // by a stop or the end of an enclosing step
  Failed,       // its error is in `message`
};

// The step's result; to be made durable, then acknowledged with its token.
struct StepFinished {
  StepToken token = 0;
  std::string path;
  std::string title;
  std::vector<model::RowLabel> labels;  // loop variables
  StepOutcome outcome = StepOutcome::Done;
  std::string message;
  std::vector<model::MeasurementRow> rows;
  std::vector<model::CheckLine> checks;
  std::vector<std::string> log;  // lines of a `log` step
  Nanoseconds begin_elapsed{};
  Nanoseconds end_elapsed{};
  friend bool operator==(const StepFinished&, const StepFinished&) = default;
};

// A remark of the machine for the record: "cleanup begins".
struct Log {
  std::string text;
  friend bool operator==(const Log&, const Log&) = default;
};

// The last action of all.
struct Finished {
  model::Verdict verdict = model::Verdict::None;
  std::optional<Reason> reason;  // of ERROR and ABORTED
  std::string message;
  friend bool operator==(const Finished&, const Finished&) = default;
};

using Action =
    std::variant<Write, SampleRequest, StoreZero, StepStarted, StepFinished, Log, Finished>;

struct Advance {
  std::vector<Action> actions;           // in this order
  std::optional<MonotonicTime> wake_at;  // absent once finished
};

// One line for logs and tests.
[[nodiscard]] std::string to_string(const Action& action);

// ---- the machine --------------------------------------------------------------------------------

class Program;
class MachineImpl;

// Belongs to one bench's strand. A resource: moved, not copied; save() is the copy.
class Machine {
 public:
  // SEQUENCE_INVALID with a violation for each place, PARAMETER_INVALID. What check() refuses for
  // the sake of ranges is not looked at again here; a setpoint out of range ends the run when met.
  [[nodiscard]] static Result<Machine> create(const config::v1::Sequence& sequence,
                                              const Arguments& arguments,
                                              const Environment& environment);
  // Continues a saved machine; the time between save() and `now` does not count as elapsed. The
  // sequence, arguments and channels must be those it was created with: INVALID_ARGUMENT.
  [[nodiscard]] static Result<Machine> restore(std::string_view saved,
                                               const config::v1::Sequence& sequence,
                                               const Arguments& arguments,
                                               const Environment& environment,
                                               MonotonicTime now);
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  // The first call starts the run.
  [[nodiscard]] Advance advance(MonotonicTime now, const Inputs& inputs);

  // The state after the last advance(), as a stored message (benchd.sequence.v1.MachineState).
  [[nodiscard]] std::string save() const;

  [[nodiscard]] bool finished() const;
  // Of the run, up to the last advance().
  [[nodiscard]] Nanoseconds elapsed() const;
  [[nodiscard]] int steps_done() const;
  // The path of the innermost step that is under way; empty before and after.
  [[nodiscard]] std::string current_path() const;
  // Last setpoints written, in the channel's unit.
  [[nodiscard]] std::vector<ChannelValue> setpoints() const;
  // The sequence's own limits with these arguments, in the channel's unit; for the bench to watch.
  [[nodiscard]] const std::vector<model::Limit>& limits() const;

 private:
  explicit Machine(std::unique_ptr<MachineImpl> impl);
  std::unique_ptr<MachineImpl> impl_;
};

}  // namespace benchd::sequence
