#include "daemon/devices/sample_check.hpp"

#include <algorithm>
#include <cstdint>

namespace benchd::devices {

namespace {

using benchd::plugin::v1::SampleBlock;

constexpr int kMostValues = 16'384;  // plugin.proto, SampleBlock
// Both read the same clock; an instrument's own clock may be converted with some error.
constexpr std::chrono::seconds kFutureAllowed{1};

auto wrong(const SampleBlock& block, const std::string& what) {
  return fail(Reason::PluginFailed, "samples of " + block.channel() + ": " + what,
              {{"channel", block.channel()}});
}

Status check_times(const SampleBlock& block, MonotonicTime now) {
  const std::int64_t latest = (now + kFutureAllowed).time_since_epoch().count();
  if (block.start_monotonic_ns() <= 0 || block.start_monotonic_ns() > latest) {
    return wrong(block, "a start that is not a time up to now");
  }
  if (block.interval_ns() < 0) return wrong(block, "a negative interval");
  if (block.interval_ns() > 0) {
    const std::int64_t room = latest - block.start_monotonic_ns();
    if (block.values_size() - 1 > room / block.interval_ns()) {
      return wrong(block, "values in the future");
    }
    return {};
  }
  if (block.offsets_ns_size() != block.values_size()) {
    return wrong(block, "as many offsets as values are needed");
  }
  const auto& offsets = block.offsets_ns();
  if (!std::is_sorted(offsets.begin(), offsets.end()) || *offsets.begin() < 0 ||
      *offsets.rbegin() > latest - block.start_monotonic_ns()) {
    return wrong(block, "offsets that go back or into the future");
  }
  return {};
}

Status check_block(const SampleBlock& block,
                   const std::set<std::string>& channels,
                   MonotonicTime now) {
  if (channels.count(block.channel()) == 0) return wrong(block, "not a channel of this device");
  if (block.values_size() == 0 || block.values_size() > kMostValues) {
    return wrong(block, std::to_string(block.values_size()) + " values");
  }
  std::int64_t in_runs = 0;
  for (const auto& run : block.quality()) {
    if (run.count() <= 0) return wrong(block, "an empty run of quality");
    in_runs += run.count();
  }
  if (block.quality_size() > 0 && in_runs != block.values_size()) {
    return wrong(block, "runs of quality that do not cover the values");
  }
  return check_times(block, now);
}

}  // namespace

Status check_samples(const benchd::plugin::v1::StreamSamplesResponse& batch,
                     const std::set<std::string>& channels,
                     MonotonicTime now) {
  for (const SampleBlock& block : batch.blocks()) {
    if (auto valid = check_block(block, channels, now); !valid) return valid;
  }
  return {};
}

}  // namespace benchd::devices
