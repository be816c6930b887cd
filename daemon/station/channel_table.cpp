#include "daemon/station/channel_table.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/station/device_hub.hpp"
#include "daemon/station/samples.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kGuardInterval = std::chrono::milliseconds(100);
constexpr Nanoseconds kLeastStaleTime = std::chrono::milliseconds(200);
constexpr Nanoseconds kIdleStaleTime = 5 * kIdleInterval;

bool is_guarded(const model::Bench& bench, const ChannelId& channel) {
  const auto looks_at = [&](const auto& limit) { return limit.channel == channel; };
  if (std::any_of(bench.limits.begin(), bench.limits.end(), looks_at)) return true;
  for (const model::Layout& layout : bench.layouts) {
    if (std::any_of(layout.limits.begin(), layout.limits.end(), looks_at)) return true;
  }
  return std::any_of(bench.interlocks.begin(), bench.interlocks.end(), [&](const auto& interlock) {
    return std::count(interlock.channels.begin(), interlock.channels.end(), channel) > 0;
  });
}

Nanoseconds stale_time(const model::Channel& channel, Nanoseconds interval) {
  if (channel.stale_after > Nanoseconds{}) return channel.stale_after;
  return std::max(5 * interval, kLeastStaleTime);
}

}  // namespace

std::optional<Nanoseconds> sample_interval(const model::Bench& bench,
                                           const model::Channel& channel) {
  if (channel.rate_hz) {
    return Nanoseconds{static_cast<std::int64_t>(std::llround(1e9 / *channel.rate_hz))};
  }
  if (!channel.writable && is_guarded(bench, channel.id)) return kGuardInterval;
  return std::nullopt;
}

ChannelTable::ChannelTable(const model::Bench& bench, const Clock& clock)
    : bench_(bench), clock_(clock), cells_(bench.channels.size()) {
  for (ChannelIndex i = 0; i < cells_.size(); ++i) {
    const model::Channel& channel = bench.channels[i];
    Cell& cell = cells_[i];
    cell.name_at_device = bench.id.text() + "/" + channel.id.text();
    const auto interval = sample_interval(bench, channel);
    cell.sampled = interval.has_value();
    cell.stale_after = stale_time(channel, interval.value_or(Nanoseconds{}));
    by_name_.emplace(channel.id.text(), i);
    by_name_at_device_.emplace(cell.name_at_device, i);
  }
}

const model::Channel& ChannelTable::channel(ChannelIndex index) const {
  return bench_.channels[index];
}

std::optional<ChannelIndex> ChannelTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::optional<ChannelIndex> ChannelTable::find_at_device(std::string_view name) const {
  const auto found = by_name_at_device_.find(name);
  if (found == by_name_at_device_.end()) return std::nullopt;
  return found->second;
}

const std::string& ChannelTable::name_at_device(ChannelIndex index) const {
  return cells_[index].name_at_device;
}

void ChannelTable::accept(ChannelIndex index, const plugin::v1::SampleBlock& block) {
  const std::span<const double> values = values_of(block);
  if (values.empty()) return;
  Cell& cell = cells_[index];
  const bool first_reading = !cell.good_at;
  const int last = block.values_size() - 1;
  for_each_run(block, [&](int first, int count, link::v1::Quality quality) {
    cell.reported = quality;
    if (quality != link::v1::QUALITY_GOOD) return;
    for (int i = first + count - 1; i >= first; --i) {
      if (!std::isfinite(values[static_cast<std::size_t>(i)])) continue;
      cell.good_at = time_of(block, i);
      return;
    }
  });
  const double newest = values.back();
  int same_from = last;
  while (same_from > 0 && values[static_cast<std::size_t>(same_from - 1)] == newest) --same_from;
  if (same_from > 0 || newest != cell.raw || first_reading)
    cell.changed_at = time_of(block, same_from);
  cell.raw = newest;
  cell.time = time_of(block, last);
  if (!std::isfinite(newest)) cell.reported = link::v1::QUALITY_BAD;
}

void ChannelTable::accept(ChannelIndex index,
                          double raw,
                          MonotonicTime time,
                          link::v1::Quality quality) {
  Cell& cell = cells_[index];
  if (time < cell.time) return;
  if (raw != cell.raw || !cell.good_at) cell.changed_at = time;
  cell.raw = raw;
  cell.time = time;
  cell.reported = std::isfinite(raw) ? quality : link::v1::QUALITY_BAD;
  if (cell.reported == link::v1::QUALITY_GOOD) cell.good_at = time;
}

