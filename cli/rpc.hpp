// Calls to benchd: channel, identity, deadlines, and errors with all that the server tells.
#pragma once

#include <functional>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>
#include <memory>
#include <string>
#include <utility>

#include "cli/failure.hpp"
#include "cli/io.hpp"
#include "cli/settings.hpp"
#include "cli/wording.hpp"
#include "daemon/base/clock.hpp"

namespace benchd::cli {

// What a failed call means to the user: the server's message, its violations and next steps from
// the status details, and the next step from the table of reasons. `address` is named where the
// server cannot be reached; `names` are put into the next step where the server names no others.
[[nodiscard]] Failure to_failure(const grpc::Status& status,
                                 const std::string& address,
                                 HintNames names = {});

// A secured channel, or a Unix socket. kExitUsage if a network address comes without usable TLS
// files, since benchd never listens there without TLS, or with a member to act as.
[[nodiscard]] Outcome<std::shared_ptr<grpc::Channel>> open_channel(const Context& context);

// Tells on a terminal that an answer is awaited, once 100 ms have passed.
class WaitNote {
 public:
  explicit WaitNote(Io& io);
  ~WaitNote();
  WaitNote(const WaitNote&) = delete;
  WaitNote& operator=(const WaitNote&) = delete;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

template <typename Response>
struct ResponseStream {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientReader<Response>> reader;
};

// One server, as one caller. Used by one thread; a stream may be read by another.
class Rpc {
 public:
  Rpc(Io& io, Context context, Nanoseconds timeout)
      : io_(io), context_(std::move(context)), timeout_(timeout) {}

  template <typename Stub, typename Request, typename Response>
  [[nodiscard]] Outcome<Response> call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&,
                                                                    Response*),
                                       const Request& request) {
    auto channel = this->channel();
    if (!channel) return fail(channel);
    grpc::ClientContext call_context;
    prepare(call_context);
    Response response;
    Stub stub(*channel);
    const WaitNote note(io_);
    const grpc::Status status = (stub.*method)(&call_context, request, &response);
    if (!status.ok()) return fail(to_failure(status, context_.address, names_in(request)));
    return response;
  }

  // No deadline: a stream lasts as long as what it tells of.
  template <typename Stub, typename Request, typename Response>
  [[nodiscard]] Outcome<ResponseStream<Response>> stream(
      std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&),
      const Request& request) {
    auto channel = this->channel();
    if (!channel) return fail(channel);
    ResponseStream<Response> stream;
    stream.context = std::make_unique<grpc::ClientContext>();
    identify(*stream.context);
    Stub stub(*channel);
    stream.reader = (stub.*method)(stream.context.get(), request);
    return stream;
  }

  // All pages of a list as one response.
  template <typename Stub, typename Request, typename Response>
  [[nodiscard]] Outcome<Response> list(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&,
                                                                    Response*),
                                       Request request) {
    Response all;
    do {
      auto page = call(method, request);
      if (!page) return page;
      request.set_page_token(page->next_page_token());
      all.MergeFrom(*page);
    } while (!request.page_token().empty());
    all.clear_next_page_token();
    return all;
  }

  [[nodiscard]] const Context& context() const { return context_; }
  [[nodiscard]] Failure failure_of(const grpc::Status& status) const {
    return to_failure(status, context_.address);
  }

 private:
  [[nodiscard]] Outcome<std::shared_ptr<grpc::Channel>> channel();
  void identify(grpc::ClientContext& call_context) const;
  void prepare(grpc::ClientContext& call_context) const;

  Io& io_;
  Context context_;
  Nanoseconds timeout_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A UUID for request_id: a repeated call returns the first answer.
[[nodiscard]] std::string new_request_id();

}  // namespace benchd::cli
