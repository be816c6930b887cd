// A blocking TCP client for tests of servers. Each read has a deadline of 5 s.
//
// Confined to: the test's thread. Throws std::runtime_error where the other side ends or is silent.
#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace benchd::test {

class TcpClient {
 public:
  explicit TcpClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~TcpClient() { ::close(fd_); }
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("cannot send");
    }
  }

  // What arrives in one read; empty when the other side has closed or reset.
  std::string read_some() {
    if (!readable(std::chrono::seconds(5))) throw std::runtime_error("nothing within 5 s");
    char bytes[4096];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
  }

  std::string read_exactly(std::size_t wanted) {
    while (buffer_.size() < wanted) more();
    std::string result = buffer_.substr(0, wanted);
    buffer_.erase(0, wanted);
    return result;
  }

  std::string read_line() {
    while (buffer_.find('\n') == std::string::npos) more();
    const std::size_t end = buffer_.find('\n');
    std::string result = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    return result;
  }

  std::string ask(const std::string& query) {
    send(query + "\n");
    return read_line();
  }

  [[nodiscard]] bool readable(std::chrono::milliseconds within) const {
    pollfd entry{fd_, POLLIN, 0};
    return !buffer_.empty() || ::poll(&entry, 1, static_cast<int>(within.count())) > 0;
  }

 private:
  void more() {
    const std::string part = read_some();
    if (part.empty()) throw std::runtime_error("the other side has closed");
    buffer_ += part;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace benchd::test
