#include "daemon/recording/frame.hpp"

#include <array>
#include <cstring>
#include <zlib.h>
#include <zstd.h>

namespace benchd::recording {
namespace {

constexpr std::uint8_t kCompressed = 1;
constexpr int kCompressionLevel = 1;
constexpr std::size_t kWorthCompressing = 64;

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
  }
}

std::uint32_t get_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
  }
  return value;
}

std::uint32_t checksum(std::string_view prefix, std::string_view payload) {
  auto crc = crc32(0, nullptr, 0);
  crc = crc32(crc, reinterpret_cast<const Bytef*>(prefix.data()), static_cast<uInt>(prefix.size()));
  crc =
      crc32(crc, reinterpret_cast<const Bytef*>(payload.data()), static_cast<uInt>(payload.size()));
  return static_cast<std::uint32_t>(crc);
}

// Empty when compression does not pay.
std::string compress(std::string_view plaintext) {
  if (plaintext.size() < kWorthCompressing) return {};
  std::string packed(ZSTD_compressBound(plaintext.size()), '\0');
  const auto size = ZSTD_compress(packed.data(), packed.size(), plaintext.data(), plaintext.size(),
                                  kCompressionLevel);
  if (ZSTD_isError(size) != 0U || size >= plaintext.size()) return {};
  packed.resize(size);
  return packed;
}

Result<std::string> decompress(std::string_view packed) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kLargestFrame) {
    return fail(Reason::RecordingDamaged, "a frame's compressed size is not valid");
  }
  std::string plaintext(size, '\0');
  const auto got =
      ZSTD_decompress(plaintext.data(), plaintext.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0U || got != size) {
    return fail(Reason::RecordingDamaged, "a frame cannot be decompressed");
  }
  return plaintext;
}

}  // namespace

std::string encode_file_header() {
  std::string out{kMagic};
  put_u32(out, kFormatVersion);
  return out;
}

std::string encode_frame(FrameKind kind, std::string_view plaintext) {
  const std::string packed = compress(plaintext);
  const std::string_view stored = packed.empty() ? plaintext : std::string_view{packed};

  const std::string prefix{static_cast<char>(kind),
                           static_cast<char>(packed.empty() ? 0 : kCompressed), '\0', '\0'};
  std::string out;
  out.reserve(kFrameHeaderSize + stored.size());
  put_u32(out, static_cast<std::uint32_t>(stored.size()));
  out += prefix;
  put_u32(out, checksum(prefix, stored));
  out += stored;
  return out;
}

Result<Decoded> decode_frame(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderSize) {
    return fail(Reason::RecordingDamaged, "a frame's head is cut off");
  }
  const auto length = get_u32(bytes, 0);
  if (length > kLargestFrame || bytes.size() - kFrameHeaderSize < length) {
    return fail(Reason::RecordingDamaged, "a frame is cut off");
  }
  const auto prefix = bytes.substr(4, 4);
  const auto stored = bytes.substr(kFrameHeaderSize, length);
  if (checksum(prefix, stored) != get_u32(bytes, 8)) {
    return fail(Reason::RecordingDamaged, "a frame's checksum does not match");
  }
  const auto kind = static_cast<std::uint8_t>(prefix[0]);
  const auto flags = static_cast<std::uint8_t>(prefix[1]);
  if (kind < static_cast<std::uint8_t>(FrameKind::Description) ||
      kind > static_cast<std::uint8_t>(FrameKind::Seal) || (flags & ~kCompressed) != 0) {
    return fail(Reason::RecordingDamaged, "a frame is of a kind that this version cannot read");
  }

  Decoded decoded;
  decoded.frame.kind = static_cast<FrameKind>(kind);
  decoded.consumed = kFrameHeaderSize + length;
  if ((flags & kCompressed) == 0) {
    decoded.frame.payload = std::string{stored};
    return decoded;
  }
  auto plaintext = decompress(stored);
  if (!plaintext) return fail(std::move(plaintext.error()));
  decoded.frame.payload = std::move(*plaintext);
  return decoded;
}

Status check_file_header(std::string_view bytes) {
  if (bytes.size() < kFileHeaderSize || bytes.substr(0, kMagic.size()) != kMagic) {
    return fail(Reason::RecordingDamaged, "the file is no recording segment");
  }
  if (get_u32(bytes, kMagic.size()) != kFormatVersion) {
    return fail(Reason::RecordingDamaged, "the segment was written by a newer benchd");
  }
  return {};
}

}  // namespace benchd::recording
