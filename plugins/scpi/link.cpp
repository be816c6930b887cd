#include "plugins/scpi/link.hpp"

#include <algorithm>
#include <thread>

namespace benchd::plugin::scpi {

using transport::LineStream;
using transport::TcpStream;

namespace {

constexpr std::size_t kQuoted = 80;

// A reply as it may stand in a message: short, and printable.
std::string quoted(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, kQuoted)) {
    shown += c >= ' ' && c <= '~' ? c : '?';
  }
  return shown + (text.size() > kQuoted ? "…'" : "'");
}

}  // namespace

Result<bool> Link::connect(Deadline deadline) {
  if (stream_ && stream_->pending() == TcpStream::Pending::Nothing) return false;
  drop();
  auto stream = TcpStream::connect(options_.endpoint, deadline);
  if (!stream) return fail(std::move(stream.error()));
  stream_.emplace(std::move(*stream));
  return true;
}

Result<void> Link::check_silent() {
  if (!stream_) return fail(reason::kDeviceLost, "There is no connection to the instrument.");
  switch (stream_->pending()) {
    case TcpStream::Pending::Nothing:
      return {};
    case TcpStream::Pending::Closed:
      drop();
      return fail(reason::kDeviceLost, "The instrument has closed the connection.");
    case TcpStream::Pending::Bytes:
      break;
  }
  drop();
  return fail(reason::kDeviceLost,
              "The instrument sent something that was not asked for; the link is out of step.");
}

void Link::keep_gap(Deadline deadline) {
  if (options_.message_gap.count() == 0) return;
  std::this_thread::sleep_until(std::min(last_message_ + options_.message_gap, deadline.when()));
  last_message_ = monotonic_now();
}

tl::unexpected<Error> Link::broken(Error error, std::string_view text) {
  drop();
  error.message += " (at '" + std::string(text) + "')";
  return fail(std::move(error));
}

Result<void> Link::send(std::string_view command, Deadline deadline) {
  if (auto silent = check_silent(); !silent) return silent;
  keep_gap(deadline);
  auto sent = stream_->send_line(command, deadline.within(options_.reply_timeout));
  if (!sent) return broken(std::move(sent.error()), command);
  return {};
}

Result<std::string> Link::ask(std::string_view query, Deadline deadline) {
  if (auto sent = send(query, deadline); !sent) return fail(std::move(sent.error()));
  auto reply = stream_->receive_line(deadline.within(options_.reply_timeout));
  if (!reply) return broken(std::move(reply.error()), query);
  last_message_ = monotonic_now();
  return std::move(*reply);
}

tl::unexpected<Error> Link::nonsense(std::string_view query, std::string_view reply) {
  drop();
  return fail(reason::kDeviceLost, "The instrument answered " + quoted(reply) + " to '" +
                                       std::string(query) + "', which makes no sense there.");
}

}  // namespace benchd::plugin::scpi
