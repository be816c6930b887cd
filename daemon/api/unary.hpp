// A unary call from gRPC to its use case and back. Private to api.
#pragma once

#include <chrono>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>
#include <memory>
#include <utility>

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "daemon/api/gate.hpp"
#include "daemon/api/status.hpp"

namespace benchd::api {

// No unary call takes longer, whatever deadline its client has set or forgotten.
inline constexpr std::chrono::seconds kLongestCall{30};

// The answer of one call, finished exactly once. Confined to the site's strand.
template <typename Response>
class PendingCall : public std::enable_shared_from_this<PendingCall<Response>> {
 public:
  PendingCall(const asio::any_io_executor& strand,
              grpc::ServerUnaryReactor* reactor,
              Response* response)
      : timer_(strand), reactor_(reactor), response_(response) {}

  void limit_time() {
    timer_.expires_after(kLongestCall);
    timer_.async_wait([self = this->shared_from_this()](auto error) {
      if (!error) self->finish(fail(Reason::Unavailable, "the call took too long"));
    });
  }

  void finish(Result<Response> result) {
    auto* reactor = std::exchange(reactor_, nullptr);
    if (reactor == nullptr) return;
    timer_.cancel();
    if (!result) return reactor->Finish(to_grpc(result.error()));
    *response_ = std::move(*result);
    reactor->Finish(grpc::Status::OK);
  }

 private:
  asio::steady_timer timer_;
  grpc::ServerUnaryReactor* reactor_;
  Response* response_;
};

template <typename UseCases, typename Request, typename Response>
grpc::ServerUnaryReactor* answer(Gate& gate,
                                 UseCases& use_cases,
                                 void (UseCases::*use_case)(const access::Caller&,
                                                            const Request&,
                                                            site::Reply<Response>),
                                 grpc::CallbackServerContext* context,
                                 const Request* request,
                                 Response* response) {
  auto* reactor = context->DefaultReactor();
  auto caller = gate.caller_of(*context);
  if (!caller) {
    reactor->Finish(to_grpc(caller.error()));
    return reactor;
  }
  auto call = std::make_shared<PendingCall<Response>>(gate.strand(), reactor, response);
  // The request lives until the call is finished, and the use case copies what it keeps.
  asio::post(gate.strand(), [call, request, caller = std::move(*caller), &use_cases, use_case] {
    call->limit_time();
    (use_cases.*use_case)(caller, *request,
                          [call](Result<Response> result) { call->finish(std::move(result)); });
  });
  return reactor;
}

}  // namespace benchd::api
