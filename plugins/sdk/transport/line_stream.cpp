#include "plugins/sdk/transport/line_stream.hpp"

#include <array>
#include <charconv>

namespace benchd::plugin::transport {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Block {
  std::size_t header = 0;
  std::size_t size = 0;
};

// The block whose header the text begins with; nothing where the text is no block or too short to
// tell.
Block block_of(std::string_view text) {
  if (text.size() < 2 || text[0] != '#' || !is_digit(text[1]) || text[1] == '0') return {};
  const auto digits = static_cast<std::size_t>(text[1] - '0');
  if (text.size() < 2 + digits) return {};
  Block block{.header = 2 + digits};
  const char* end = text.data() + block.header;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, block.size);
  if (error != std::errc() || stop != end) return {};
  return block;
}

bool may_be_block(std::string_view text) {
  if (text.empty() || text[0] != '#') return false;
  if (text.size() < 2) return true;
  if (!is_digit(text[1]) || text[1] == '0') return false;
  for (std::size_t i = 2; i < text.size() && i < 2U + static_cast<std::size_t>(text[1] - '0'); ++i) {
    if (!is_digit(text[i])) return false;
  }
  return true;
}

}  // namespace

WireStatus LineStream::send_line(std::string_view line, Deadline deadline) {
  return stream_.write_all(std::string(line) + '\n', deadline);
}

WireResult<std::size_t> LineStream::complete_length() const {
  std::size_t from = 0;
  if (may_be_block(buffer_)) {
    const Block block = block_of(buffer_);
    if (block.header == 0) return 0;
    if (block.size > kMaxBlock) {
      return wire_fail(WireFault::Garbage, "The instrument announces a block of " +
                                               std::to_string(block.size) + " bytes.");
    }
    from = block.header + block.size;
  }
  const auto end = from > buffer_.size() ? std::string::npos : buffer_.find('\n', from);
  const std::size_t text = (end == std::string::npos ? buffer_.size() : end) - std::min(from, buffer_.size());
  if (text > kMaxLine) {
    return wire_fail(WireFault::Garbage, "The instrument sends a line without an end.");
  }
  return end == std::string::npos ? 0 : end + 1;
}

WireResult<std::string> LineStream::receive_line(Deadline deadline) {
  std::array<char, 4096> chunk;
  while (true) {
    auto length = complete_length();
    if (!length) return wire_fail(std::move(length.error()));
    if (*length > 0) {
      std::string line = buffer_.substr(0, *length - 1);
      buffer_.erase(0, *length);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    auto got = stream_.read_some(chunk.data(), chunk.size(), deadline);
    if (!got) return wire_fail(std::move(got.error()));
    buffer_.append(chunk.data(), *got);
  }
}

TcpStream::Pending LineStream::pending() const {
  return buffer_.empty() ? stream_.pending() : TcpStream::Pending::Bytes;
}

}  // namespace benchd::plugin::transport
