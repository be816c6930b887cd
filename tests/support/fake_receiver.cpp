#include "tests/support/fake_receiver.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

namespace benchd::test {

namespace {

using asio::ip::tcp;

// Reads up to and with `end`; what comes after it stays in the buffer.
std::string take(tcp::socket& socket, std::string& buffer, const std::string& end) {
  const auto size = asio::read_until(socket, asio::dynamic_buffer(buffer), end);
  auto text = buffer.substr(0, size);
  buffer.erase(0, size);
  return text;
}

void say(tcp::socket& socket, const std::string& text) { asio::write(socket, asio::buffer(text)); }

std::size_t content_length(std::string head) {
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view kName = "content-length:";
  const auto at = head.find(kName);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + kName.size()));
}

}  // namespace

FakeReceiver::FakeReceiver(Protocol protocol, unsigned short port)
    : protocol_(protocol),
      acceptor_(context_, tcp::endpoint{asio::ip::address_v4::loopback(), port}),
      port_(acceptor_.local_endpoint().port()),
      code_(protocol == Protocol::Http ? 200 : 250) {
  accept();
  thread_ = std::thread([this] { context_.run(); });
}

FakeReceiver::~FakeReceiver() {
  context_.stop();
  thread_.join();
}

void FakeReceiver::answer_with(int code) {
  const std::lock_guard lock(mutex_);
  code_ = code;
}

std::vector<std::string> FakeReceiver::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

int FakeReceiver::keep(std::string message) {
  const std::lock_guard lock(mutex_);
  received_.push_back(std::move(message));
  return code_;
}

void FakeReceiver::accept() {
  acceptor_.async_accept([this](const asio::error_code& error, tcp::socket socket) {
    if (error) return;
    serve(std::move(socket));
    accept();
  });
}

// One client at a time, which must not take for ever.
void FakeReceiver::serve(tcp::socket socket) {
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  try {
    protocol_ == Protocol::Http ? serve_http(socket) : serve_smtp(socket);
  } catch (const asio::system_error&) {
    // The client has gone.
  }
}

void FakeReceiver::serve_http(tcp::socket& socket) {
  std::string buffer;
  const auto head = take(socket, buffer, "\r\n\r\n");
  const auto length = content_length(head);
  if (buffer.size() < length) {
    const auto have = buffer.size();
    buffer.resize(length);
    asio::read(socket, asio::buffer(buffer.data() + have, length - have));
  }
  const int code = keep(head + buffer);
  say(socket, "HTTP/1.1 " + std::to_string(code) +
                  " Whatever\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

void FakeReceiver::serve_smtp(tcp::socket& socket) {
  std::string buffer;
  std::string mail;
  say(socket, "220 fake ESMTP\r\n");
  while (true) {
    const auto line = take(socket, buffer, "\r\n");
    if (line.starts_with("EHLO")) {
      say(socket, "250-fake\r\n250 8BITMIME\r\n");
    } else if (line.starts_with("DATA")) {
      say(socket, "354 go on\r\n");
      mail += take(socket, buffer, "\r\n.\r\n");
      const int code = keep(std::exchange(mail, {}));
      say(socket, std::to_string(code) + " done\r\n");
    } else if (line.starts_with("QUIT")) {
      say(socket, "221 bye\r\n");
      return;
    } else {
      mail += line;
      say(socket, "250 ok\r\n");
    }
  }
}

}  // namespace benchd::test
