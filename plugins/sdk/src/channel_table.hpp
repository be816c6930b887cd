// The channels that Setup names: conversion between value and raw, and the ranges of writes.
// value = raw × gain + offset.
//
// A value type; unchanged after it was made.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"

namespace benchd::plugin::detail {

struct Channel {
  v1::ChannelSetup setup;

  [[nodiscard]] double to_value(double raw) const { return raw * setup.gain() + setup.offset(); }
  [[nodiscard]] double to_raw(double value) const {
    return (value - setup.offset()) / setup.gain();
  }
  // With quality Bad where the value is not finite.
  [[nodiscard]] v1::Reading to_reading(const RawReading& raw, MonotonicTime time) const;
};

class ChannelTable {
 public:
  // CONFIG_INVALID for a channel named twice, a gain of 0, or a range that makes no sense.
  [[nodiscard]] static Result<ChannelTable> make(const v1::Setup& setup);

  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }
  // UNKNOWN_CHANNEL.
  [[nodiscard]] Result<const Channel*> find(const std::string& name) const;

  // Whether a value may be written to a channel of this unit: UNKNOWN_CHANNEL, or OUT_OF_RANGE
  // for what is not finite or outside the channel's range.
  [[nodiscard]] Result<const Channel*> check_write(const std::string& unit,
                                                   const v1::ChannelValue& value) const;

  // Whether the device has all signals in the direction that the channels want. CONFIG_INVALID.
  [[nodiscard]] Result<void> check_signals(const Description& description) const;

 private:
  std::vector<Channel> channels_;
  std::map<std::string, std::size_t> by_name_;
};

[[nodiscard]] v1::Quality to_proto(Quality quality);

}  // namespace benchd::plugin::detail
