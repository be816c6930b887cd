// Inside of the step machine. For machine.cpp and run_step.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchd/sequence/v1/machine_state.pb.h"

#include "daemon/sequence/machine.hpp"
#include "daemon/sequence/program.hpp"
#include "daemon/sequence/si.hpp"

namespace benchd::sequence {

// How far a step came in one look at it.
struct Progress {
  enum class Kind {
    Waiting,  // for `wake_ns`, or for something to come in
    Done,
    Again,  // to be looked at at once: it is in another phase, or inner steps were pushed
    Failed,
  } kind = Kind::Waiting;
  std::int64_t wake_ns = kNever;
  std::optional<Error> error;

  static constexpr std::int64_t kNever = INT64_MAX;
  static Progress waiting(std::int64_t wake_ns = kNever) { return {Kind::Waiting, wake_ns, {}}; }
  static Progress done() { return {Kind::Done, kNever, {}}; }
  static Progress again() { return {Kind::Again, kNever, {}}; }
  static Progress failed(Error error) { return {Kind::Failed, kNever, std::move(error)}; }
};

// Phases of a step that collects samples.
enum MeasurePhase { kNotSampling, kSampling, kSampled };

class MachineImpl {
 public:
  MachineImpl(std::shared_ptr<const Program> program, const Environment& environment);

  // False if the state is of another sequence.
  [[nodiscard]] bool restore(v1::MachineState state, MonotonicTime now);

  [[nodiscard]] Advance advance(MonotonicTime now, const Inputs& inputs);

  [[nodiscard]] const v1::MachineState& state() const { return state_; }
  [[nodiscard]] const Program& program() const { return *program_; }

 private:
  friend class RunNames;

  // What a finished step leaves behind.
  struct Output {
    std::vector<model::MeasurementRow> rows;
    std::vector<model::CheckLine> checks;
    std::vector<std::string> log;
  };

  // ---- phases (machine.cpp) ----
  [[nodiscard]] bool fits(const v1::Frame& frame) const;
  void begin();
  void take_inputs();
  void take_write_results();
  void take_read_back(const WriteResult& result);
  void take_stop();
  void enforce_limits();
  void run();
  // False once the phase or the machine has ended or something must be waited for.
  bool run_once();
  void end_of_block();
  void begin_cleanup();
  void finish();
  void begin_step(v1::Frame& frame, const Step& step);
  void finish_step(StepOutcome outcome, std::string message);
  void interrupt_all(StepOutcome innermost, const std::string& message);
  void fail(const Error& error);
  void note_cause(model::Verdict verdict, Reason reason, std::string message);
  [[nodiscard]] std::int64_t next_limit_ns() const;
  [[nodiscard]] const Step& step_of(const v1::Frame& frame) const;
  [[nodiscard]] bool in_cleanup() const { return state_.phase() == v1::PHASE_CLEANUP; }
  void wake(std::int64_t at_ns);
  void emit(Action action) { out_.actions.push_back(std::move(action)); }

  // ---- steps (run_step.cpp) ----
  Progress run_step(v1::ActiveStep& active, const Step& step);
  Progress run(const NoStep& step, v1::ActiveStep& active);
  Progress run(const SetStep& step, v1::ActiveStep& active);
  Progress run(const RampStep& step, v1::ActiveStep& active);
  Progress run(const HoldStep& step, v1::ActiveStep& active);
  Progress run(const MeasureStep& step, v1::ActiveStep& active);
  Progress run(const ZeroStep& step, v1::ActiveStep& active);
  Progress run(const SweepStep& step, v1::ActiveStep& active);
  Progress run(const CheckStep& step, v1::ActiveStep& active);
  Progress run(const WaitUntilStep& step, v1::ActiveStep& active);
  Progress run(const LogStep& step, v1::ActiveStep& active);

  // A ramp and a sweep's way: where to, how fast, then setpoint after setpoint.
  Status start_move(v1::MoveState& move, ChannelIndex channel, double target_si, double rate_si);
  Progress advance_move(v1::MoveState& move, ChannelIndex channel);
  // Collecting samples, also of a zero.
  Status start_measure(v1::MeasureState& measure,
                       const std::vector<ChannelIndex>& channels,
                       std::optional<double> duration_s,
                       std::optional<double> count);
  void collect(v1::MeasureState& measure,
               const std::vector<ChannelIndex>& channels,
               std::int64_t began_ns,
               bool keep);
  void collect(v1::Accumulator& accumulator,
               const SampleBlock& block,
               const v1::MeasureState& measure,
               std::int64_t began_ns,
               bool keep) const;
  // Waiting, Done, or Failed with SAMPLES_MISSING.
  Progress measured(const v1::MeasureState& measure,
                    const std::vector<ChannelIndex>& channels,
                    std::int64_t began_ns) const;
  void store_results(const MeasureStep& step, const v1::ActiveStep& active);
  Progress finish_zero(const ZeroStep& step, const v1::Accumulator& accumulator);
  void request_samples(bool start, const std::vector<ChannelIndex>& channels);
  Progress begin_level(const SweepStep& step, v1::ActiveStep& active);
  void judge(const CheckStep& step, const units::Unit& unit, model::CheckLine line);
  [[nodiscard]] std::string unmet(const WaitUntilStep& step) const;

  // ---- writing and evaluating (run_step.cpp) ----
  // The step before must be on disk and the last write answered.
  [[nodiscard]] bool may_write() const;
  [[nodiscard]] Progress wait_to_write() const;
  Status write(const std::vector<std::pair<ChannelIndex, double>>& values_in_channel_unit);
  [[nodiscard]] Result<double> in_range(ChannelIndex channel, double value) const;
  [[nodiscard]] std::optional<double> setpoint(ChannelIndex channel) const;
  [[nodiscard]] NumberValue value_of(const Formula& formula) const;
  [[nodiscard]] double number_of(const Formula& formula) const { return value_of(formula).scalar; }
  // INVALID_ARGUMENT unless finite and not negative.
  [[nodiscard]] Result<std::int64_t> duration_of(const Formula& formula) const;
  [[nodiscard]] std::string text_of(const Formula& formula) const;
  [[nodiscard]] std::vector<model::RowLabel> labels(int depth) const;
  [[nodiscard]] std::int64_t elapsed_of(MonotonicTime time) const {
    return (time - origin_).count();
  }

  std::shared_ptr<const Program> program_;
  Nanoseconds tick_;
  v1::MachineState state_;
  MonotonicTime origin_;  // elapsed time 0

  // Only during one advance().
  const Inputs* in_ = nullptr;
  std::int64_t now_ = 0;
  std::int64_t wake_ns_ = Progress::kNever;
  std::optional<Error> write_error_;
  Output output_;
  Advance out_;
};

}  // namespace benchd::sequence
