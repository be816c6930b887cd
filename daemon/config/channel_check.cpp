#include "daemon/config/channel_check.hpp"

#include <algorithm>

#include "daemon/units/quantity.hpp"

namespace benchd::config {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds kShortestStaleTime = 200ms;
constexpr int kStaleIntervals = 5;

// The unit of a rate of change: a rate of °C is in K/s.
units::Unit per_second(const units::Unit& unit) {
  const auto size = unit.has_offset() ? units::unit("K") : unit;
  return units::divide(size, units::unit("s")).value_or(units::unit("/s"));
}

std::optional<units::Unit> unit_of(const std::string& text) {
  const auto quantity = units::parse_quantity(text);
  if (!quantity || quantity->unit.is_one()) return std::nullopt;
  return quantity->unit;
}

// If min and max agree with each other but not with the unit, it is the unit that is wrong.
units::Unit check_unit(const v1::Channel& channel, const Checker& at) {
  if (channel.unit().empty()) return {};
  const auto unit = units::parse_unit(channel.unit());
  const auto min = unit_of(channel.min());
  const auto max = unit_of(channel.max());
  const bool agreed = min && max && units::convertible(*min, *max);
  if (!unit) {
    at.complain("unit", "unit " + unit.error().message);
    return agreed ? *max : units::Unit{};
  }
  if (agreed && !units::convertible(*unit, *max)) {
    at.complain("unit", units::unit_mismatch(channel.unit(), *unit, *max).message);
    return *max;
  }
  return *unit;
}

void check_device(const v1::Channel& channel,
                  const std::vector<model::Device>& devices,
                  model::Channel& result,
                  const Checker& at) {
  const auto slash = channel.device().find('/');
  const auto device = channel.device().substr(0, slash);
  if (slash != std::string::npos) result.device_unit = channel.device().substr(slash + 1);
  result.device = DeviceId{device};
  std::vector<std::string> names;
  names.reserve(devices.size());
  for (const auto& known : devices) names.push_back(known.id.text());
  if (!device.empty() && std::ranges::find(names, device) == names.end()) {
    at.complain("device", named("device", device) + " not defined" + closest(device, names));
  }
}

void check_states(const v1::Channel& channel, model::Channel& result, const Checker& at) {
  result.states.assign(channel.states().begin(), channel.states().end());
  if (result.states.empty()) return;
  if (result.states.size() != 2 || result.states.front() == result.states.back()) {
    at.complain("states", "states: two different words are expected, for 0 and for 1");
    result.states.resize(2);
  }
  if (!result.unit.is_one()) at.complain("unit", "a switch has the unit \"1\"");
  if (!result.min) result.min = 0;
  if (!result.max) result.max = 1;
}

void check_safe_value(const v1::Channel& channel, model::Channel& result, const Checker& at) {
  if (!result.writable) {
    if (!channel.safe().empty()) at.complain("safe", "safe: only a writable channel has one");
    if (!channel.slew().empty()) at.complain("slew", "slew: only a writable channel has one");
    return;
  }
  if (!result.min && channel.min().empty()) at.complain("", "a writable channel needs min");
  if (!result.max && channel.max().empty()) at.complain("", "a writable channel needs max");
  if (channel.safe().empty()) {
    at.complain("", "a writable channel needs \"safe\", the value that is harmless");
    return;
  }
  const auto safe = channel_value(result, "safe", channel.safe(), at);
  if (safe) result.safe_value = *safe;
}

void check_slew(const v1::Channel& channel, model::Channel& result, const Checker& at) {
  result.slew_per_s = at.value("slew", channel.slew(), per_second(result.unit));
  if (result.slew_per_s && *result.slew_per_s <= 0) {
    at.complain("slew", "slew: " + in_quotes(channel.slew()) + " must be greater than 0");
  }
}

// "487.8 N/V" for a channel in kgf: what stands above the line must fit the channel, what stands
// below is the unit of the signal. Where the line lies elsewhere ("2 m/s/V" for m/s) the signal's
// unit is what is left of the channel's.
void check_gain(const std::string& text, model::Channel& result, const Checker& at) {
  const auto gain = units::parse_quantity(text);
  if (!gain || gain->value == 0) {
    at.complain("gain", "gain: " + (gain ? "must not be 0" : gain.error().message));
    return;
  }
  const auto above = units::numerator(gain->unit);
  if (const auto value = units::convert_difference(gain->value, above, result.unit)) {
    result.scale.gain = *value;
    result.scale.signal_unit = units::denominator(gain->unit);
    return;
  }
  const auto size = result.unit.has_offset() ? units::unit("K") : result.unit;
  const auto rest = units::divide(size, gain->unit);
  const bool complete = gain->unit.is_one() || !above.is_one();
  if (!complete || !rest || !units::denominator(*rest).is_one()) {
    at.complain("gain", "gain: " + in_quotes(text) + " must be in " + in_quotes(size.symbol()) +
                            " per unit of the signal, such as \"2 " + size.symbol() + "/V\"");
    return;
  }
  result.scale.gain = gain->value;
  result.scale.signal_unit = *rest;
}

void check_scale(const v1::Channel& channel, model::Channel& result, const Checker& at) {
  if (!channel.has_scale()) return;
  if (!channel.scale().gain().empty()) check_gain(channel.scale().gain(), result, at.in("scale"));
  const auto offset = at.in("scale").value("offset", channel.scale().offset(), result.unit);
  if (offset) result.scale.offset = *offset;
}

void check_times(const v1::Channel& channel, model::Channel& result, const Checker& at) {
  result.stale_after = kShortestStaleTime;
  if (const auto rate = units::parse_as(channel.rate(), units::unit("Hz"))) {
    if (*rate > 0) {
      result.rate_hz = *rate;
      const auto intervals = std::chrono::duration<double>(kStaleIntervals / *rate);
      result.stale_after =
          std::max(kShortestStaleTime, std::chrono::duration_cast<Nanoseconds>(intervals));
    } else {
      at.complain("rate", "rate: " + in_quotes(channel.rate()) + " must be greater than 0");
    }
  }
  if (!result.rate_hz && at.has_complaint("rate")) {
    // It is there, if wrong: limits and interlocks need not say that there is none.
    result.rate_hz = 1;
    return;
  }
  if (const auto stale = Checker::duration(channel.stale_after())) result.stale_after = *stale;
  result.frozen_after = Checker::duration(channel.frozen_after());
  if (!result.rate_hz) return;
  const auto interval = std::chrono::duration<double>(1 / *result.rate_hz);
  if (result.stale_after <= interval) {
    at.complain("stale_after", "stale_after: must be longer than the time between two samples");
  }
  if (result.frozen_after && *result.frozen_after <= interval) {
    at.complain("frozen_after", "frozen_after: must be longer than the time between two samples");
  }
}

}  // namespace

