#include "daemon/site/setpoints.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "daemon/units/quantity.hpp"

namespace benchd::site {

namespace {

// What a value may be, and who says so.
struct Bound {
  double value = 0;
  bool of_dut = false;
  std::string what;  // "its range", "the limit overcurrent", "the DUT's max_current"
};

struct Bounds {
  std::optional<Bound> least;
  std::optional<Bound> greatest;

  void raise(const std::optional<double>& value, const Bound& bound) {
    if (!value || (least && least->value >= *value)) return;
    least = bound;
    least->value = *value;
  }
  void lower(const std::optional<double>& value, const Bound& bound) {
    if (!value || (greatest && greatest->value <= *value)) return;
    greatest = bound;
    greatest->value = *value;
  }
};

void narrow_by_dut(const model::Limit& limit,
                   const model::Channel& channel,
                   const model::Dut& dut,
                   Bounds& bounds) {
  for (const auto& rating : dut.ratings) {
    if (rating.name != limit.rating) continue;
    const auto value = units::convert(rating.value, rating.unit, channel.unit);
    if (!value) continue;
    const Bound bound{.of_dut = true, .what = "the DUT's " + rating.name};
    if (rating.name.starts_with("min_")) {
      bounds.raise(*value, bound);
    } else {
      bounds.lower(*value, bound);
    }
  }
}

Bounds bounds_of(const model::Channel& channel,
                 const model::Bench& bench,
                 const std::string& layout,
                 const model::Dut* dut) {
  Bounds bounds;
  bounds.raise(channel.min, {.what = "its range"});
  bounds.lower(channel.max, {.what = "its range"});
  const auto apply = [&](const std::vector<model::Limit>& limits) {
    for (const auto& limit : limits) {
      if (limit.channel != channel.id || limit.action == model::LimitAction::Warn) continue;
      bounds.raise(limit.min, {.what = "the limit " + limit.id});
      bounds.lower(limit.max, {.what = "the limit " + limit.id});
      if (dut != nullptr && !limit.rating.empty()) narrow_by_dut(limit, channel, *dut, bounds);
    }
  };
  apply(bench.limits);
  for (const auto& each : bench.layouts) {
    const bool mounted = layout.empty() ? &each == bench.layouts.data() : each.id == layout;
    if (mounted) apply(each.limits);
  }
  return bounds;
}

Error wrong(Reason reason, const std::string& field, std::string message, ErrorContext context) {
  Error error{reason, std::move(message), std::move(context), {}};
  error.violations.push_back({field, error.message});
  return error;
}

Status check_bounds(double value,
                    const model::Channel& channel,
                    const Bounds& bounds,
                    const std::string& field) {
  const bool low = bounds.least && value < bounds.least->value;
  const bool high = bounds.greatest && value > bounds.greatest->value;
  if (!low && !high) return {};
  const auto& bound = low ? *bounds.least : *bounds.greatest;
  return fail(wrong(bound.of_dut ? Reason::DutRatingExceeded : Reason::OutOfRange, field,
                    channel.id.text() + " cannot be set to " +
                        units::format({value, channel.unit}) + ": " + bound.what + " is " +
                        (low ? "at least " : "at most ") +
                        units::format({bound.value, channel.unit}) + ".",
                    {{"channel", channel.id.text()}}));
}

Result<double> value_in_unit(const v1::ChannelSetpoint& setpoint,
                             const model::Channel& channel,
                             const std::string& field) {
  if (setpoint.unit().empty()) return setpoint.value();
  const auto unit = units::parse_unit(setpoint.unit());
  if (unit && unit->is_one() && !channel.unit.is_one()) {
    const auto number = units::format_number(setpoint.value());
    return fail(wrong(Reason::QuantityInvalid, field + ".unit",
                      channel.id.text() + ": \"" + number + "\" has no unit, write \"" +
                          units::format({setpoint.value(), channel.unit}) + "\"",
                      {{"channel", channel.id.text()}}));
  }
  auto error = !unit ? unit.error() : units::unit_mismatch(unit->symbol(), *unit, channel.unit);
  if (unit && units::convertible(*unit, channel.unit)) {
    return units::convert(setpoint.value(), *unit, channel.unit);
  }
  error.violations.push_back({field + ".unit", error.message});
  return fail(std::move(error));
}

Result<model::ChannelWrite> read_setpoint(const v1::ChannelSetpoint& setpoint,
                                          const std::string& field,
                                          const model::Bench& bench,
                                          const std::string& layout,
                                          const model::Dut* dut) {
  const auto* channel = bench.find_channel(ChannelId{setpoint.channel()});
  if (channel == nullptr) {
    return fail(wrong(Reason::UnknownChannel, field + ".channel",
                      "Bench " + bench.id.text() + " has no channel " + setpoint.channel() + ".",
                      {{"channel", setpoint.channel()}}));
  }
  if (!channel->writable) {
    return fail(wrong(Reason::InvalidArgument, field + ".channel",
                      channel->id.text() + " is measured and cannot be written.",
                      {{"channel", channel->id.text()}}));
  }
  const auto value = value_in_unit(setpoint, *channel, field);
  if (!value) return fail(value.error());
  const bool of_switch = !channel->is_switch() || *value == 0 || *value == 1;
  if (!std::isfinite(*value) || !of_switch) {
    return fail(wrong(
        Reason::InvalidArgument, field + ".value",
        channel->id.text() + (channel->is_switch() ? " is a switch: " + channel->text(0) + " or " +
                                                         channel->text(1) + ", as 0 or 1."
                                                   : " needs a finite number."),
        {{"channel", channel->id.text()}}));
  }
  const auto bounds = bounds_of(*channel, bench, layout, dut);
  if (auto inside = check_bounds(*value, *channel, bounds, field + ".value"); !inside) {
    return fail(inside.error());
  }
  return model::ChannelWrite{channel->id, *value};
}

}  // namespace

Result<std::vector<model::ChannelWrite>> read_setpoints(
    const google::protobuf::RepeatedPtrField<v1::ChannelSetpoint>& setpoints,
    const model::Bench& bench,
    const std::string& layout,
    const model::Dut* dut) {
  std::vector<model::ChannelWrite> writes;
  for (int i = 0; i < setpoints.size(); ++i) {
    const auto field = "setpoints[" + std::to_string(i) + "]";
    auto write = read_setpoint(setpoints[i], field, bench, layout, dut);
    if (!write) return fail(write.error());
    writes.push_back(std::move(*write));
  }
  return writes;
}

}  // namespace benchd::site
