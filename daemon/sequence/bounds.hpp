// A walk through a program with bounds instead of numbers: where setpoints can go, how long it
// takes.
//
// Loops over known levels are unrolled, so that within given parameters the walk is exact; what is
// known only at the bench (readings, results) is bounded by the range of its channel.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sequence/allowed.hpp"
#include "daemon/sequence/formulas.hpp"
#include "daemon/sequence/program.hpp"

namespace benchd::sequence {

// Seconds. Infinite where there is no bound.
struct TimeSpan {
  double expected = 0;
  double bound = 0;

  TimeSpan& operator+=(const TimeSpan& other) {
    expected += other.expected;
    bound += other.bound;
    return *this;
  }
};

class BoundsWalk {
 public:
  // All outlive the walk.
  BoundsWalk(const Program& program,
             const CheckContext& context,
             const AllowedSetpoints& allowed,
             Problems& problems,
             ParameterScope scope);

  // Steps and cleanup, each once.
  void run();

  struct StepTime {
    TimeSpan time;
    int iterations = 0;
  };
  // By path, for both blocks.
  [[nodiscard]] const std::map<std::string, StepTime>& step_times() const { return step_times_; }
  [[nodiscard]] TimeSpan steps_time() const { return steps_; }
  [[nodiscard]] TimeSpan cleanup_time() const { return cleanup_; }
  [[nodiscard]] bool exact() const { return exact_; }
  [[nodiscard]] int step_count() const { return step_count_; }
  // What each channel is commanded to, in its unit; empty (low > high) if it is not written.
  [[nodiscard]] const std::vector<Interval>& commanded() const { return commanded_; }

 private:
  friend class BoundNames;
  using Setpoints = std::vector<Interval>;
  struct Variable {
    std::string name;
    Interval value;  // in SI
    units::Unit unit;
  };

  TimeSpan block(BlockIndex index);
  TimeSpan step(const Step& step);
  TimeSpan walk(const NoStep&, const Step&) { return {}; }
  TimeSpan walk(const SetStep& kind, const Step& step);
  TimeSpan walk(const RampStep& kind, const Step& step);
  TimeSpan walk(const HoldStep& kind, const Step& step);
  TimeSpan walk(const MeasureStep& kind, const Step& step);
  TimeSpan walk(const ZeroStep& kind, const Step& step);
  TimeSpan walk(const SweepStep& kind, const Step& step);
  TimeSpan walk(const CheckStep& kind, const Step& step);
  TimeSpan walk(const WaitUntilStep& kind, const Step& step);
  TimeSpan walk(const LogStep&, const Step&) { return {}; }

  void run_cleanup();
  void warn_of_leftovers();
  TimeSpan move(ChannelIndex channel, Interval target, const Formula& to, const Formula& rate);
  void command(ChannelIndex channel, const Interval& setpoint, const Formula& formula);
  void report_excess(ChannelIndex channel,
                     const Interval& setpoint,
                     const Excess& excess,
                     const Formula& formula);
  [[nodiscard]] std::string cause(const Formula& formula, ChannelIndex channel);
  [[nodiscard]] std::string threshold(const Formula& formula, ChannelIndex channel);
  void report(const Formula& formula, std::string message, Reason reason, bool warning = false);
  [[nodiscard]] IntervalValue value_of(const Formula& formula) const;
  [[nodiscard]] Interval in_channel_unit(ChannelIndex channel, const Interval& si) const;
  // Seconds; reported unless finite and not negative.
  TimeSpan duration(const Formula& formula);
  [[nodiscard]] TimeSpan samples(const std::vector<ChannelIndex>& channels, const Interval& count);
  // Of the slowest channel; 0 where no bench says how fast they are sampled.
  [[nodiscard]] double interval_s(const std::vector<ChannelIndex>& channels);

  const Program& program_;
  const AllowedSetpoints& allowed_;
  Problems& problems_;
  ParameterScope scope_;
  // One parameter at a single value, while the value is searched that first goes wrong.
  std::optional<std::pair<std::string, double>> probe_;

  Setpoints setpoints_;  // now, in the channel's unit
  Setpoints reached_;    // at any time so far
  std::vector<Interval> commanded_;
  std::set<ChannelIndex> written_in_steps_;
  std::vector<Variable> variables_;
  std::map<std::string, StepTime> step_times_;
  std::set<std::string> reported_;
  TimeSpan steps_;
  TimeSpan cleanup_;
  bool in_cleanup_ = false;
  bool silent_ = false;
  bool exact_ = true;
  int step_count_ = 0;
};

}  // namespace benchd::sequence
