#include "daemon/devices/line_forwarder.hpp"

#include <algorithm>
#include <utility>

#include <asio/buffer.hpp>

namespace benchd::devices {

namespace {

constexpr double kMostAtOnce = 100.0;
constexpr double kPerSecond = 10.0;
constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kBufferSize = 64 * 1024;
// While lines are left out: 32 MB/s at most, so that a flood costs little, and the plugin is not
// held up so long that it misses heartbeats.
constexpr std::chrono::milliseconds kFloodPause{2};

// The journal's prefix "<4>"; without one a line is as important as a warning.
spdlog::level::level_enum take_level(std::string_view& line) {
  if (line.size() < 3 || line[0] != '<' || line[2] != '>') return spdlog::level::warn;
  const char priority = line[1];
  if (priority < '0' || priority > '7') return spdlog::level::warn;
  line.remove_prefix(3);
  if (priority <= '3') return spdlog::level::err;
  if (priority == '4') return spdlog::level::warn;
  return priority == '7' ? spdlog::level::debug : spdlog::level::info;
}

// What is not printable would let a plugin write log lines of its own making.
std::string printable(std::string_view line) {
  std::string clean(line.substr(0, kLongestLine));
  for (char& letter : clean) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
  }
  return clean;
}

}  // namespace

LineForwarder::LineForwarder(asio::any_io_executor executor, int descriptor, Sink sink)
    : descriptor_(executor, descriptor),
      pause_(executor),
      sink_(std::move(sink)),
      buffer_(kBufferSize),
      tokens_(kMostAtOnce),
      refilled_(MonotonicClock::now()) {}

void LineForwarder::start() { read(); }

void LineForwarder::read() {
  descriptor_.async_read_some(
      asio::buffer(buffer_),
      [self = shared_from_this()](const asio::error_code& error, std::size_t count) {
        if (!error) return self->after_read(count);
        if (!self->line_.empty()) self->take_line(std::exchange(self->line_, {}));
      });
}

void LineForwarder::after_read(std::size_t count) {
  std::string_view rest(buffer_.data(), count);
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    line_.append(rest.substr(0, end));
    take_line(std::exchange(line_, {}));
    rest.remove_prefix(end + 1);
  }
  if (line_.size() < kLongestLine) line_.append(rest);
  if (left_out_ == 0) return read();
  pause_.expires_after(kFloodPause);
  pause_.async_wait([self = shared_from_this()](const asio::error_code&) { self->read(); });
}

void LineForwarder::take_line(std::string_view line) {
  if (line.empty()) return;
  const MonotonicTime now = MonotonicClock::now();
  if (!may_log(now)) {
    ++left_out_;
    return;
  }
  if (left_out_ > 0) {
    sink_(spdlog::level::warn, std::to_string(std::exchange(left_out_, 0)) + " lines left out");
  }
  const auto level = take_level(line);
  sink_(level, printable(line));
}

bool LineForwarder::may_log(MonotonicTime now) {
  const double elapsed_s = std::chrono::duration<double>(now - refilled_).count();
  tokens_ = std::min(kMostAtOnce, tokens_ + elapsed_s * kPerSecond);
  refilled_ = now;
  if (tokens_ < 1.0) return false;
  tokens_ -= 1.0;
  return true;
}

}  // namespace benchd::devices
