#include "daemon/station/limit_monitor.hpp"

#include <algorithm>
#include <limits>

#include "daemon/units/quantity.hpp"

namespace benchd::station {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_lower_bound(const std::string& rating) { return rating.starts_with("min_"); }

std::string text(double value, const units::Unit& unit) { return units::format({value, unit}); }

}  // namespace

Result<model::Limit> narrowed(model::Limit limit,
                              const model::Channel& channel,
                              const std::vector<model::Rating>& ratings) {
  if (limit.rating.empty()) return limit;
  for (const model::Rating& rating : ratings) {
    if (rating.name != limit.rating) continue;
    const auto value = units::convert(rating.value, rating.unit, channel.unit);
    if (!value) return fail(value.error());
    if (is_lower_bound(rating.name)) {
      limit.min = limit.min ? std::max(*limit.min, *value) : *value;
    } else {
      limit.max = limit.max ? std::min(*limit.max, *value) : *value;
    }
  }
  return limit;
}

LimitMonitor::LimitMonitor(const ChannelTable& channels)
    : channels_(channels), watched_(channels.size(), false) {}

std::optional<LimitMonitor::Watch> LimitMonitor::watch(const model::Limit& limit) const {
  const auto channel = channels_.find(limit.channel.text());
  if (!channel) return std::nullopt;
  return Watch{limit, *channel, limit.min.value_or(-kInfinity), limit.max.value_or(kInfinity)};
}

Status LimitMonitor::set_limits(const model::Bench& bench,
                                const std::string& layout,
                                const std::vector<model::Rating>& ratings) {
  std::vector<model::Limit> limits = bench.limits;
  for (const model::Layout& each : bench.layouts) {
    const bool mounted = layout.empty() ? &each == bench.layouts.data() : each.id == layout;
    if (mounted) limits.insert(limits.end(), each.limits.begin(), each.limits.end());
  }
  std::vector<Watch> watches;
  for (const model::Limit& limit : limits) {
    auto made = watch(limit);
    if (!made) continue;
    const auto narrow = narrowed(limit, channels_.channel(made->channel), ratings);
    if (!narrow) return fail(narrow.error());
    const bool by_dut = narrow->min != limit.min || narrow->max != limit.max;
    made = watch(*narrow);
    made->narrowed_by_dut = by_dut;
    watches.push_back(std::move(*made));
  }
  bench_watches_ = std::move(watches);
  index_watches();
  return {};
}

void LimitMonitor::set_run_limits(const std::vector<model::Limit>& limits) {
  run_watches_.clear();
  for (const model::Limit& limit : limits) {
    if (auto made = watch(limit)) run_watches_.push_back(std::move(*made));
  }
  index_watches();
}

void LimitMonitor::index_watches() {
  std::fill(watched_.begin(), watched_.end(), false);
  for (const Watch& each : bench_watches_) watched_[each.channel] = true;
  for (const Watch& each : run_watches_) watched_[each.channel] = true;
}

void LimitMonitor::set_armed(bool armed) {
  if (armed == armed_) return;
  armed_ = armed;
  for (auto* watches : {&bench_watches_, &run_watches_}) {
    for (Watch& each : *watches) each.excursion = false;
  }
}

bool LimitMonitor::active(const Watch& watch) const {
  return armed_ || watch.limit.action == model::LimitAction::Warn;
}

LimitFinding LimitMonitor::finding(const Watch& watch, double value) const {
  const model::Channel& channel = channels_.channel(watch.channel);
  const bool low = value < watch.min;
  std::string message = channel.id.text() + " is " + channel.text(value) + ", " +
                        (low ? "below" : "above") + " the limit " + watch.limit.id + " of " +
                        channel.text(low ? watch.min : watch.max);
  return {.limit = watch.limit, .value = value, .message = std::move(message)};
}

