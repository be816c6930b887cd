#include "plugins/sdk/transport/endpoint.hpp"

#include <charconv>

namespace benchd::plugin::transport {
namespace {

constexpr std::string_view kScheme = "tcp://";

tl::unexpected<Error> bad(std::string_view address, const std::string& why) {
  return fail(reason::kConfigInvalid, "The address '" + std::string(address) + "' " + why +
                                          "; write it like tcp://192.168.1.20:5025.");
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string Endpoint::to_string() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return std::string(kScheme) + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view address, std::uint16_t default_port) {
  if (!address.starts_with(kScheme)) return bad(address, "does not begin with tcp://");
  std::string_view rest = address.substr(kScheme.size());
  Endpoint endpoint{.host = {}, .port = default_port};
  std::string_view port;
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) return bad(address, "has no closing bracket");
    endpoint.host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
  } else {
    const auto colon = rest.find(':');
    endpoint.host = rest.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
  }
  if (endpoint.host.empty()) return bad(address, "has no host");
  if (port.empty() && default_port != 0) return endpoint;
  if (port.empty()) return bad(address, "has no port");
  if (port.front() != ':' || !parse_port(port.substr(1), endpoint.port)) {
    return bad(address, "has no valid port");
  }
  return endpoint;
}

}  // namespace benchd::plugin::transport
