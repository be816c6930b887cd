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
  for (std::size_t i = 2; i < text.size() && i < 2U + static_cast<std::size_t>(text[1] - '0');
       ++i) {
    if (!is_digit(text[i])) return false;
  }
  return true;
}

}  // namespace

Result<void> LineStream::send_line(std::string_view line, Deadline deadline) {
  return stream_.write_all(std::string(line) + '\n', deadline);
}

Result<LineStream::Extent> LineStream::first_line() const {
  Extent extent;
  if (may_be_block(buffer_)) {
    const Block block = block_of(buffer_);
    if (block.header == 0) return extent;
    if (block.size > kMaxBlock) {
      return fail(reason::kDeviceLost,
                  "The instrument announces a block of " + std::to_string(block.size) + " bytes.");
    }
    extent.block = block.header + block.size;
    if (extent.block > buffer_.size()) return extent;
  }
  const auto end = buffer_.find('\n', extent.block);
  extent.complete = end != std::string::npos;
  extent.size = extent.complete ? end : buffer_.size();
  if (extent.size - extent.block > kMaxLine) {
    return fail(reason::kDeviceLost, "The instrument sends a line without an end.");
  }
  return extent;
}

std::string LineStream::take(const Extent& extent) {
  std::string line = buffer_.substr(0, extent.size);
  buffer_.erase(0, extent.size + 1);
  if (line.size() > extent.block && line.back() == '\r') line.pop_back();
  return line;
}

Result<std::string> LineStream::receive_line(Deadline deadline) {
  std::array<char, 4096> chunk;
  while (true) {
    auto extent = first_line();
    if (!extent) return fail(std::move(extent.error()));
    if (extent->complete) return take(*extent);
    auto got = stream_.read_some(chunk.data(), chunk.size(), deadline);
    if (!got) return fail(std::move(got.error()));
    buffer_.append(chunk.data(), *got);
  }
}

TcpStream::Pending LineStream::pending() const {
  return buffer_.empty() ? stream_.pending() : TcpStream::Pending::Bytes;
}

}  // namespace benchd::plugin::transport
