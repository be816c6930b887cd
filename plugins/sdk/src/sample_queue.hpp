// Batches of samples on their way to the station. Bounded: where the station does not read, the
// oldest batches go, and the next one that is taken says how many samples went with them.
//
// Safe from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "benchd/plugin/v1/plugin.pb.h"

namespace benchd::plugin::detail {

class SampleQueue {
 public:
  explicit SampleQueue(std::int64_t most_samples) : most_samples_(most_samples) {}

  void push(v1::StreamSamplesResponse batch);
  // Blocks; empty when closed.
  [[nodiscard]] std::optional<v1::StreamSamplesResponse> take();
  void close();

 private:
  struct Batch {
    v1::StreamSamplesResponse message;
    std::int64_t samples = 0;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> batches_;
  std::int64_t samples_ = 0;
  std::int64_t dropped_ = 0;
  const std::int64_t most_samples_;
  bool closed_ = false;
};

}  // namespace benchd::plugin::detail
