// Streams of files: read as fast as the caller takes them. For this module only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>

#include "daemon/site/stream.hpp"

namespace benchd::site {

// Sends one message after the other; nobody waits for a slow caller. Lives as long as its stream
// is open.
template <typename Message>
class PacedStream : public std::enable_shared_from_this<PacedStream<Message>> {
 public:
  // The next message, or nothing at the end. Called on `executor`, one call at a time; may block
  // for the disk.
  using Source = std::function<Result<std::optional<Message>>()>;

  static void start(const asio::any_io_executor& executor,
                    StreamPtr<Message> stream,
                    Source source) {
    auto self = std::shared_ptr<PacedStream>(
        new PacedStream(executor, std::move(stream), std::move(source)));
    self->stream_->on_drained([weak = self->weak_from_this()] {
      if (const auto held = weak.lock()) held->post();
    });
    self->stream_->on_closed([self] {});
    self->post();
  }

 private:
  // Enough to keep the wire busy, little enough to hold for a caller who has gone for a walk.
  static constexpr std::size_t kAhead = 4;

  PacedStream(const asio::any_io_executor& executor, StreamPtr<Message> stream, Source source)
      : strand_(asio::make_strand(executor)),
        stream_(std::move(stream)),
        source_(std::move(source)) {}

  void post() {
    asio::post(strand_, [self = this->shared_from_this()] { self->pump(); });
  }

  // When it is left because enough waits, the queue is not empty: on_drained comes.
  void pump() {
    while (!ended_ && !stream_->closed() && stream_->waiting() < kAhead) {
      auto message = source_();
      ended_ = !message || !*message;
      if (!message) return stream_->end(fail(std::move(message.error())));
      if (!*message) return stream_->end({});
      if (stream_->send(std::move(**message))) continue;
      ended_ = true;
      return stream_->end(fail(Reason::StreamTooSlow, "A part of the file was not taken."));
    }
  }

  asio::strand<asio::any_io_executor> strand_;
  const StreamPtr<Message> stream_;
  const Source source_;
  bool ended_ = false;
};

}  // namespace benchd::site
