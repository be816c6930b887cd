// The station's Live call: samples while somebody watches, dropped when the site is too slow.
// Private to link.
#pragma once

#include <grpcpp/grpcpp.h>
#include <memory>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include "benchd/link/v1/link.grpc.pb.h"

#include "daemon/base/open_calls.hpp"
#include "daemon/link/write_queue.hpp"

namespace benchd::link::detail {

// Confined to its strand. Keeps itself alive from begin() until gRPC is done with it.
class LiveWriter final : public grpc::ClientWriteReactor<v1::LiveRequest>,
                         public std::enable_shared_from_this<LiveWriter> {
 public:
  LiveWriter(asio::any_io_executor strand, std::shared_ptr<OpenCalls> calls)
      : strand_(std::move(strand)), calls_(std::move(calls)) {}

  void begin(v1::LinkService::Stub& stub) {
    self_ = shared_from_this();
    calls_->begin();
    stub.async()->Live(&context_, &response_, this);
    AddHold();
    StartCall();
  }

  void send(v1::LiveRequest samples) {
    if (ended_) return;
    if (queue_.size() >= kLongestQueue) {
      dropped_ = true;
      return;
    }
    if (std::exchange(dropped_, false)) samples.set_gap(true);
    if (const auto* next = queue_.push(std::move(samples))) StartWrite(next);
  }

  void end() {
    if (std::exchange(ended_, true)) return;
    context_.TryCancel();
    RemoveHold();
  }
  [[nodiscard]] bool ended() const { return ended_; }

  void OnWriteDone(bool ok) override {
    asio::post(strand_, [self = self_, ok] {
      if (!ok) return self->end();
      const auto* next = self->queue_.done();
      if (next != nullptr && !self->ended_) self->StartWrite(next);
    });
  }
  void OnDone(const grpc::Status& /*status*/) override {
    release_call(strand_, calls_, [self = std::move(self_)] { self->ended_ = true; });
  }

 private:
  static constexpr std::size_t kLongestQueue = 64;

  asio::any_io_executor strand_;
  std::shared_ptr<OpenCalls> calls_;
  grpc::ClientContext context_;
  v1::LiveResponse response_;
  WriteQueue<v1::LiveRequest> queue_;
  bool dropped_ = false;
  bool ended_ = false;
  std::shared_ptr<LiveWriter> self_;
};

}  // namespace benchd::link::detail