void LimitMonitor::look(Watch& watch,
                        std::span<const double> values,
                        std::vector<LimitFinding>& found) const {
  if (!active(watch)) return;
  std::size_t beyond = 0;
  for (const double value : values) {
    beyond += static_cast<std::size_t>((value < watch.min) | (value > watch.max));
  }
  if (beyond == 0) {
    watch.excursion = false;
    return;
  }
  const auto outside = [&](double value) { return value < watch.min || value > watch.max; };
  if (!watch.excursion) {
    found.push_back(finding(watch, *std::find_if(values.begin(), values.end(), outside)));
  }
  watch.excursion = outside(values.back());
}

void LimitMonitor::look(ChannelIndex channel,
                        std::span<const double> values,
                        std::vector<LimitFinding>& found) {
  if (values.empty() || !watched_[channel]) return;
  for (auto* watches : {&bench_watches_, &run_watches_}) {
    for (Watch& each : *watches) {
      if (each.channel == channel) look(each, values, found);
    }
  }
}

void LimitMonitor::look_at_quality(std::vector<LimitFinding>& found) {
  if (!armed_) return;
  for (auto* watches : {&bench_watches_, &run_watches_}) {
    for (Watch& each : *watches) {
      if (each.excursion || !channels_.sampled(each.channel)) continue;
      const auto quality = channels_.quality(each.channel);
      const auto until = channels_.good_until(each.channel);
      const bool aged = until && *until <= channels_.now();
      if (quality != link::v1::QUALITY_OVERRANGE && !aged) continue;
      each.excursion = true;
      found.push_back(
          {.limit = each.limit,
           .value = channels_.raw(each.channel),
           .invalid = true,
           .message = each.limit.channel.text() + " " + channels_.trouble(each.channel)});
    }
  }
}

std::optional<MonotonicTime> LimitMonitor::next_look() const {
  if (!armed_) return std::nullopt;
  std::optional<MonotonicTime> next;
  for (const auto* watches : {&bench_watches_, &run_watches_}) {
    for (const Watch& each : *watches) {
      const auto until = channels_.good_until(each.channel);
      if (each.excursion || !until) continue;
      next = next ? std::min(*next, *until) : *until;
    }
  }
  return next;
}

Status LimitMonitor::check_setpoint(ChannelIndex index, double value) const {
  const model::Channel& channel = channels_.channel(index);
  const bool in_range =
      value >= channel.min.value_or(-kInfinity) && value <= channel.max.value_or(kInfinity);
  if (!in_range) {
    return fail(Reason::OutOfRange,
                channel.id.text() + " cannot be set to " + text(value, channel.unit) +
                    ", its range is " + text(channel.min.value_or(-kInfinity), channel.unit) +
                    " to " + text(channel.max.value_or(kInfinity), channel.unit),
                {{"channel", channel.id.text()}});
  }
  for (const auto* watches : {&bench_watches_, &run_watches_}) {
    for (const Watch& each : *watches) {
      if (each.channel != index || each.limit.action == model::LimitAction::Warn) continue;
      if (value >= each.min && value <= each.max) continue;
      return fail(each.narrowed_by_dut ? Reason::DutRatingExceeded : Reason::OutOfRange,
                  finding(each, value).message,
                  {{"channel", channel.id.text()}, {"limit", each.limit.id}});
    }
  }
  return {};
}

Status LimitMonitor::check_readings() const {
  for (const Watch& each : bench_watches_) {
    if (each.limit.action == model::LimitAction::Warn || !channels_.sampled(each.channel)) continue;
    const std::string& name = each.limit.channel.text();
    if (!channels_.good(each.channel)) {
      return fail(Reason::ReadingInvalid, name + " " + channels_.trouble(each.channel),
                  {{"channel", name}});
    }
    const double value = channels_.raw(each.channel);
    if (value >= each.min && value <= each.max) continue;
    return fail(Reason::LimitTripped, finding(each, value).message,
                {{"channel", name}, {"limit", each.limit.id}});
  }
  return {};
}

}  // namespace benchd::station
