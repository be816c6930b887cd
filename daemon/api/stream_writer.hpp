// A server stream as the use cases see it, on gRPC. Private to api.
#pragma once

#include <deque>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <asio/post.hpp>

#include "daemon/api/gate.hpp"
#include "daemon/api/status.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::api {

// A bounded queue with one write in flight; the element stays until it is written. Keeps itself
// alive until gRPC is done with it. The mutex is a leaf: nothing of gRPC is called under it.
template <typename Message>
class StreamWriter final : public grpc::ServerWriteReactor<Message>,
                           public site::Stream<Message>,
                           public std::enable_shared_from_this<StreamWriter<Message>> {
 public:
  static constexpr std::size_t kLongestQueue = 256;

  static std::shared_ptr<StreamWriter> make() {
    auto writer = std::shared_ptr<StreamWriter>(new StreamWriter());
    writer->self_ = writer;
    return writer;
  }

  bool send(Message message) override {
    const Message* first = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || ending_ || queue_.size() >= kLongestQueue) return false;
      queue_.push_back(std::move(message));
      if (!std::exchange(writing_, true)) first = &queue_.front();
    }
    if (first != nullptr) this->StartWrite(first);
    return true;
  }

  void end(Status status) override {
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      ending_ = status ? grpc::Status::OK : to_grpc(status.error());
      // What a reader is too slow for must not hold up its end.
      if (!status && queue_.size() > 1) queue_.resize(writing_ ? 1 : 0);
    }
    finish_when_idle();
  }

  [[nodiscard]] bool closed() const override {
    const std::lock_guard lock(mutex_);
    return closed_ || ending_.has_value();
  }
  [[nodiscard]] std::size_t waiting() const override {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }
  void on_closed(std::function<void()> callback) override {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) {
        on_closed_ = std::move(callback);
        return;
      }
    }
    callback();
  }
  void on_drained(std::function<void()> callback) override {
    const std::lock_guard lock(mutex_);
    on_drained_ = std::move(callback);
  }

  // grpc::ServerWriteReactor
  void OnWriteDone(bool ok) override {
    const Message* next = nullptr;
    std::function<void()> drained;
    {
      const std::lock_guard lock(mutex_);
      queue_.pop_front();
      if (!ok && !ending_) ending_ = grpc::Status::CANCELLED;
      if (!ok) queue_.clear();
      writing_ = !queue_.empty();
      if (writing_) next = &queue_.front();
      if (!writing_ && !ending_) drained = on_drained_;
    }
    if (next != nullptr) return this->StartWrite(next);
    if (drained) drained();
    finish_when_idle();
  }
  void OnCancel() override {
    {
      const std::lock_guard lock(mutex_);
      if (!ending_) ending_ = grpc::Status::CANCELLED;
    }
    close();
    finish_when_idle();
  }
  void OnDone() override {
    close();
    std::exchange(self_, nullptr);
  }

 private:
  StreamWriter() = default;

  void close() {
    std::function<void()> callback;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(closed_, true)) return;
      callback = std::exchange(on_closed_, nullptr);
      on_drained_ = nullptr;
    }
    if (callback) callback();
  }

  void finish_when_idle() {
    std::optional<grpc::Status> status;
    {
      const std::lock_guard lock(mutex_);
      if (!ending_ || writing_ || finished_) return;
      finished_ = true;
      status = *ending_;
    }
    this->Finish(*status);
  }

  mutable std::mutex mutex_;
  std::deque<Message> queue_;
  bool writing_ = false;
  bool closed_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> ending_;
  std::function<void()> on_closed_;
  std::function<void()> on_drained_;
  std::shared_ptr<StreamWriter> self_;
};

template <typename UseCases, typename Request, typename Message>
grpc::ServerWriteReactor<Message>* stream(Gate& gate,
                                          UseCases& use_cases,
                                          void (UseCases::*use_case)(const access::Caller&,
                                                                     const Request&,
                                                                     site::StreamPtr<Message>),
                                          grpc::CallbackServerContext* context,
                                          const Request* request) {
  auto writer = StreamWriter<Message>::make();
  auto caller = gate.caller_of(*context);
  if (!caller) {
    writer->end(fail(caller.error()));
    return writer.get();
  }
  gate.remember(writer, [raw = std::weak_ptr(writer)] {
    if (const auto open = raw.lock()) {
      open->end(fail(Reason::Unavailable, "the site is stopping; resume from the last cursor"));
    }
  });
  asio::post(gate.strand(), [writer, request = *request, caller = std::move(*caller), &use_cases,
                             use_case] { (use_cases.*use_case)(caller, request, writer); });
  return writer.get();
}

}  // namespace benchd::api
