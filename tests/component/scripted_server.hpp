// An instrument whose every answer a test decides: a TCP server on 127.0.0.1 in a thread.
//
// A splitter finds messages in the stream, a handler answers them. Both run in the server's thread.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace benchd::test {

class ScriptedServer {
 public:
  struct Answer {
    std::string bytes;
    bool close = false;      // after the bytes
    bool in_pieces = false;  // one byte a segment
  };
  // Length of the first complete message in the buffer; 0 = none yet.
  using Splitter = std::function<std::size_t(const std::string& buffer)>;
  using Handler = std::function<Answer(const std::string& message)>;

  ScriptedServer(Splitter splitter, Handler handler)
      : splitter_(std::move(splitter)), handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0 || ::pipe(stop_) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~ScriptedServer() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
  }

  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const { return "tcp://127.0.0.1:" + std::to_string(port_); }

  // What arrived, in order.
  [[nodiscard]] std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  [[nodiscard]] int connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

  [[nodiscard]] static std::size_t split_lines(const std::string& buffer) {
    const auto end = buffer.find('\n');
    return end == std::string::npos ? 0 : end + 1;
  }
  // Modbus TCP: the length is in bytes 4 and 5 of the header.
  [[nodiscard]] static std::size_t split_modbus(const std::string& buffer) {
    if (buffer.size() < 6) return 0;
    const auto length = 6U + (unsigned{static_cast<unsigned char>(buffer[4])} << 8U) +
                        unsigned{static_cast<unsigned char>(buffer[5])};
    return buffer.size() < length ? 0 : length;
  }

 private:
  struct Client {
    int fd = -1;
    std::string buffer;
  };

  void serve() {
    std::vector<Client> clients;
    while (true) {
      std::vector<pollfd> entries = {{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const Client& client : clients) entries.push_back({client.fd, POLLIN, 0});
      if (::poll(entries.data(), entries.size(), -1) < 0) continue;
      if (entries[0].revents != 0) break;
      for (std::size_t i = 0; i < clients.size(); ++i) {
        if (entries[i + 2].revents != 0) receive(clients[i]);
      }
      std::erase_if(clients, [](const Client& client) { return client.fd < 0; });
      if (entries[1].revents != 0) {
        clients.push_back({::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), {}});
        const std::lock_guard lock(mutex_);
        ++connections_;
      }
    }
    for (const Client& client : clients) ::close(client.fd);
  }

  void receive(Client& client) {
    char chunk[4096];
    const ssize_t got = ::recv(client.fd, chunk, sizeof chunk, 0);
    if (got <= 0) return end(client);
    client.buffer.append(chunk, static_cast<std::size_t>(got));
    while (const std::size_t length = splitter_(client.buffer)) {
      const std::string message = client.buffer.substr(0, length);
      client.buffer.erase(0, length);
      {
        const std::lock_guard lock(mutex_);
        messages_.push_back(message);
      }
      const Answer answer = handler_(message);
      send(client, answer);
      if (answer.close) return end(client);
    }
  }

  static void send(const Client& client, const Answer& answer) {
    const std::size_t step = answer.in_pieces ? 1 : std::max<std::size_t>(answer.bytes.size(), 1);
    for (std::size_t at = 0; at < answer.bytes.size(); at += step) {
      const auto piece = answer.bytes.substr(at, step);
      if (::send(client.fd, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  static void end(Client& client) {
    ::close(client.fd);
    client.fd = -1;
  }

  Splitter splitter_;
  Handler handler_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
  int connections_ = 0;
};

}  // namespace benchd::test
