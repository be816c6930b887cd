#include "daemon/devices/plugin_connection.hpp"

#include <deque>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>
#include <utility>

#include <asio/post.hpp>

#include "benchd/plugin/v1/plugin.grpc.pb.h"

namespace benchd::devices {

namespace v1 = benchd::plugin::v1;

namespace {

// For samples: what may be under way unread, and what is read at once. With gRPC's own values, and
// its probing for a better window, a sample costs six times the processor time.
grpc::ChannelArguments wide() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 4 << 20);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 1 << 20);
  arguments.SetInt(GRPC_ARG_TCP_READ_CHUNK_SIZE, 256 << 10);
  return arguments;
}

}  // namespace

// What both calls of a connection share. `callbacks` is empty when the owner is gone; a callback
// that is running keeps its own share of them.
struct PluginConnection::Wire {
  asio::any_io_executor executor;
  std::shared_ptr<OpenCalls> calls;
  std::shared_ptr<const Callbacks> callbacks;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::PluginService::Stub> stub;
};

// Reactions come on gRPC's threads and are posted; all else runs on the executor. A hold keeps
// the call open between operations that the executor starts.
class PluginConnection::SessionCall final
    : public grpc::ClientBidiReactor<v1::SessionRequest, v1::SessionResponse>,
      public std::enable_shared_from_this<SessionCall> {
 public:
  explicit SessionCall(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

  void start() {
    self_ = shared_from_this();
    wire_->calls->begin();
    wire_->stub->async()->Session(&context_, this);
    AddHold();
    StartRead(&incoming_);
    StartCall();
  }

  void send(v1::SessionRequest request) {
    if (finished_) return;
    outgoing_.push_back(std::move(request));
    if (outgoing_.size() == 1) StartWrite(&outgoing_.front());
  }

  void finish() {
    if (std::exchange(finished_, true)) return;
    context_.TryCancel();
    RemoveHold();
  }

  void OnReadDone(bool ok) override {
    post([ok](SessionCall& call) { call.after_read(ok); });
  }
  void OnWriteDone(bool ok) override {
    post([ok](SessionCall& call) { call.after_write(ok); });
  }
  void OnDone(const grpc::Status&) override {
    release_call(wire_->executor, wire_->calls, [self = std::move(self_)] { self->after_done(); });
  }

 private:
  template <typename Work>
  void post(Work work) {
    asio::post(wire_->executor, [self = shared_from_this(), work] { work(*self); });
  }

  void after_read(bool ok) {
    if (!ok) return finish();
    if (finished_) return;
    v1::SessionResponse response = std::exchange(incoming_, {});
    StartRead(&incoming_);
    if (const auto callbacks = wire_->callbacks) callbacks->on_response(std::move(response));
  }
  void after_write(bool ok) {
    if (!ok) return finish();
    if (finished_) return;
    outgoing_.pop_front();
    if (!outgoing_.empty()) StartWrite(&outgoing_.front());
  }
  void after_done() {
    if (const auto callbacks = wire_->callbacks) callbacks->on_end();
  }

  std::shared_ptr<Wire> wire_;
  grpc::ClientContext context_;
  v1::SessionResponse incoming_;
  std::deque<v1::SessionRequest> outgoing_;  // the first one is being written
  bool finished_ = false;
  std::shared_ptr<SessionCall> self_;  // until gRPC has done
};

class PluginConnection::SamplesCall final
    : public grpc::ClientReadReactor<v1::StreamSamplesResponse>,
      public std::enable_shared_from_this<SamplesCall> {
 public:
  explicit SamplesCall(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

  void start() {
    self_ = shared_from_this();
    wire_->calls->begin();
    wire_->stub->async()->StreamSamples(&context_, &request_, this);
    AddHold();
    StartRead(&incoming_);
    StartCall();
  }

  void finish() {
    if (std::exchange(finished_, true)) return;
    context_.TryCancel();
    RemoveHold();
  }

  void OnReadDone(bool ok) override {
    asio::post(wire_->executor, [self = shared_from_this(), ok] { self->after_read(ok); });
  }
  void OnDone(const grpc::Status&) override {
    release_call(wire_->executor, wire_->calls, [self = std::move(self_)] {});
  }

 private:
  void after_read(bool ok) {
    if (!ok) return finish();
    if (finished_) return;
    if (const auto callbacks = wire_->callbacks) callbacks->on_samples(std::move(incoming_));
    if (!finished_) StartRead(&incoming_);
  }

  std::shared_ptr<Wire> wire_;
  grpc::ClientContext context_;
  v1::StreamSamplesRequest request_;
  v1::StreamSamplesResponse incoming_;
  bool finished_ = false;
  std::shared_ptr<SamplesCall> self_;
};

PluginConnection::PluginConnection(int socket,
                                   asio::any_io_executor executor,
                                   std::shared_ptr<OpenCalls> calls,
                                   Callbacks callbacks)
    : wire_(std::make_shared<Wire>()) {
  wire_->executor = std::move(executor);
  wire_->calls = std::move(calls);
  wire_->callbacks = std::make_shared<const Callbacks>(std::move(callbacks));
  wire_->channel = grpc::CreateCustomInsecureChannelFromFd("plugin", socket, wide());
  wire_->stub = v1::PluginService::NewStub(wire_->channel);
  session_ = std::make_shared<SessionCall>(wire_);
  session_->start();
}

PluginConnection::~PluginConnection() {
  wire_->callbacks.reset();
  if (samples_) samples_->finish();
  session_->finish();
}

void PluginConnection::send(v1::SessionRequest request) { session_->send(std::move(request)); }

void PluginConnection::start_samples() {
  samples_ = std::make_shared<SamplesCall>(wire_);
  samples_->start();
}

}  // namespace benchd::devices
