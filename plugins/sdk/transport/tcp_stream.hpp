// A TCP connection whose every call ends by its deadline.
//
// Blocking; confined to one thread at a time (a plugin's device thread). Owned by the link of the
// protocol above, which decides what a failure means. Resolving a host *name* may take as long as
// the resolver likes; write IP addresses in station files where that matters.
#pragma once

#include <cstddef>
#include <string_view>

#include "benchd/plugin/deadline.hpp"
#include "benchd/plugin/error.hpp"
#include "plugins/sdk/transport/endpoint.hpp"

namespace benchd::plugin::transport {

class TcpStream {
 public:
  // Lost where nobody listens, Timeout where nobody answers.
  [[nodiscard]] static Result<TcpStream> connect(const Endpoint& endpoint, Deadline deadline);

  ~TcpStream();
  TcpStream(TcpStream&& other) noexcept;
  TcpStream& operator=(TcpStream&& other) noexcept;
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // All of it, or a failure after which the connection must be given up.
  [[nodiscard]] Result<void> write_all(std::string_view bytes, Deadline deadline);

  // At least one byte. Lost where the other side has closed, Timeout where nothing came.
  [[nodiscard]] Result<std::size_t> read_some(char* buffer, std::size_t size, Deadline deadline);

  // What is there without waiting.
  enum class Pending { Nothing, Bytes, Closed };
  [[nodiscard]] Pending pending() const;

  [[nodiscard]] int descriptor() const { return fd_; }
  // Gives the descriptor away; the stream is then good for nothing but destruction.
  [[nodiscard]] int release();

 private:
  explicit TcpStream(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace benchd::plugin::transport
