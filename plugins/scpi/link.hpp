// The conversation with one SCPI instrument over a raw socket.
//
// Keeps the recovery rule: one question is outstanding at a time, and after a timeout, a broken
// line, bytes that nobody asked for or an answer that makes no sense the connection is closed.
// What comes late is then never taken for the answer to another question. The driver connects
// again and identifies before it trusts a number.
//
// Blocking; confined to the device thread. Owned by the driver.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "benchd/plugin/deadline.hpp"
#include "benchd/plugin/error.hpp"
#include "plugins/sdk/transport/endpoint.hpp"
#include "plugins/sdk/transport/line_stream.hpp"

namespace benchd::plugin::scpi {

class Link {
 public:
  struct Options {
    transport::Endpoint endpoint;
    std::chrono::nanoseconds reply_timeout = std::chrono::seconds(1);
    std::chrono::nanoseconds message_gap{0};
  };

  explicit Link(Options options) : options_(std::move(options)) {}

  // Connects where there is no usable connection. True where it had to.
  [[nodiscard]] Result<bool> connect(Deadline deadline);
  void drop() { stream_.reset(); }
  [[nodiscard]] bool connected() const { return stream_.has_value(); }

  // DEVICE_LOST without a connection, or where the instrument has closed it.
  [[nodiscard]] Result<void> send(std::string_view command, Deadline deadline);
  [[nodiscard]] Result<std::string> ask(std::string_view query, Deadline deadline);

  // DEVICE_LOST, and the connection is closed: what was answered cannot belong to the question.
  [[nodiscard]] tl::unexpected<Error> nonsense(std::string_view query, std::string_view reply);

 private:
  // No connection, or one that is not silent: both mean that it must be made anew.
  [[nodiscard]] Result<void> check_silent();
  void keep_gap(Deadline deadline);
  [[nodiscard]] tl::unexpected<Error> broken(Error error, std::string_view text);

  Options options_;
  std::optional<transport::LineStream> stream_;
  MonotonicTime last_message_{};
};

}  // namespace benchd::plugin::scpi
