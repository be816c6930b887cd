// One protocol of a simulated instrument: finds messages in a byte stream and answers them.
//
// Pure: no sockets, no clock. The server (or a test) feeds it. Confined to: the simulator's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plugins/simulators/fault.hpp"

namespace benchd::simulators {

using ConnectionId = std::uint64_t;

class Endpoint {
 public:
  virtual ~Endpoint() = default;

  // Removes and returns the first complete message of `buffer`; none if more bytes are needed.
  virtual std::optional<std::string> take_message(std::string& buffer) = 0;

  // Carries out one message. An empty string: the instrument says nothing.
  virtual std::string handle(ConnectionId connection, const std::string& message) = 0;

  // What the instrument says instead, under FaultKind::Exception, Empty and WrongId.
  virtual std::string refuse(const std::string& message, const Fault& fault) = 0;

  virtual void on_closed(ConnectionId connection) { static_cast<void>(connection); }
};

}  // namespace benchd::simulators
