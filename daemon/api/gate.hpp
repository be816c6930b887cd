// What every call passes: who calls, and whether the server still takes calls. Private to api.
#pragma once

#include <functional>
#include <grpcpp/server_context.h>
#include <list>
#include <memory>
#include <mutex>

#include <asio/any_io_executor.hpp>

#include "daemon/access/caller.hpp"
#include "daemon/base/result.hpp"
#include "daemon/site/site.hpp"

namespace benchd::api {

// Safe from any thread.
class Gate {
 public:
  explicit Gate(site::Site& site) : site_(site) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // The owner's socket: the owner, or the member that the metadata `benchd-as` names
  // ("tenant/member", or "site/name" for staff) where the site file allows it. Otherwise the one
  // SPIFFE URI of the peer's certificate. UNAVAILABLE while stopping, NOT_FOUND_OR_DENIED.
  [[nodiscard]] Result<access::Caller> caller_of(const grpc::CallbackServerContext& context) const;

  [[nodiscard]] site::Site& site() const { return site_; }
  [[nodiscard]] asio::any_io_executor strand() const { return site_.strand(); }

  // Streams that are to be ended by close().
  void remember(std::weak_ptr<void> owner, std::function<void()> end);
  void close();

 private:
  struct Open {
    std::weak_ptr<void> owner;
    std::function<void()> end;
  };
  site::Site& site_;
  mutable std::mutex mutex_;  // a leaf; guards what follows
  std::list<Open> open_;
  bool closed_ = false;
};

}  // namespace benchd::api
