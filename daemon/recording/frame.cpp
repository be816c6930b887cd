#include "daemon/recording/frame.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <zlib.h>
#include <zstd.h>

namespace benchd::recording {
namespace {

constexpr std::uint8_t kCompressed = 1;
constexpr std::uint8_t kShuffled = 4;
constexpr int kCompressionLevel = 1;
constexpr std::size_t kWorthCompressing = 64;
constexpr std::size_t kWorthShuffling = 32U << 10U;
constexpr std::size_t kShuffleProbe = 8U << 10U;
constexpr std::size_t kShuffleStride = sizeof(double);

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

// The first byte of every eight, then the second of every eight, …; what is left over stays behind.
// Of packed doubles that are measured the high bytes vary little: put together they compress
// better, and nearly three times as fast.
std::string shuffle_bytes(std::string_view bytes) {
  const auto groups = bytes.size() / kShuffleStride;
  std::string out{bytes};
  char* const to = out.data();
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t lane = 0; lane < kShuffleStride; ++lane) {
      to[lane * groups + group] = bytes[group * kShuffleStride + lane];
    }
  }
  return out;
}

std::string unshuffle_bytes(std::string_view bytes) {
  const auto groups = bytes.size() / kShuffleStride;
  std::string out{bytes};
  char* const to = out.data();
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t lane = 0; lane < kShuffleStride; ++lane) {
      to[group * kShuffleStride + lane] = bytes[lane * groups + group];
    }
  }
  return out;
}

// Empty when compression does not pay.
std::string compress(std::string_view plaintext) {
  if (plaintext.size() < kWorthCompressing) return {};
  const auto room = ZSTD_compressBound(plaintext.size());
  const auto packed = std::make_unique_for_overwrite<char[]>(room);
  const auto size =
      ZSTD_compress(packed.get(), room, plaintext.data(), plaintext.size(), kCompressionLevel);
  if (ZSTD_isError(size) != 0U || size >= plaintext.size()) return {};
  return {packed.get(), size};
}

// Tried on a piece from the middle: it pays for packed doubles, not for text or single readings.
bool shuffling_pays(std::string_view plaintext) {
  if (plaintext.size() < kWorthShuffling) return false;
  const auto piece = plaintext.substr(plaintext.size() / 2, kShuffleProbe);
  const auto shuffled = compress(shuffle_bytes(piece));
  const auto plain = compress(piece);
  return !shuffled.empty() && (plain.empty() || shuffled.size() < plain.size());
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
  const bool shuffled = shuffling_pays(plaintext);
  const std::string packed = shuffled ? compress(shuffle_bytes(plaintext)) : compress(plaintext);
  const std::string_view stored = packed.empty() ? plaintext : std::string_view{packed};

  const int flags = packed.empty() ? 0 : shuffled ? kCompressed | kShuffled : kCompressed;
  const std::string prefix{static_cast<char>(kind), static_cast<char>(flags), '\0', '\0'};
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
      kind > static_cast<std::uint8_t>(FrameKind::Seal) ||
      (flags & ~(kCompressed | kShuffled)) != 0 || flags == kShuffled) {
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
  decoded.frame.payload =
      (flags & kShuffled) != 0 ? unshuffle_bytes(*plaintext) : std::move(*plaintext);
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
