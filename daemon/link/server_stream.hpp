// A gRPC stream seen from its server, with all its state on a strand. Private to link.
#pragma once

#include <functional>
#include <grpcpp/grpcpp.h>
#include <memory>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include "daemon/link/write_queue.hpp"

namespace benchd::link::detail {

// Keeps itself alive until gRPC is done with it. Handlers run on the strand; on_end comes last,
// once. Reading stops until want_more(), so that a slow site slows its station down.
template <typename In, typename Out>
class ServerBidi final : public grpc::ServerBidiReactor<In, Out> {
 public:
  using Base = grpc::ServerBidiReactor<In, Out>;
  struct Handlers {
    std::function<void(In&&)> on_message;
    std::function<void()> on_end;
  };

  static std::shared_ptr<ServerBidi> make(asio::any_io_executor strand) {
    auto stream = std::shared_ptr<ServerBidi>(new ServerBidi(std::move(strand)));
    stream->self_ = stream;
    return stream;
  }

  // Once, before it is returned to gRPC.
  void begin(Handlers handlers) {
    handlers_ = std::move(handlers);
    Base::StartRead(&incoming_);
  }

  // On the strand.
  void want_more() {
    if (!finished_ && !reading_) {
      reading_ = true;
      Base::StartRead(&incoming_);
    }
  }
  void send(Out message) {
    if (finished_) return;
    if (const auto* next = queue_.push(std::move(message))) Base::StartWrite(next);
  }
  void finish(const grpc::Status& status) {
    if (std::exchange(finished_, true)) return;
    Base::Finish(status);
  }

  void OnReadDone(bool ok) override {
    asio::post(strand_, [self = self_, ok] {
      self->reading_ = false;
      if (!ok) return self->half_closed();
      if (self->handlers_.on_message && !self->finished_) {
        self->handlers_.on_message(std::exchange(self->incoming_, In{}));
      }
    });
  }
  void OnWriteDone(bool ok) override {
    asio::post(strand_, [self = self_, ok] {
      const auto* next = self->queue_.done();
      if (!ok) return self->finish(grpc::Status::CANCELLED);
      if (next != nullptr && !self->finished_) self->StartWrite(next);
      if (self->queue_.size() == 0 && self->half_closed_) self->finish(grpc::Status::OK);
    });
  }
  void OnCancel() override {
    asio::post(strand_, [self = self_] { self->finish(grpc::Status::CANCELLED); });
  }
  void OnDone() override {
    asio::post(strand_, [self = std::move(self_)] {
      self->finished_ = true;
      if (self->handlers_.on_end) self->handlers_.on_end();
      self->handlers_ = {};
    });
  }

 private:
  explicit ServerBidi(asio::any_io_executor strand) : strand_(std::move(strand)) {}

  void half_closed() {
    half_closed_ = true;
    if (queue_.size() == 0) finish(grpc::Status::OK);
  }

  asio::any_io_executor strand_;
  Handlers handlers_;
  In incoming_;
  WriteQueue<Out> queue_;
  bool reading_ = true;
  bool half_closed_ = false;
  bool finished_ = false;
  std::shared_ptr<ServerBidi> self_;
};

}  // namespace benchd::link::detail
