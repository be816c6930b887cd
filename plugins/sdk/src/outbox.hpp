// A queue to one consuming thread, which blocks until there is something or it is closed.
// Safe from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace benchd::plugin::detail {

template <typename T>
class Outbox {
 public:
  // Nothing is taken after close.
  void push(T item) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    items_.push_back(std::move(item));
    changed_.notify_one();
  }

  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  // The next one; empty when closed and all have been taken.
  [[nodiscard]] std::optional<T> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace benchd::plugin::detail
