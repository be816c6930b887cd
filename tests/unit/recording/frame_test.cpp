#include "daemon/recording/frame.hpp"

#include <gtest/gtest.h>
#include <random>

namespace benchd::recording {
namespace {

TEST(FrameTest, AFrameReadsBackAsItWasWritten) {
  const std::string plaintext(10'000, 'x');
  const auto bytes = encode_frame(FrameKind::Samples, plaintext);
  EXPECT_LT(bytes.size(), plaintext.size()) << "repetitive content is compressed";

  const auto decoded = decode_frame(bytes);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(decoded->frame.kind, FrameKind::Samples);
  EXPECT_EQ(decoded->frame.payload, plaintext);
  EXPECT_EQ(decoded->consumed, bytes.size());
}

TEST(FrameTest, EveryFlippedBitAndEveryCutIsNoticed) {
  const auto bytes = encode_frame(FrameKind::Event, "a run began and ended");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(decode_frame(std::string_view{bytes}.substr(0, i))) << "cut at " << i;
    for (int bit = 0; bit < 8; ++bit) {
      auto flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const auto decoded = decode_frame(flipped);
      EXPECT_FALSE(decoded) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(FrameTest, RandomBytesAreNeverAFrameThatIsNotThere) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    const auto decoded = decode_frame(bytes);
    if (decoded) {
      EXPECT_LE(decoded->consumed, bytes.size());
    }
  }
}

}  // namespace
}  // namespace benchd::recording
