// Looking at the sample blocks of the plugin contract.
#pragma once

#include <algorithm>
#include <span>

#include "benchd/link/v1/link.pb.h"
#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/clock.hpp"

namespace benchd::station {

[[nodiscard]] inline MonotonicTime monotonic_time(std::int64_t nanoseconds) {
  return MonotonicTime{Nanoseconds{nanoseconds}};
}
[[nodiscard]] inline std::int64_t to_nanoseconds(MonotonicTime time) {
  return time.time_since_epoch().count();
}

[[nodiscard]] inline google::protobuf::Timestamp to_timestamp(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds.time_since_epoch().count());
  timestamp.set_nanos(static_cast<int>(Nanoseconds(time - seconds).count()));
  return timestamp;
}

// What a plugin says of a value. Not given counts as bad.
[[nodiscard]] inline link::v1::Quality to_link(plugin::v1::Quality quality) {
  switch (quality) {
    case plugin::v1::QUALITY_GOOD:
      return link::v1::QUALITY_GOOD;
    case plugin::v1::QUALITY_OVERRANGE:
      return link::v1::QUALITY_OVERRANGE;
    default:
      return link::v1::QUALITY_BAD;
  }
}

[[nodiscard]] inline MonotonicTime time_of(const plugin::v1::SampleBlock& block, int index) {
  const std::int64_t offset = block.interval_ns() != 0 || index >= block.offsets_ns_size()
                                  ? block.interval_ns() * index
                                  : block.offsets_ns(index);
  return monotonic_time(block.start_monotonic_ns() + offset);
}

[[nodiscard]] inline std::span<const double> values_of(const plugin::v1::SampleBlock& block) {
  return {block.values().data(), static_cast<std::size_t>(block.values_size())};
}

// Calls use(first, count, quality) for each run of values with one quality, in order. Values that
// the runs do not cover are bad, unless there are no runs at all: then all are good.
template <typename Use>
void for_each_run(const plugin::v1::SampleBlock& block, Use use) {
  const int size = block.values_size();
  if (block.quality_size() == 0) {
    if (size > 0) use(0, size, link::v1::QUALITY_GOOD);
    return;
  }
  int first = 0;
  for (const plugin::v1::QualityRun& run : block.quality()) {
    const int count = std::min(run.count(), size - first);
    if (count <= 0) continue;
    use(first, count, to_link(run.quality()));
    first += count;
  }
  if (first < size) use(first, size - first, link::v1::QUALITY_BAD);
}

}  // namespace benchd::station
