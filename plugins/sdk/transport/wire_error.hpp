// How talking to an instrument fails, sorted by what has to be done about it.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace benchd::plugin::transport {

enum class WireFault {
  Lost,       // no connection, or the other side closed it
  Timeout,    // no answer in time; the link is out of step and has been closed
  OutOfStep,  // an answer that belongs to no question; the link has been closed
  Garbage,    // an answer that cannot be understood; the link has been closed
  Refused,    // the instrument understood and said no; the link is fine
};

// `message` is for a person and holds the instrument's own words where it had any.
struct WireError {
  WireFault fault = WireFault::Lost;
  std::string message;
  int code = 0;  // Refused: the protocol's number (Modbus exception code); else 0
};

template <typename T>
using WireResult = tl::expected<T, WireError>;

using WireStatus = WireResult<void>;

[[nodiscard]] inline tl::unexpected<WireError> wire_fail(WireFault fault,
                                                         std::string message,
                                                         int code = 0) {
  return tl::unexpected<WireError>(WireError{fault, std::move(message), code});
}

[[nodiscard]] inline tl::unexpected<WireError> wire_fail(WireError error) {
  return tl::unexpected<WireError>(std::move(error));
}

}  // namespace benchd::plugin::transport
