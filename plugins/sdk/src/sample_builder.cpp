#include "plugins/sdk/src/sample_builder.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace benchd::plugin::detail {

namespace {

constexpr std::size_t kMostValues = 16'384;
constexpr std::chrono::milliseconds kLongestWait{2};

// Appends to the last run where the quality is the same. No runs at all mean that all is good.
void add_quality(v1::SampleBlock& block, int values_before, v1::Quality quality) {
  auto& runs = *block.mutable_quality();
  if (runs.empty()) {
    if (quality == v1::QUALITY_GOOD) return;
    if (values_before > 0) {
      v1::QualityRun& run = *runs.Add();
      run.set_count(values_before);
      run.set_quality(v1::QUALITY_GOOD);
    }
  }
  if (runs.empty() || runs.rbegin()->quality() != quality) runs.Add()->set_quality(quality);
  runs.rbegin()->set_count(runs.rbegin()->count() + 1);
}

}  // namespace

void SampleBuilder::add(const Channel& channel, const RawReading& raw, MonotonicTime time) {
  make_room(1);
  const auto [place, is_new] = open_blocks_.try_emplace(&channel, batch_.blocks_size());
  v1::SampleBlock& block = is_new ? *batch_.add_blocks() : *batch_.mutable_blocks(place->second);
  const v1::Reading reading = channel.to_reading(raw, time);
  if (is_new) {
    block.set_channel(channel.setup.channel());
    block.set_start_monotonic_ns(reading.monotonic_ns());
  }
  add_quality(block, block.values_size(), reading.quality());
  block.add_values(reading.value());
  block.add_offsets_ns(reading.monotonic_ns() - block.start_monotonic_ns());
  count(1, time);
}

void SampleBuilder::add(const Channel& channel, const SignalBlock& samples) {
  std::span<const double> rest = samples.values;
  MonotonicTime start = samples.start;
  while (!rest.empty()) {
    make_room(std::min(rest.size(), kMostValues));
    const auto part = rest.first(std::min(rest.size(), kMostValues));
    v1::SampleBlock& block = *batch_.add_blocks();
    block.set_channel(channel.setup.channel());
    block.set_start_monotonic_ns(start.time_since_epoch().count());
    block.set_interval_ns(samples.interval.count());
    const int size = static_cast<int>(part.size());
    block.mutable_values()->Reserve(size);
    std::transform(part.begin(), part.end(), block.mutable_values()->AddNAlreadyReserved(size),
                   [&](double raw) { return channel.to_value(raw); });
    if (samples.quality != Quality::Good) {
      v1::QualityRun& run = *block.add_quality();
      run.set_count(static_cast<int>(part.size()));
      run.set_quality(to_proto(samples.quality));
    }
    open_blocks_.erase(&channel);
    count(part.size(), monotonic_now());
    rest = rest.subspan(part.size());
    start += samples.interval * static_cast<std::int64_t>(part.size());
  }
}

void SampleBuilder::make_room(std::size_t count) {
  if (values_ + count > kMostValues) flush();
}

void SampleBuilder::count(std::size_t count, MonotonicTime now) {
  if (values_ == 0) flush_at_ = now + kLongestWait;
  values_ += count;
  if (values_ >= kMostValues) flush();
}

void SampleBuilder::flush() {
  flush_at_ = MonotonicTime::max();
  if (values_ == 0) return;
  values_ = 0;
  open_blocks_.clear();
  queue_.push(std::exchange(batch_, {}));
}

}  // namespace benchd::plugin::detail
