// A stream of answers to one caller, as the use cases see it. Implemented by api.
#pragma once

#include <functional>
#include <memory>

#include "daemon/base/result.hpp"

namespace benchd::site {

// Safe from any thread; nothing blocks. The use case keeps a weak or shared pointer; the caller's
// going away shows as closed().
template <typename Message>
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // False when it was not taken: the queue is full or the stream is closed. A message with events
  // that is not taken ends the stream (RESOURCE_EXHAUSTED, the caller resumes from its cursor);
  // samples that are not taken are left out, and `gap` is set in the next message.
  virtual bool send(Message message) = 0;
  // Ends it once; an empty Status ends it in order.
  virtual void end(Status status) = 0;
  [[nodiscard]] virtual bool closed() const = 0;
  // How many messages wait to be sent: a use case that reads a file goes on when it is low.
  [[nodiscard]] virtual std::size_t waiting() const = 0;
  // Called once when the caller is gone or the stream has ended; on any thread.
  virtual void on_closed(std::function<void()> callback) = 0;
  // Called whenever `waiting()` falls to 0; on any thread.
  virtual void on_drained(std::function<void()> callback) = 0;
};

template <typename Message>
using StreamPtr = std::shared_ptr<Stream<Message>>;

}  // namespace benchd::site
