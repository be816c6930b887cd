// Lines over a TCP connection: what instruments with a raw SCPI socket speak.
//
// A line ends with LF; CR before it is dropped. A reply that begins with a definite-length block
// (IEEE 488.2: `#`, a digit n, n digits of byte count, the bytes) ends after the block and its LF,
// whatever bytes the block holds. Never gives a part of a line.
//
// Confined to one thread. After any failure the stream is out of step: throw it away.
#pragma once

#include <string>
#include <string_view>

#include "plugins/sdk/transport/tcp_stream.hpp"

namespace benchd::plugin::transport {

class LineStream {
 public:
  explicit LineStream(TcpStream stream) : stream_(std::move(stream)) {}

  [[nodiscard]] WireStatus send_line(std::string_view line, Deadline deadline);

  // The next line without its end; a block with its header. Garbage where a line is longer than
  // kMaxLine or a block than kMaxBlock.
  [[nodiscard]] WireResult<std::string> receive_line(Deadline deadline);

  // Bytes means: something arrived that nobody has asked for.
  [[nodiscard]] TcpStream::Pending pending() const;

  static constexpr std::size_t kMaxLine = 64 * 1024;
  static constexpr std::size_t kMaxBlock = 64 * 1024 * 1024;

 private:
  // Length of the complete line at the start of the buffer with its LF; 0 = not complete yet.
  [[nodiscard]] WireResult<std::size_t> complete_length() const;

  TcpStream stream_;
  std::string buffer_;
};

}  // namespace benchd::plugin::transport
