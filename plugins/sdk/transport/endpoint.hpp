// Where an instrument is: the addresses of station files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "benchd/plugin/error.hpp"

namespace benchd::plugin::transport {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Reads "tcp://HOST[:PORT]"; HOST may be a name, an IPv4 address or an IPv6 address in brackets.
// Refused (with what is wrong and an example) where it is anything else, or has no port and
// `default_port` is 0.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view address, std::uint16_t default_port);

}  // namespace benchd::plugin::transport
