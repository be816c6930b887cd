#include "plugins/simulators/instrument_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/socket_base.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

namespace benchd::simulators {
namespace {

using asio::ip::tcp;

constexpr double kDefaultSlowS = 1.0;
constexpr double kDefaultCoalesceS = 0.05;

std::chrono::nanoseconds to_duration(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

ConnectionId next_connection_id() {
  static ConnectionId last = 0;
  return ++last;
}

}  // namespace

// One client. Lives as long as a handler of it is pending or the server lists it.
class InstrumentServer::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(InstrumentServer& server, tcp::socket socket)
      : server_(server),
        socket_(std::move(socket)),
        write_timer_(server.io_),
        idle_timer_(server.io_),
        id_(next_connection_id()) {}

  void start() {
    asio::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    watch_idle();
    read();
  }

  // The server is going away or drops it: no callback reaches the server afterwards.
  void close(bool reset = false) {
    if (closed_) return;
    closed_ = true;
    asio::error_code ignored;
    if (reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
    write_timer_.cancel();
    idle_timer_.cancel();
    server_.endpoint_.on_closed(id_);
    server_.forget(shared_from_this());
  }

 private:
  struct Piece {
    std::string bytes;
    std::chrono::steady_clock::time_point due;
    bool close_after = false;
    bool may_grow = false;  // waits for another reply to share its segment
  };

  void read() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](asio::error_code error, std::size_t count) {
                              self->on_read(error, count);
                            });
  }

  void on_read(asio::error_code error, std::size_t count) {
    if (closed_) return;
    if (error) return close();
    buffer_.append(chunk_.data(), count);
    while (!closed_) {
      const auto message = server_.endpoint_.take_message(buffer_);
      if (!message) break;
      watch_idle();
      on_message(*message);
    }
    if (!closed_) read();
  }

  void on_message(const std::string& message) {
    const double now_s = server_.advance_();
    const auto fault = server_.faults_.on_request(server_.options_.target, now_s);
    if (fault && fault->kind == FaultKind::Silent) return;
    if (fault && fault->kind == FaultKind::Reset) return close(true);
    const bool other_words =
        fault && (fault->kind == FaultKind::Exception || fault->kind == FaultKind::Empty ||
                  fault->kind == FaultKind::WrongId);
    std::string reply = other_words ? server_.endpoint_.refuse(message, *fault)
                                    : server_.endpoint_.handle(id_, message);
    if (closed_) return;  // the message made the instrument reboot
    release_held();
    if (reply.empty()) return;
    if (fault) {
      send_with_fault(std::move(reply), *fault);
    } else {
      send(std::move(reply), 0.0);
    }
  }

  void send_with_fault(std::string reply, const Fault& fault) {
    switch (fault.kind) {
      case FaultKind::Slow:
        return send(std::move(reply), fault.delay_s.value_or(kDefaultSlowS));
      case FaultKind::Garbage:
        for (char& c : reply) c = static_cast<char>(server_.random_.next() & 0xFFU);
        return send(std::move(reply), 0.0);
      case FaultKind::Split:
        for (const char c : reply) send(std::string(1, c), fault.gap_s);
        return;
      case FaultKind::Stale:
        if (fault.delay_s) return send_later(std::move(reply), *fault.delay_s);
        held_ += reply;
        return;
      case FaultKind::Coalesce:
        return send_together(std::move(reply), fault.delay_s.value_or(kDefaultCoalesceS));
      case FaultKind::Duplicate:
        return send(reply + reply, 0.0);
      case FaultKind::Close:
        send(reply.substr(0, reply.size() / 2), 0.0);
        queue_.back().close_after = true;
        return;
      default:
        return send(std::move(reply), 0.0);
    }
  }

  // Held-back replies go out ahead of the reply to the request that follows them.
  void release_held() {
    if (!held_.empty()) send(std::exchange(held_, {}), 0.0);
  }

  // `delay_s` after what is already queued has left.
  void send(std::string bytes, double delay_s) {
    const auto now = std::chrono::steady_clock::now();
    const auto after = queue_.empty() ? now : std::max(now, queue_.back().due);
    queue_.push_back({std::move(bytes), after + to_duration(delay_s), false, false});
    if (queue_.size() == 1) write_next();
  }

  // Overtaken by later replies.
  void send_later(std::string bytes, double delay_s) {
    auto timer = std::make_shared<asio::steady_timer>(server_.io_, to_duration(delay_s));
    timer->async_wait([self = shared_from_this(), timer,
                       bytes = std::move(bytes)](asio::error_code error) mutable {
      if (!error && !self->closed_) self->send(std::move(bytes), 0.0);
    });
  }

  void send_together(std::string bytes, double wait_s) {
    if (!queue_.empty() && queue_.back().may_grow) {
      Piece& waiting = queue_.back();
      waiting.bytes += bytes;
      waiting.may_grow = false;
      waiting.due = std::chrono::steady_clock::now();
      if (queue_.size() == 1) write_next();
      return;
    }
    send(std::move(bytes), wait_s);
    queue_.back().may_grow = wait_s > 0.0;
  }

  // Called for the front of the queue only. Waiting anew cancels an earlier wait.
  void write_next() {
    if (queue_.empty() || closed_) return;
    if (queue_.front().due <= std::chrono::steady_clock::now()) return write_front();
    write_timer_.expires_at(queue_.front().due);
    write_timer_.async_wait([self = shared_from_this()](asio::error_code error) {
      if (error || self->closed_) return;
      self->write_front();
    });
  }

  void write_front() {
    queue_.front().may_grow = false;
    asio::async_write(socket_, asio::buffer(queue_.front().bytes),
                      [self = shared_from_this()](asio::error_code error, std::size_t) {
                        if (self->closed_) return;
                        if (error || self->queue_.front().close_after) return self->close();
                        self->queue_.pop_front();
                        self->write_next();
                      });
  }

  void watch_idle() {
    if (!server_.options_.idle_drop_s) return;
    idle_timer_.expires_after(to_duration(*server_.options_.idle_drop_s));
    idle_timer_.async_wait([self = shared_from_this()](asio::error_code error) {
      if (!error) self->close();
    });
  }

  InstrumentServer& server_;
  tcp::socket socket_;
  asio::steady_timer write_timer_;
  asio::steady_timer idle_timer_;
  ConnectionId id_;
  bool closed_ = false;
  std::array<char, 4096> chunk_{};
  std::string buffer_;
  std::string held_;
  std::deque<Piece> queue_;
};

