// A gRPC stream seen from its client, with all its state on a strand. Private to link.
#pragma once

#include <functional>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_callback.h>
#include <memory>
#include <string>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include "daemon/base/open_calls.hpp"
#include "daemon/link/write_queue.hpp"

namespace benchd::link::detail {

// Control: both directions. Keeps itself alive from begin() until gRPC is done with it.
template <typename Out, typename In>
class ClientBidi final : public grpc::ClientBidiReactor<Out, In>,
                         public std::enable_shared_from_this<ClientBidi<Out, In>> {
 public:
  using Base = grpc::ClientBidiReactor<Out, In>;
  using OnMessage = std::function<void(In&&)>;
  using OnEnd = std::function<void(const std::string& why)>;
  using OnDrained = std::function<void()>;

  // Handlers run on `strand`; none after end(). `on_drained`: nothing waits to be sent any more.
  ClientBidi(asio::any_io_executor strand,
             std::shared_ptr<OpenCalls> calls,
             OnMessage on_message,
             OnDrained on_drained,
             OnEnd on_end)
      : strand_(std::move(strand)),
        calls_(std::move(calls)),
        on_message_(std::move(on_message)),
        on_drained_(std::move(on_drained)),
        on_end_(std::move(on_end)) {
    context_.set_wait_for_ready(false);
  }

  [[nodiscard]] grpc::ClientContext& context() { return context_; }

  // After the stub's async call was made with this reactor.
  void begin() {
    self_ = this->shared_from_this();
    calls_->begin();
    Base::AddHold();
    Base::StartRead(&incoming_);
    Base::StartCall();
  }

  // On the strand.
  void send(Out message) {
    if (ended_) return;
    if (const auto* next = queue_.push(std::move(message))) Base::StartWrite(next);
  }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

  // On the strand: ends the call; no handler runs afterwards.
  void end() {
    on_message_ = nullptr;
    on_drained_ = nullptr;
    on_end_ = nullptr;
    context_.TryCancel();
    release_hold();
  }

  void OnReadDone(bool ok) override {
    asio::post(strand_, [self = self_, ok] { self->after_read(ok); });
  }
  void OnWriteDone(bool ok) override {
    asio::post(strand_, [self = self_, ok] { self->after_write(ok); });
  }
  void OnDone(const grpc::Status& status) override {
    release_call(strand_, calls_, [self = std::move(self_), why = status.error_message()] {
      self->ended_ = true;
      if (self->on_end_) std::exchange(self->on_end_, nullptr)(why);
    });
  }

 private:
  void after_read(bool ok) {
    if (!ok) return release_hold();
    if (on_message_) on_message_(std::exchange(incoming_, In{}));
    if (!ended_) Base::StartRead(&incoming_);
  }
  void after_write(bool ok) {
    if (!ok) return release_hold();
    if (const auto* next = queue_.done()) {
      if (!ended_) Base::StartWrite(next);
    } else if (on_drained_) {
      on_drained_();
    }
  }
  // Without the hold gRPC ends the call as soon as no operation is outstanding.
  void release_hold() {
    if (ended_) return;
    ended_ = true;
    context_.TryCancel();
    Base::RemoveHold();
  }

  asio::any_io_executor strand_;
  std::shared_ptr<OpenCalls> calls_;
  OnMessage on_message_;
  OnDrained on_drained_;
  OnEnd on_end_;
  grpc::ClientContext context_;
  In incoming_;
  WriteQueue<Out> queue_;
  bool ended_ = false;
  std::shared_ptr<ClientBidi> self_;
};

}  // namespace benchd::link::detail
