// Serves the public API over gRPC: the owner's Unix socket, and a network address with mutual TLS.
//
// No gRPC in this header.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "daemon/base/result.hpp"
#include "daemon/site/site.hpp"

namespace benchd::api {

struct ApiParts {
  site::Site* site = nullptr;  // outlives the server
  // The owner's socket, in a folder of its own whose mode (0700) is the gate.
  std::filesystem::path socket;
};

// Safe from any thread.
class ApiServer {
 public:
  // Listens on the socket, and on the site file's `listen` address when there is one.
  // CONFIG_INVALID for certificates that cannot be used (never plaintext instead), UNAVAILABLE
  // when an address cannot be bound, STORE_UNUSABLE when the socket's folder is open to others.
  static Result<std::unique_ptr<ApiServer>> start(ApiParts parts);
  // Stops as stop() does.
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // Says NOT_SERVING, takes no more calls, ends streams with UNAVAILABLE, waits for the rest (at
  // most 10 s). The site's strand must be running.
  void stop();

  // The port that `listen` was given by the system, for tests; 0 without TLS.
  [[nodiscard]] int port() const;

 private:
  class Impl;
  explicit ApiServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace benchd::api
