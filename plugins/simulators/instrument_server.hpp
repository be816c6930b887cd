// Serves one endpoint of a simulated instrument over TCP, and plays the faults on its wire.
//
// Replies of a connection leave in order. A fault may delay, hold back, cut up, damage or withhold
// them; see FaultKind.
//
// Confined to: the io_context's one thread. Owned by Simulation; the endpoint and the fault board
// outlive it. Throws asio::system_error when the address cannot be bound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include "plants/random.hpp"
#include "plugins/simulators/endpoint.hpp"
#include "plugins/simulators/fault.hpp"

namespace benchd::simulators {

struct ServerOptions {
  std::string target;  // whose faults it plays: psb, t7, adam
  asio::ip::tcp::endpoint address;
  std::optional<double> idle_drop_s;  // closes a connection after so long without a request
};

class InstrumentServer {
 public:
  // `advance` brings the bench up to date and returns the monotonic time in seconds; it is called
  // before each request is carried out.
  InstrumentServer(asio::io_context& io,
                   const ServerOptions& options,
                   Endpoint& endpoint,
                   FaultBoard& faults,
                   std::function<double()> advance);
  ~InstrumentServer();
  InstrumentServer(const InstrumentServer&) = delete;
  InstrumentServer& operator=(const InstrumentServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

  // Drops every connection; `refuse`: and lets nobody in until listen_again().
  void drop_connections();
  void refuse();
  void listen_again();

 private:
  class Connection;
  friend class Connection;

  void listen();
  void accept();
  void forget(const std::shared_ptr<Connection>& connection);

  asio::io_context& io_;
  ServerOptions options_;
  Endpoint& endpoint_;
  FaultBoard& faults_;
  std::function<double()> advance_;
  asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  plants::Random random_{0xBADB17};
  std::set<std::shared_ptr<Connection>> connections_;
};

}  // namespace benchd::simulators
