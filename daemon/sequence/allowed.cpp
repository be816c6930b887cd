#include "daemon/sequence/allowed.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

bool exceeds(const SetpointBound& bound, const Interval& setpoint) {
  constexpr double kRounding = 1e-9;
  const double slack = kRounding * std::max(1e-3, std::fabs(bound.value));
  return bound.upper ? !(setpoint.high <= bound.value + slack)
                     : !(setpoint.low >= bound.value - slack);
}

}  // namespace

AllowedSetpoints::AllowedSetpoints(const Program& program, const CheckContext& context) {
  bounds_.resize(program.channels.size());
  for (ChannelIndex i = 0; i < program.channels.size(); ++i) {
    const auto& channel = program.channels[i].channel;
    if (channel.min) bounds_[i].push_back({*channel.min, false, "its least value"});
    if (channel.max) bounds_[i].push_back({*channel.max, true, "its greatest value"});
  }
  if (context.environment) {
    const auto bench = context.bench.empty() ? "the bench" : context.bench;
    for (const auto& limit : context.environment->limits) {
      add_limit(program, limit, context, " of " + bench);
    }
  }
  for (const auto& limit : program.limits) add_limit(program, limit, context, " of the sequence");
}

void AllowedSetpoints::add_limit(const Program& program,
                                 const model::Limit& limit,
                                 const CheckContext& context,
                                 const std::string& owner) {
  const auto index = program.find_channel(limit.channel.text());
  if (!index) return;
  const bool warning = limit.action == model::LimitAction::Warn;
  const auto origin = "the limit \"" + limit.id + "\"" + owner;
  if (limit.min) {
    bounds_[*index].push_back({*limit.min, false, origin, Reason::OutOfRange, warning});
  }
  if (limit.max) {
    bounds_[*index].push_back({*limit.max, true, origin, Reason::OutOfRange, warning});
  }
  add_rating(program.channels[*index], *index, limit, context);
}

// "max_current" narrows the upper bound, "min_voltage" the lower one.
void AllowedSetpoints::add_rating(const ProgramChannel& channel,
                                  ChannelIndex index,
                                  const model::Limit& limit,
                                  const CheckContext& context) {
  if (limit.rating.empty()) return;
  for (const auto& rating : context.ratings) {
    if (rating.name != limit.rating) continue;
    const auto value = units::convert(rating.value, rating.unit, channel.channel.unit);
    if (!value) continue;
    const bool upper = !rating.name.starts_with("min_");
    const auto dut = context.dut.empty() ? "the DUT" : context.dut;
    bounds_[index].push_back(
        {*value, upper, rating.name + " of " + dut, Reason::DutRatingExceeded, false});
  }
}

std::optional<Excess> AllowedSetpoints::excess(ChannelIndex channel,
                                               const Interval& setpoint) const {
  const SetpointBound* worst = nullptr;
  for (const auto& bound : bounds_[channel]) {
    if (!exceeds(bound, setpoint)) continue;
    const auto narrower = [&] {
      if (worst->warning_only != bound.warning_only) return worst->warning_only;
      if (worst->upper != bound.upper) return false;
      return bound.upper ? bound.value < worst->value : bound.value > worst->value;
    };
    if (worst == nullptr || narrower()) worst = &bound;
  }
  if (worst == nullptr) return std::nullopt;
  return Excess{*worst, worst->upper ? setpoint.high : setpoint.low};
}

std::optional<double> AllowedSetpoints::lowest(ChannelIndex channel) const {
  std::optional<double> result;
  for (const auto& bound : bounds_[channel]) {
    if (bound.upper || bound.warning_only) continue;
    result = std::max(result.value_or(bound.value), bound.value);
  }
  return result;
}

std::optional<double> AllowedSetpoints::highest(ChannelIndex channel) const {
  std::optional<double> result;
  for (const auto& bound : bounds_[channel]) {
    if (!bound.upper || bound.warning_only) continue;
    result = std::min(result.value_or(bound.value), bound.value);
  }
  return result;
}

}  // namespace benchd::sequence