model::Channel check_channel(const v1::Channel& channel,
                             const std::vector<model::Device>& devices,
                             const Checker& at) {
  model::Channel result;
  result.id = ChannelId{channel.name()};
  result.title = channel.title();
  result.signal = channel.signal();
  result.writable = channel.writable();
  if (!channel.name().empty() && !is_valid_word(channel.name())) {
    at.complain("name",
                "the name of a channel consists of a-z, 0-9 and \"_\" and begins with a letter");
  }
  check_device(channel, devices, result, at);
  result.unit = check_unit(channel, at);
  result.min = at.value("min", channel.min(), result.unit);
  result.max = at.value("max", channel.max(), result.unit);
  at.check_order(result.min, result.max, result.unit);
  if (result.min && result.max && *result.min >= *result.max) {
    // No value would lie within, and each would be reported.
    result.min.reset();
    result.max.reset();
  }
  check_states(channel, result, at);
  check_safe_value(channel, result, at);
  check_slew(channel, result, at);
  check_scale(channel, result, at);
  check_times(channel, result, at);
  result.zero_bound = at.spread("zero_bound", channel.zero_bound(), result.unit);
  result.noise = at.spread("noise", channel.noise(), result.unit);
  return result;
}

ChannelBook::ChannelBook(const std::vector<model::Channel>& channels) : channels_(channels) {
  for (const auto& channel : channels) names_.push_back(channel.id.text());
}

const model::Channel* ChannelBook::find(const std::string& name,
                                        std::string_view field,
                                        const Checker& at) const {
  if (name.empty()) return nullptr;
  const auto found = std::ranges::find(names_, name);
  if (found != names_.end()) return &channels_[static_cast<std::size_t>(found - names_.begin())];
  at.complain(field, named("channel", name) + " not defined" + closest(name, names_));
  return nullptr;
}

std::optional<double> channel_value(const model::Channel& channel,
                                    std::string_view field,
                                    const std::string& text,
                                    const Checker& at) {
  if (text.empty()) return std::nullopt;
  if (channel.is_switch()) {
    const auto& states = channel.states;
    if (text == states.front() || text == "0") return 0;
    if (text == states.back() || text == "1") return 1;
    at.complain(field, std::string{field} + ": " + in_quotes(text) + " is neither " +
                           in_quotes(states.front()) + " nor " + in_quotes(states.back()) +
                           closest(text, states));
    return std::nullopt;
  }
  const auto value = at.value(field, text, channel.unit);
  if (!value) return std::nullopt;
  if ((channel.min && *value < *channel.min) || (channel.max && *value > *channel.max)) {
    const auto bound = *value < channel.min.value_or(*value) ? *channel.min : *channel.max;
    at.complain(field, std::string{field} + ": " + units::format({*value, channel.unit}) +
                           " is beyond " + units::format({bound, channel.unit}) +
                           ", the end of the channel's range");
  }
  return value;
}

namespace {

// A reading may well lie beyond the range of what can be written.
std::optional<double> bound_of(const model::Channel& channel,
                               std::string_view field,
                               const std::string& text,
                               const Checker& at) {
  if (channel.is_switch()) return channel_value(channel, field, text, at);
  return at.value(field, text, channel.unit);
}

}  // namespace

model::Proof check_proof(const v1::Proof& proof, const ChannelBook& channels, const Checker& at) {
  model::Proof result;
  result.channel = ChannelId{proof.channel()};
  if (proof.min().empty() && proof.max().empty()) at.complain("", "min or max is missing");
  const auto* channel = channels.find(proof.channel(), "channel", at);
  if (channel == nullptr) return result;
  result.min = bound_of(*channel, "min", proof.min(), at);
  result.max = bound_of(*channel, "max", proof.max(), at);
  if (result.min && result.max && *result.min > *result.max) {
    at.check_order(result.min, result.max, channel->unit);
  }
  return result;
}

model::ChannelWrite check_write(const v1::ChannelWrite& write,
                                const ChannelBook& channels,
                                const Checker& at) {
  model::ChannelWrite result;
  result.channel = ChannelId{write.channel()};
  const auto* channel = channels.find(write.channel(), "channel", at);
  if (channel == nullptr) return result;
  if (!channel->writable) {
    at.complain("channel", named("channel", write.channel()) + " is not writable");
    return result;
  }
  result.value = channel_value(*channel, "value", write.value(), at).value_or(0);
  return result;
}

}  // namespace benchd::config
