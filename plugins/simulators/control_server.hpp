// JSON lines over TCP: one request a line, one reply a line. What a request means is the
// handler's business.
//
// Confined to: the io_context's one thread. Throws asio::system_error when the port is taken.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>

namespace benchd::simulators {

class ControlServer {
 public:
  using Handler = std::function<nlohmann::json(const nlohmann::json&)>;

  ControlServer(asio::io_context& io, const asio::ip::tcp::endpoint& address, Handler handler);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  class Connection;
  friend class Connection;
  void accept();

  asio::ip::tcp::acceptor acceptor_;
  Handler handler_;
  std::set<std::shared_ptr<Connection>> connections_;
};

}  // namespace benchd::simulators
