// The frames of a segment file.
//
//   file   = magic "BENCHSEG" version(u32) frame*
//   frame  = length(u32) kind(u8) flags(u8) reserved(u16) crc32(u32) payload[length]
//
// Integers are little-endian. `length` counts the stored payload, which is zstd-compressed when
// flag 1 is set (flag 2 is kept for encryption). With flag 4 the bytes were shuffled before: the
// first of every eight, then the second of every eight, and so on; the rest follows. crc32 is
// zlib's polynomial over kind, flags, reserved and the stored payload. The first frame is the
// SegmentDescription, the last one of a sealed segment the SegmentSeal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/base/result.hpp"

namespace benchd::recording {

inline constexpr std::string_view kMagic = "BENCHSEG";
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::size_t kFileHeaderSize = 12;
inline constexpr std::size_t kFrameHeaderSize = 12;
inline constexpr std::uint32_t kLargestFrame = 64U << 20U;

// Stored by number: only ever append.
enum class FrameKind : std::uint8_t {
  Description = 1,  // link.v1.SegmentDescription
  Samples = 2,      // link.v1.LiveRequest with blocks only
  Event = 3,        // link.v1.Event
  Clock = 4,        // link.v1.ClockRecord
  Zero = 5,         // link.v1.ZeroRecord
  Gap = 6,          // link.v1.GapRecord
  Seal = 7,         // link.v1.SegmentSeal
};

struct Frame {
  FrameKind kind{};
  std::string payload;  // plaintext
};

[[nodiscard]] std::string encode_file_header();
// Compresses when it pays.
[[nodiscard]] std::string encode_frame(FrameKind kind, std::string_view plaintext);

// One frame from the front of `bytes`. `consumed` is its size in the file. RECORDING_DAMAGED when
// the bytes are no whole frame: cut off, wrong checksum, unknown kind.
struct Decoded {
  Frame frame;
  std::size_t consumed = 0;
};
[[nodiscard]] Result<Decoded> decode_frame(std::string_view bytes);
[[nodiscard]] Status check_file_header(std::string_view bytes);

}  // namespace benchd::recording
