#include "daemon/store/queries/page_token.hpp"

#include <array>
#include <charconv>

namespace benchd::store::detail {

std::string to_token(const std::string& name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string token;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    token += kDigits[byte >> 4U];
    token += kDigits[byte & 0xFU];
  }
  return token;
}

Error bad_token() {
  return {Reason::InvalidArgument, "page_token is not one that this list has given.", {}, {}};
}

Result<std::string> from_token(const std::string& token) {
  std::string name;
  if (token.size() % 2 != 0) return fail(bad_token());
  for (std::size_t at = 0; at < token.size(); at += 2) {
    unsigned byte = 0;
    const char* begin = token.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + 2, byte, 16);
    if (error != std::errc{} || end != begin + 2) return fail(bad_token());
    name += static_cast<char>(byte);
  }
  return name;
}

}  // namespace benchd::store::detail