void ChannelTable::lose(const DeviceId& device) {
  for (ChannelIndex i = 0; i < cells_.size(); ++i) {
    if (bench_.channels[i].device != device) continue;
    cells_[i].reported = link::v1::QUALITY_LOST;
    cells_[i].good_at.reset();
  }
}

void ChannelTable::set_idle() {
  for (Cell& cell : cells_) cell.idle = true;
}

void ChannelTable::set_full_pace(const DeviceId& device) {
  for (ChannelIndex i = 0; i < cells_.size(); ++i) {
    if (bench_.channels[i].device != device || !cells_[i].idle) continue;
    cells_[i].idle = false;
    cells_[i].full_pace_at = clock_.monotonic_now();
  }
}

MonotonicTime ChannelTable::stale_at(const Cell& cell) const {
  if (!cell.good_at) return MonotonicTime{};
  if (cell.idle) return *cell.good_at + std::max(cell.stale_after, kIdleStaleTime);
  return std::max(*cell.good_at, cell.full_pace_at) + cell.stale_after;
}

std::optional<MonotonicTime> ChannelTable::frozen_at(ChannelIndex index) const {
  const auto& after = bench_.channels[index].frozen_after;
  if (!after) return std::nullopt;
  const Cell& cell = cells_[index];
  if (cell.idle) return cell.changed_at + std::max(*after, kIdleStaleTime);
  return std::max(cell.changed_at, cell.full_pace_at) + *after;
}

link::v1::Quality ChannelTable::quality(ChannelIndex index) const {
  const Cell& cell = cells_[index];
  if (cell.reported != link::v1::QUALITY_GOOD) return cell.reported;
  const MonotonicTime now = clock_.monotonic_now();
  if (!cell.good_at || (cell.sampled && now >= stale_at(cell))) return link::v1::QUALITY_STALE;
  const auto frozen = frozen_at(index);
  return frozen && now >= *frozen ? link::v1::QUALITY_BAD : link::v1::QUALITY_GOOD;
}

bool ChannelTable::good(ChannelIndex index) const {
  return quality(index) == link::v1::QUALITY_GOOD;
}

std::string ChannelTable::trouble(ChannelIndex index) const {
  const Cell& cell = cells_[index];
  const MonotonicTime now = clock_.monotonic_now();
  switch (quality(index)) {
    case link::v1::QUALITY_GOOD:
      return {};
    case link::v1::QUALITY_LOST:
      return "has no reading: its device is not there";
    case link::v1::QUALITY_OVERRANGE:
      return "is beyond the range of its device";
    case link::v1::QUALITY_STALE:
      if (!cell.good_at) return "has no reading";
      return "is stale: the last good reading is " + units::format_duration(now - *cell.good_at) +
             " old";
    default:
      break;
  }
  if (cell.reported == link::v1::QUALITY_GOOD) {
    return "is frozen: it has read exactly the same for " +
           units::format_duration(now - cell.changed_at);
  }
  return "has no valid reading";
}

std::optional<MonotonicTime> ChannelTable::good_until(ChannelIndex index) const {
  const Cell& cell = cells_[index];
  if (!cell.sampled) return std::nullopt;
  if (!cell.good_at) return MonotonicTime{};
  MonotonicTime until = stale_at(cell);
  if (const auto frozen = frozen_at(index)) until = std::min(until, *frozen);
  return until;
}

std::optional<MonotonicTime> ChannelTable::good_at(ChannelIndex index) const {
  return cells_[index].good_at;
}

double ChannelTable::value(ChannelIndex index) const {
  return cells_[index].raw - cells_[index].zero;
}

link::v1::Reading ChannelTable::reading(ChannelIndex index) const {
  link::v1::Reading reading;
  reading.set_channel(channel(index).id.text());
  reading.set_value(value(index));
  reading.set_unit(channel(index).unit.code());
  reading.set_monotonic_ns(to_nanoseconds(cells_[index].time));
  reading.set_quality(quality(index));
  return reading;
}

std::optional<sequence::Reading> ChannelTable::latest(std::string_view name) const {
  const auto index = find(name);
  if (!index) return std::nullopt;
  return sequence::Reading{value(*index), cells_[*index].time, good(*index)};
}

void ChannelTable::clear_zeros() {
  for (Cell& cell : cells_) cell.zero = 0;
}

std::optional<double> ChannelTable::setpoint(ChannelIndex index) const {
  return cells_[index].setpoint;
}

}  // namespace benchd::station
