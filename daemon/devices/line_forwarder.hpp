// Reads what a plugin writes to stdout and stderr, line by line, into the log. A plugin that
// floods loses lines, not the station's time: 100 lines at once, then 10 a second; the rest is
// counted.
//
// Confined to: the executor. Reads until the other end is closed, whatever becomes of its owner.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/log.hpp"

namespace benchd::devices {

class LineForwarder : public std::enable_shared_from_this<LineForwarder> {
 public:
  using Sink = std::function<void(spdlog::level::level_enum, std::string_view)>;

  // Takes the descriptor, which is non-blocking.
  LineForwarder(asio::any_io_executor executor, int descriptor, Sink sink);
  void start();

 private:
  void read();
  void after_read(std::size_t count);
  void take_line(std::string_view line);
  [[nodiscard]] bool may_log(MonotonicTime now);

  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer pause_;
  Sink sink_;
  std::vector<char> buffer_;
  std::string line_;
  double tokens_;
  MonotonicTime refilled_;
  std::int64_t left_out_ = 0;
};

}  // namespace benchd::devices