InstrumentServer::InstrumentServer(asio::io_context& io,
                                   const ServerOptions& options,
                                   Endpoint& endpoint,
                                   FaultBoard& faults,
                                   std::function<double()> advance)
    : io_(io),
      options_(options),
      endpoint_(endpoint),
      faults_(faults),
      advance_(std::move(advance)),
      acceptor_(io) {
  listen();
  port_ = acceptor_.local_endpoint().port();
  options_.address.port(port_);
  faults_.observe(options_.target, [this](const Fault& fault, bool begins) {
    if (fault.kind == FaultKind::Reboot && begins) drop_connections();
    if (fault.kind == FaultKind::Refuse) begins ? refuse() : listen_again();
  });
}

InstrumentServer::~InstrumentServer() { drop_connections(); }

void InstrumentServer::listen() {
  acceptor_.open(options_.address.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(options_.address);
  acceptor_.listen();
  accept();
}

void InstrumentServer::accept() {
  acceptor_.async_accept([this](asio::error_code error, tcp::socket socket) {
    if (error) return;  // closed, by refuse() or the destructor
    auto connection = std::make_shared<Connection>(*this, std::move(socket));
    connections_.insert(connection);
    connection->start();
    accept();
  });
}

void InstrumentServer::forget(const std::shared_ptr<Connection>& connection) {
  connections_.erase(connection);
}

void InstrumentServer::drop_connections() {
  const auto open = connections_;
  for (const auto& connection : open) connection->close();
}

void InstrumentServer::refuse() {
  asio::error_code ignored;
  acceptor_.close(ignored);
  drop_connections();
}

void InstrumentServer::listen_again() {
  if (!acceptor_.is_open()) listen();
}

}  // namespace benchd::simulators
