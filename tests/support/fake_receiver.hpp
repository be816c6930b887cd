// Takes notifications as their receivers do: an HTTP server or a mail server on a port that the
// system chooses, with as much of its protocol as a client sees.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

namespace benchd::test {

class FakeReceiver {
 public:
  enum class Protocol { Http, Smtp };

  // `port` 0: the system chooses.
  explicit FakeReceiver(Protocol protocol, unsigned short port = 0);
  ~FakeReceiver();
  FakeReceiver(const FakeReceiver&) = delete;
  FakeReceiver& operator=(const FakeReceiver&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

  // From the next message on: an HTTP status, or an SMTP reply to the data.
  void answer_with(int code);
  // Heads and bodies of requests, or mails with their envelope; those that were refused too.
  [[nodiscard]] std::vector<std::string> received() const;

 private:
  void accept();
  void serve(asio::ip::tcp::socket socket);
  void serve_http(asio::ip::tcp::socket& socket);
  void serve_smtp(asio::ip::tcp::socket& socket);
  [[nodiscard]] int keep(std::string message);

  const Protocol protocol_;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  int port_ = 0;
  mutable std::mutex mutex_;
  int code_;
  std::vector<std::string> received_;
  std::thread thread_;  // last: begins when all is there
};

}  // namespace benchd::test
