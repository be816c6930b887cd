// Counts the calls that gRPC still works on, for an owner that must outlast them: what they post
// when they end goes to an executor that has to be there.
//
// Threads: safe from any.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

namespace benchd {

class OpenCalls {
 public:
  void begin() {
    const std::scoped_lock lock(mutex_);
    ++count_;
  }
  void end() {
    const std::scoped_lock lock(mutex_);
    --count_;
    changed_.notify_all();
  }
  // Blocks until there are none.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// The end of a call: posts `last`, which holds the last share of it. The share must not be dropped
// on gRPC's thread: the last channel of a process joins that thread, and gRPC 1.51 aborts when it
// joins itself.
template <typename Last>
void release_call(const asio::any_io_executor& executor,
                  const std::shared_ptr<OpenCalls>& calls,
                  Last last) {
  // Copies: both belong to the call, which may be gone as soon as it is posted.
  const auto open = calls;
  {
    const auto there = executor;
    asio::post(there, std::move(last));
  }
  open->end();
}

}  // namespace benchd
