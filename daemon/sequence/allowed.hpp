// What a channel may be commanded to: its range less what limits and ratings take off it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/reason.hpp"
#include "daemon/sequence/check.hpp"
#include "daemon/sequence/interval.hpp"
#include "daemon/sequence/program.hpp"

namespace benchd::sequence {

// One bound on a channel's setpoints, in its unit, and where it comes from.
struct SetpointBound {
  double value = 0;
  bool upper = true;
  std::string origin;  // "its greatest value", "the limit \"overspeed\" of the bench", …
  Reason reason = Reason::OutOfRange;
  bool warning_only = false;  // a limit that only warns
};

// An excess of a setpoint over a bound.
struct Excess {
  SetpointBound bound;
  double value = 0;  // the setpoint that exceeds it
};

class AllowedSetpoints {
 public:
  AllowedSetpoints(const Program& program, const CheckContext& context);

  // The narrowest bound that is exceeded, if any.
  [[nodiscard]] std::optional<Excess> excess(ChannelIndex channel, const Interval& setpoint) const;
  [[nodiscard]] std::optional<double> lowest(ChannelIndex channel) const;
  [[nodiscard]] std::optional<double> highest(ChannelIndex channel) const;

 private:
  void add_limit(const Program& program,
                 const model::Limit& limit,
                 const CheckContext& context,
                 const std::string& owner);
  void add_rating(const ProgramChannel& channel,
                  ChannelIndex index,
                  const model::Limit& limit,
                  const CheckContext& context);

  std::vector<std::vector<SetpointBound>> bounds_;  // by channel
};

}  // namespace benchd::sequence
