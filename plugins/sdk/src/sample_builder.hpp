// Packs samples into blocks of one channel each, and hands them on at 16 Ki values or 2 ms,
// whichever comes first: one message for each sample cannot reach the rates that benches need.
//
// Confined to: the device thread.
#pragma once

#include <cstddef>
#include <map>

#include "plugins/sdk/src/channel_table.hpp"
#include "plugins/sdk/src/sample_queue.hpp"

namespace benchd::plugin::detail {

class SampleBuilder {
 public:
  explicit SampleBuilder(SampleQueue& queue) : queue_(queue) {}

  // One polled sample.
  void add(const Channel& channel, const RawReading& raw, MonotonicTime time);
  // What the instrument sampled by itself.
  void add(const Channel& channel, const SignalBlock& samples);

  // When what has been collected must go; never while there is nothing.
  [[nodiscard]] MonotonicTime flush_at() const { return flush_at_; }
  void flush();

 private:
  void make_room(std::size_t count);
  void count(std::size_t count, MonotonicTime now);

  SampleQueue& queue_;
  v1::StreamSamplesResponse batch_;
  std::map<const Channel*, int> open_blocks_;  // polled channels: index of their block in batch_
  std::size_t values_ = 0;
  MonotonicTime flush_at_ = MonotonicTime::max();
};

}  // namespace benchd::plugin::detail
