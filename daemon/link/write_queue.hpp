// What a stream has yet to send: one write in flight, the element stays until it is done. A value
// confined to the strand of its stream.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

namespace benchd::link::detail {

template <typename Message>
class WriteQueue {
 public:
  // The message to be written now, or nullptr when one is in flight already.
  [[nodiscard]] const Message* push(Message message) {
    queue_.push_back(std::move(message));
    if (in_flight_) return nullptr;
    in_flight_ = true;
    return &queue_.front();
  }

  // The write in flight is done: the next message to be written now, or nullptr.
  [[nodiscard]] const Message* done() {
    queue_.pop_front();
    in_flight_ = !queue_.empty();
    return in_flight_ ? &queue_.front() : nullptr;
  }

  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] bool in_flight() const { return in_flight_; }

 private:
  std::deque<Message> queue_;
  bool in_flight_ = false;
};

}  // namespace benchd::link::detail
