// A sequence made ready: every name looked up, every expression parsed and its unit checked.
//
// Immutable once compiled; the check and the step machine walk over the same program. A new kind of
// step is one struct here and one case in each visitor: compiler.cpp, bounds.cpp, run_step.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/model/station.hpp"
#include "daemon/sequence/check.hpp"
#include "daemon/sequence/environment.hpp"
#include "daemon/sequence/expression.hpp"
#include "daemon/sequence/si.hpp"
#include "daemon/sequence/statistics.hpp"
#include "daemon/sequence/type_domain.hpp"
#include "daemon/sequence/value_domain.hpp"

namespace benchd::sequence {

// An expression in its place. `valid` is false where a problem was reported.
struct Formula {
  Expression expression;
  Type type;
  std::string path;
  bool valid = false;
};

using ChannelIndex = std::size_t;
using BlockIndex = std::uint32_t;

struct SetStep {
  struct Item {
    ChannelIndex channel = 0;
    Formula value;
  };
  std::vector<Item> writes;
};

struct RampStep {
  ChannelIndex channel = 0;
  Formula to;
  Formula rate;
};

struct HoldStep {
  Formula duration;
};

struct MeasureStep {
  std::string as;
  std::vector<ChannelIndex> channels;
  std::optional<Formula> duration;  // one of both
  std::optional<Formula> count;
  std::vector<Statistic> statistics;
};

struct ZeroStep {
  ChannelIndex channel = 0;
  std::optional<Formula> duration;
};

struct SweepStep {
  ChannelIndex channel = 0;
  Formula levels;
  std::string as;
  Formula rate;
  std::optional<Formula> settle;
  BlockIndex body = 0;
};

struct CheckStep {
  std::string name;
  Formula value;
  std::optional<Formula> min;
  std::optional<Formula> max;
};

struct WaitUntilStep {
  Formula condition;
  Formula timeout;
  std::optional<Formula> held_for;
};

struct LogStep {
  std::vector<std::variant<std::string, Formula>> parts;
};

// Refused by the compiler: a step of no or of an unknown kind.
struct NoStep {};

struct Step {
  using Kind = std::variant<NoStep,
                            SetStep,
                            RampStep,
                            HoldStep,
                            MeasureStep,
                            ZeroStep,
                            SweepStep,
                            CheckStep,
                            WaitUntilStep,
                            LogStep>;
  std::string path;
  std::string title;
  std::optional<Nanoseconds> time_limit;
  Kind kind;
};

// A channel that the sequence needs, as the bench has it, or as the need says if it has not.
struct ProgramChannel {
  model::Channel channel;
  SiScale scale;
  bool at_bench = false;
  bool declared_write = false;

  [[nodiscard]] const std::string& name() const { return channel.id.text(); }
};

struct ProgramParameter {
  std::string name;
  Type type;
  NumberValue value;          // in SI, or a word
  std::optional<double> min;  // in SI
  std::optional<double> max;
  std::string text;  // the value as given: "20 %, 30 %"
  std::string path;  // "parameters[2]"
};

class Program {
 public:
  static constexpr BlockIndex kSteps = 0;
  static constexpr BlockIndex kCleanup = 1;
  static constexpr Nanoseconds kDefaultCleanupLimit = std::chrono::seconds(30);
  static constexpr Nanoseconds kDefaultZeroDuration = std::chrono::seconds(1);

  std::vector<std::vector<Step>> blocks;
  std::vector<ProgramChannel> channels;  // in the order of the needs
  std::map<std::string, ProgramParameter, std::less<>> parameters;
  std::vector<model::Limit> limits;
  Nanoseconds time_limit{};
  Nanoseconds cleanup_limit = kDefaultCleanupLimit;
  Nanoseconds person_time{};
  std::uint64_t fingerprint = 0;

  [[nodiscard]] std::optional<ChannelIndex> find_channel(std::string_view name) const;
};

struct Compilation {
  Program program;
  std::vector<Problem> problems;
};

// `environment` may be null: then the channels are what the needs say. Finds every problem but
// those of ranges.
[[nodiscard]] Compilation compile(const config::v1::Sequence& sequence,
                                  const Arguments& arguments,
                                  const Environment* environment,
                                  std::string_view bench = {});

}  // namespace benchd::sequence
