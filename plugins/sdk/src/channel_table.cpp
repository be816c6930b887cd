#include "plugins/sdk/src/channel_table.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace benchd::plugin::detail {

namespace {

Result<void> check_channel(const v1::ChannelSetup& channel) {
  const auto wrong = [&](const std::string& what) {
    return fail(reason::kConfigInvalid, "channel " + channel.channel() + ": " + what);
  };
  if (channel.channel().empty() || channel.signal().empty()) {
    return wrong("the names of channel and signal are required");
  }
  if (!std::isfinite(channel.gain()) || channel.gain() == 0.0) {
    return wrong("the gain must be finite and not 0");
  }
  if (!std::isfinite(channel.offset())) return wrong("the offset must be finite");
  if (channel.sample_interval_ns() < 0) return wrong("the sample interval must not be negative");
  if (channel.writable() && !(channel.min() <= channel.max())) {
    return wrong("the least value must not lie above the greatest");
  }
  return {};
}

const SignalDescription* find_signal(const Description& description, const std::string& name) {
  const auto& signals = description.signals;
  const auto found = std::find_if(signals.begin(), signals.end(),
                                  [&](const auto& each) { return each.signal == name; });
  return found == signals.end() ? nullptr : &*found;
}

}  // namespace

v1::Quality to_proto(Quality quality) {
  switch (quality) {
    case Quality::Good:
      return v1::QUALITY_GOOD;
    case Quality::Overrange:
      return v1::QUALITY_OVERRANGE;
    case Quality::Bad:
      break;
  }
  return v1::QUALITY_BAD;
}

v1::Reading Channel::to_reading(const RawReading& raw, MonotonicTime time) const {
  v1::Reading reading;
  reading.set_channel(setup.channel());
  reading.set_value(to_value(raw.value));
  reading.set_monotonic_ns(time.time_since_epoch().count());
  reading.set_quality(std::isfinite(reading.value()) ? to_proto(raw.quality) : v1::QUALITY_BAD);
  return reading;
}

Result<ChannelTable> ChannelTable::make(const v1::Setup& setup) {
  ChannelTable table;
  for (const v1::ChannelSetup& channel : setup.channels()) {
    if (auto valid = check_channel(channel); !valid) return fail(valid.error());
    if (!table.by_name_.emplace(channel.channel(), table.channels_.size()).second) {
      return fail(reason::kConfigInvalid, "channel " + channel.channel() + " is there twice");
    }
    table.channels_.push_back({channel});
  }
  return table;
}

Result<const Channel*> ChannelTable::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    return fail(reason::kUnknownChannel, "the device has no channel " + name);
  }
  return &channels_[found->second];
}

Result<const Channel*> ChannelTable::check_write(const std::string& unit,
                                                 const v1::ChannelValue& value) const {
  auto channel = find(value.channel());
  if (!channel) return channel;
  const v1::ChannelSetup& setup = (*channel)->setup;
  if (setup.unit() != unit) {
    return fail(reason::kInvalidArgument, "channel " + setup.channel() + " belongs to unit '" +
                                              setup.unit() + "', not '" + unit + "'");
  }
  if (!setup.writable()) {
    return fail(reason::kInvalidArgument, "channel " + setup.channel() + " is not writable");
  }
  if (!(value.value() >= setup.min() && value.value() <= setup.max()) ||
      !std::isfinite((*channel)->to_raw(value.value()))) {
    std::ostringstream message;
    message << setup.channel() << " takes " << setup.min() << " to " << setup.max() << " "
            << setup.value_unit() << ", not " << value.value();
    return fail(reason::kOutOfRange, message.str());
  }
  return channel;
}

Result<void> ChannelTable::check_signals(const Description& description) const {
  for (const Channel& channel : channels_) {
    const SignalDescription* signal = find_signal(description, channel.setup.signal());
    const std::string what =
        "channel " + channel.setup.channel() + ": signal " + channel.setup.signal();
    if (signal == nullptr) {
      return fail(reason::kConfigInvalid, what + " is not one of this device");
    }
    if (channel.setup.writable() && !signal->writable) {
      return fail(reason::kConfigInvalid, what + " cannot be written");
    }
    if (channel.setup.sample_interval_ns() > 0 && !signal->readable) {
      return fail(reason::kConfigInvalid, what + " cannot be read, and so has no rate");
    }
    const auto& units = description.units;
    if (std::find(units.begin(), units.end(), channel.setup.unit()) == units.end()) {
      return fail(reason::kConfigInvalid,
                  what + ": the device has no unit '" + channel.setup.unit() + "'");
    }
  }
  return {};
}

}  // namespace benchd::plugin::detail
