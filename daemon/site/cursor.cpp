#include "daemon/site/cursor.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "daemon/access/audit.hpp"
#include "daemon/base/ids.hpp"

namespace benchd::site {

namespace {

constexpr std::size_t kDigits = 16;

std::string to_hex(std::uint64_t value) {
  std::array<char, kDigits + 1> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return std::string{text.data()};
}

std::optional<std::uint64_t> from_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, 16);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

CursorCodec::CursorCodec() : key_(new_random_id("")) {}

std::uint64_t CursorCodec::keyed(std::string_view purpose, std::uint64_t value) const {
  const auto hash = access::sha256(key_ + std::string{purpose} + to_hex(value));
  std::uint64_t result = 0;
  for (std::size_t at = 0; at < 8; ++at) result = (result << 8U) | hash.at(at);
  return result;
}

std::string CursorCodec::encode(std::int64_t number) const {
  const auto plain = static_cast<std::uint64_t>(number);
  const auto tag = keyed("tag", plain);
  return to_hex(tag) + to_hex(plain ^ keyed("mask", tag));
}

Result<std::optional<std::int64_t>> CursorCodec::decode(std::string_view cursor) const {
  std::optional<std::uint64_t> tag;
  std::optional<std::uint64_t> hidden;
  if (cursor.size() == 2 * kDigits) {
    tag = from_hex(cursor.substr(0, kDigits));
    hidden = from_hex(cursor.substr(kDigits));
  }
  if (!tag || !hidden) {
    return fail(Reason::InvalidArgument, "cursor: is no cursor of this stream");
  }
  const auto plain = *hidden ^ keyed("mask", *tag);
  if (keyed("tag", plain) != *tag) return std::optional<std::int64_t>{};
  return std::optional{static_cast<std::int64_t>(plain)};
}

}  // namespace benchd::site
