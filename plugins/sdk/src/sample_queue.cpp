#include "plugins/sdk/src/sample_queue.hpp"

#include <utility>

namespace benchd::plugin::detail {

void SampleQueue::push(v1::StreamSamplesResponse batch) {
  std::int64_t samples = 0;
  for (const v1::SampleBlock& block : batch.blocks()) samples += block.values_size();
  const std::scoped_lock lock(mutex_);
  batches_.push_back({std::move(batch), samples});
  samples_ += samples;
  while (samples_ > most_samples_ && batches_.size() > 1) {
    samples_ -= batches_.front().samples;
    dropped_ += batches_.front().samples;
    batches_.pop_front();
  }
  changed_.notify_one();
}

std::optional<v1::StreamSamplesResponse> SampleQueue::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !batches_.empty(); });
  if (closed_) return std::nullopt;
  Batch batch = std::move(batches_.front());
  batches_.pop_front();
  samples_ -= batch.samples;
  batch.message.set_dropped_samples(std::exchange(dropped_, 0));
  return std::move(batch.message);
}

void SampleQueue::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace benchd::plugin::detail
