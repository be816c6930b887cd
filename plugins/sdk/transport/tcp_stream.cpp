#include "plugins/sdk/transport/tcp_stream.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace benchd::plugin::transport {
namespace {

std::string words(int error) { return std::strerror(error); }  // one device thread: safe

// The kernel notices a dead peer of an idle link within about 5 s.
constexpr int kKeepAliveIdleS = 2;
constexpr int kKeepAliveIntervalS = 1;
constexpr int kKeepAliveProbes = 3;

void set_option(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);  // best effort: all are conveniences
}

void set_options(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleS);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalS);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
}

// True when the descriptor is ready (or broken, which the next call tells), false at the deadline.
bool wait_for(int fd, short events, Deadline deadline) {
  while (true) {
    const auto left = deadline.remaining();
    const timespec time{.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000),
                        .tv_nsec = static_cast<long>(left.count() % 1'000'000'000)};
    pollfd entry{.fd = fd, .events = events, .revents = 0};
    const int ready = ::ppoll(&entry, 1, &time, nullptr);
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;
  }
}

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<AddressList> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(endpoint.port);
  const int error = ::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return fail(reason::kDeviceLost,
                "Cannot find the host '" + endpoint.host + "': " + ::gai_strerror(error));
  }
  return AddressList(found, &::freeaddrinfo);
}

// 0, or the error number of one attempt.
int connect_one(int fd, const addrinfo& address, Deadline deadline) {
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_for(fd, POLLOUT, deadline)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace

Result<TcpStream> TcpStream::connect(const Endpoint& endpoint, Deadline deadline) {
  auto addresses = resolve(endpoint);
  if (!addresses) return fail(std::move(addresses.error()));
  int error = EHOSTUNREACH;
  for (const addrinfo* address = addresses->get(); address; address = address->ai_next) {
    const int type = address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const int fd = ::socket(address->ai_family, type, address->ai_protocol);
    if (fd < 0) {
      error = errno;
      continue;
    }
    TcpStream stream(fd);
    error = connect_one(fd, *address, deadline);
    if (error != 0) continue;
    set_options(fd);
    return stream;
  }
  const auto fault = error == ETIMEDOUT ? reason::kDeviceTimeout : reason::kDeviceLost;
  return fail(fault, "Cannot connect to " + endpoint.to_string() + ": " + words(error));
}

TcpStream::~TcpStream() {
  if (fd_ >= 0) ::close(fd_);
}

TcpStream::TcpStream(TcpStream&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

TcpStream& TcpStream::operator=(TcpStream&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<void> TcpStream::write_all(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_for(fd_, POLLOUT, deadline)) {
        return fail(reason::kDeviceTimeout, "The instrument takes no more data.");
      }
    } else if (errno != EINTR) {
      return fail(reason::kDeviceLost, "The connection is lost: " + words(errno));
    }
  }
  return {};
}

Result<std::size_t> TcpStream::read_some(char* buffer, std::size_t size, Deadline deadline) {
  while (true) {
    const ssize_t got = ::recv(fd_, buffer, size, 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) return fail(reason::kDeviceLost, "The instrument closed the connection.");
    if (errno == EAGAIN) {
      if (!wait_for(fd_, POLLIN, deadline)) {
        return fail(reason::kDeviceTimeout, "The instrument did not answer in time.");
      }
    } else if (errno != EINTR) {
      return fail(reason::kDeviceLost, "The connection is lost: " + words(errno));
    }
  }
}

TcpStream::Pending TcpStream::pending() const {
  char byte = 0;
  const ssize_t got = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return Pending::Bytes;
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Pending::Nothing;
  return Pending::Closed;
}

int TcpStream::release() { return std::exchange(fd_, -1); }

}  // namespace benchd::plugin::transport
