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

  [[nodiscard]] Result<void> send_line(std::string_view line, Deadline deadline);

  // The next line without its end; a block with its header. Garbage where a line is longer than
  // kMaxLine or a block than kMaxBlock.
  [[nodiscard]] Result<std::string> receive_line(Deadline deadline);

  // Bytes means: something arrived that nobody has asked for.
  [[nodiscard]] TcpStream::Pending pending() const;

  static constexpr std::size_t kMaxLine = 64 * 1024;
  static constexpr std::size_t kMaxBlock = 64 * 1024 * 1024;

 private:
  struct Extent {
    bool complete = false;
    std::size_t block = 0;  // bytes of a block with its header, which may hold CR and LF
    std::size_t size = 0;   // of the line without its LF
  };
  [[nodiscard]] Result<Extent> first_line() const;
  [[nodiscard]] std::string take(const Extent& extent);

  TcpStream stream_;
  std::string buffer_;
};

}  // namespace benchd::plugin::transport
