#include "daemon/base/ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <sys/random.h>

#include "daemon/base/assert.hpp"

namespace benchd {

std::string new_random_id(std::string_view prefix) {
  std::array<std::uint8_t, 16> bytes{};
  const auto got = getrandom(bytes.data(), bytes.size(), 0);
  BENCHD_ASSERT(got == static_cast<ssize_t>(bytes.size()));

  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text{prefix};
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const auto byte : bytes) {
    buffer = (buffer << 8U) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += kAlphabet[(buffer >> static_cast<unsigned>(bits)) & 31U];
    }
  }
  text += kAlphabet[(buffer << static_cast<unsigned>(5 - bits)) & 31U];
  return text;
}

bool is_valid_label(std::string_view text) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > 63) return false;
  if (!is_plain(text.front()) || !is_plain(text.back())) return false;
  return std::ranges::all_of(text, [&](char c) { return is_plain(c) || c == '-'; });
}

}  // namespace benchd
