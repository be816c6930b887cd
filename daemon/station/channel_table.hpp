// The latest value, time and quality of each channel of a bench, its zero and its setpoint.
//
// `raw` values are in the channel's unit as the device gives them; a channel's *value* is raw less
// its zero. A reading counts as stale when the last good one is older than the channel's stale
// time, and as bad when it has not changed at all for the channel's frozen time.
//
// Confined to the bench's strand.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "benchd/link/v1/link.pb.h"
#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/model/station.hpp"
#include "daemon/sequence/machine.hpp"

namespace benchd::station {

using ChannelIndex = std::size_t;

// How often the station samples a channel: at its rate, or at 10 Hz where it has none but a limit
// or an interlock looks at it. Absent: only when asked.
[[nodiscard]] std::optional<Nanoseconds> sample_interval(const model::Bench& bench,
                                                         const model::Channel& channel);

class ChannelTable final : public sequence::Readings {
 public:
  // Both outlive the table.
  ChannelTable(const model::Bench& bench, const Clock& clock);

  [[nodiscard]] std::size_t size() const { return cells_.size(); }
  [[nodiscard]] MonotonicTime now() const { return clock_.monotonic_now(); }
  [[nodiscard]] const model::Channel& channel(ChannelIndex index) const;
  // By the name in the bench: "thrust".
  [[nodiscard]] std::optional<ChannelIndex> find(std::string_view name) const;
  // By the name that plugins know: "thrust-1/thrust".
  [[nodiscard]] std::optional<ChannelIndex> find_at_device(std::string_view name) const;
  [[nodiscard]] const std::string& name_at_device(ChannelIndex index) const;

  void accept(ChannelIndex index, const plugin::v1::SampleBlock& block);
  void accept(ChannelIndex index, double raw, MonotonicTime time, link::v1::Quality quality);
  // Nothing that a device said before is to be trusted.
  void lose(const DeviceId& device);
  // From now on a reading may be as old as the idle pace makes it, until the device is at full pace
  // again.
  void set_idle();
  void set_full_pace(const DeviceId& device);

  [[nodiscard]] bool sampled(ChannelIndex index) const { return cells_[index].sampled; }
  [[nodiscard]] link::v1::Quality quality(ChannelIndex index) const;
  [[nodiscard]] bool good(ChannelIndex index) const;
  // Why the reading is not good, for people: "is stale, the last one is 2.1 s old".
  [[nodiscard]] std::string trouble(ChannelIndex index) const;
  // When the reading stops being good if nothing new comes; absent for channels that are read only
  // when asked. In the past when it is not good now.
  [[nodiscard]] std::optional<MonotonicTime> good_until(ChannelIndex index) const;
  // When the last good value was taken.
  [[nodiscard]] std::optional<MonotonicTime> good_at(ChannelIndex index) const;

  [[nodiscard]] double raw(ChannelIndex index) const { return cells_[index].raw; }
  [[nodiscard]] double value(ChannelIndex index) const;
  [[nodiscard]] link::v1::Reading reading(ChannelIndex index) const;
  [[nodiscard]] std::optional<sequence::Reading> latest(std::string_view channel) const override;

  [[nodiscard]] double zero(ChannelIndex index) const { return cells_[index].zero; }
  void set_zero(ChannelIndex index, double offset) { cells_[index].zero = offset; }
  void clear_zeros();

  // The last value written, as far as it is known.
  [[nodiscard]] std::optional<double> setpoint(ChannelIndex index) const;
  void set_setpoint(ChannelIndex index, double value) { cells_[index].setpoint = value; }

 private:
  struct Cell {
    std::string name_at_device;
    bool sampled = false;
    Nanoseconds stale_after{};
    double raw = 0;
    MonotonicTime time{};
    link::v1::Quality reported = link::v1::QUALITY_LOST;
    std::optional<MonotonicTime> good_at;
    MonotonicTime changed_at{};
    bool idle = false;
    MonotonicTime full_pace_at{};  // ages count from here at the earliest
    double zero = 0;
    std::optional<double> setpoint;
  };
  [[nodiscard]] MonotonicTime stale_at(const Cell& cell) const;
  [[nodiscard]] std::optional<MonotonicTime> frozen_at(ChannelIndex index) const;

  const model::Bench& bench_;
  const Clock& clock_;
  std::vector<Cell> cells_;
  std::unordered_map<std::string_view, ChannelIndex> by_name_;
  std::unordered_map<std::string_view, ChannelIndex> by_name_at_device_;
};

}  // namespace benchd::station
