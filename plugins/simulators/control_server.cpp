#include "plugins/simulators/control_server.hpp"

#include <string>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

namespace benchd::simulators {
namespace {

using asio::ip::tcp;
using nlohmann::json;

constexpr std::size_t kLongestRequest = 1U << 20U;

}  // namespace

class ControlServer::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ControlServer& server, tcp::socket socket)
      : server_(server), socket_(std::move(socket)) {
    asio::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(buffer_, kLongestRequest), '\n',
                           [self = shared_from_this()](asio::error_code error, std::size_t length) {
                             if (self->closed_) return;
                             if (error) return self->close();
                             self->answer(length);
                           });
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    asio::error_code ignored;
    socket_.close(ignored);
    server_.connections_.erase(shared_from_this());
  }

 private:
  void answer(std::size_t length) {
    const json request = json::parse(buffer_.substr(0, length), nullptr, false);
    buffer_.erase(0, length);
    json reply = {{"ok", false}, {"error", "not a JSON object"}};
    if (request.is_object()) reply = server_.handler_(request);
    reply_ = reply.dump() + "\n";
    asio::async_write(socket_, asio::buffer(reply_),
                      [self = shared_from_this()](asio::error_code error, std::size_t) {
                        if (self->closed_) return;
                        error ? self->close() : self->read();
                      });
  }

  ControlServer& server_;
  tcp::socket socket_;
  std::string buffer_;
  std::string reply_;
  bool closed_ = false;
};

ControlServer::ControlServer(asio::io_context& io, const tcp::endpoint& address, Handler handler)
    : acceptor_(io, address), handler_(std::move(handler)) {
  accept();
}

ControlServer::~ControlServer() {
  const auto open = connections_;
  for (const auto& connection : open) connection->close();
}

void ControlServer::accept() {
  acceptor_.async_accept([this](asio::error_code error, tcp::socket socket) {
    if (error) return;
    auto connection = std::make_shared<Connection>(*this, std::move(socket));
    connections_.insert(connection);
    connection->read();
    accept();
  });
}

}  // namespace benchd::simulators
