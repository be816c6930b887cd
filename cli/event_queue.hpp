// What a command that watches waits for: messages of a stream, its end, Ctrl-C, or a moment passed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <grpcpp/support/status.h>
#include <mutex>
#include <thread>
#include <utility>

#include "cli/rpc.hpp"

namespace benchd::cli {

enum class EventKind { Message, StreamEnded, Interrupt, Tick };

template <typename Response>
struct Event {
  EventKind kind = EventKind::Tick;
  Response message;
  grpc::Status status;
  int interrupts = 0;
};

// Bounded: a slow terminal slows the stream, and the server thins what it sends. Safe from any
// thread.
template <typename Response>
class EventQueue {
 public:
  void push(Event<Response> event) {
    std::unique_lock lock(mutex_);
    const bool may_wait = event.kind == EventKind::Message;
    changed_.wait(lock, [&] { return !may_wait || events_.size() < kLimit || closed_; });
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

  // A Tick if nothing came in time.
  [[nodiscard]] Event<Response> pop(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, timeout, [this] { return !events_.empty(); })) return {};
    Event<Response> event = std::move(events_.front());
    events_.pop_front();
    changed_.notify_all();
    return event;
  }

  // Lets a waiting push go on; what was read is dropped with the queue.
  void close(bool closed) {
    const std::lock_guard lock(mutex_);
    closed_ = closed;
    changed_.notify_all();
  }

 private:
  static constexpr std::size_t kLimit = 256;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event<Response>> events_;
  bool closed_ = false;
};

// Reads one stream into the queue on a thread of its own; cancels it when destroyed.
template <typename Response>
class StreamPump {
 public:
  StreamPump(ResponseStream<Response> stream, EventQueue<Response>& queue)
      : stream_(std::move(stream)), queue_(queue), thread_([this] { run(); }) {}
  StreamPump(const StreamPump&) = delete;
  StreamPump& operator=(const StreamPump&) = delete;
  ~StreamPump() {
    stream_.context->TryCancel();
    queue_.close(true);
    thread_.join();
    queue_.close(false);
  }

 private:
  void run() {
    Response message;
    while (stream_.reader->Read(&message)) queue_.push({EventKind::Message, message, {}, 0});
    queue_.push({EventKind::StreamEnded, {}, stream_.reader->Finish(), 0});
  }

  ResponseStream<Response> stream_;
  EventQueue<Response>& queue_;
  std::thread thread_;
};

// True where the stream can go on from its last cursor.
[[nodiscard]] inline bool can_resume(const grpc::Status& status) {
  return status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

}  // namespace benchd::cli
