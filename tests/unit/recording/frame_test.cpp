#include "daemon/recording/frame.hpp"

#include <cmath>
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

// A 16-bit converter that sees a sine in noise, behind a head of `head` bytes.
std::string packed_doubles(std::size_t head, int count) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 30);
  std::string bytes(head, 'h');
  for (int i = 0; i < count; ++i) {
    const double value = std::round(10'000 * std::sin(i * 0.0015) + noise(random)) * 10 / 32'768;
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

TEST(FrameTest, DoublesReadBackWhereverTheyStandAndTakeAQuarterOfTheirSize) {
  for (std::size_t head = 0; head < 8; ++head) {
    const auto plaintext = packed_doubles(head, 20'000);
    const auto bytes = encode_frame(FrameKind::Samples, plaintext);
    EXPECT_LT(bytes.size(), plaintext.size() / 4) << "behind " << head << " bytes";
    const auto decoded = decode_frame(bytes);
    ASSERT_TRUE(decoded) << decoded.error().to_string();
    EXPECT_EQ(decoded->frame.payload, plaintext);
  }
}

TEST(FrameTest, ALongTextIsNotMadeLargerByWhatIsDoneForDoubles) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "channel thrust-1/" + std::to_string(i % 7) + ", ";
  const auto bytes = encode_frame(FrameKind::Samples, text);
  EXPECT_LT(bytes.size(), text.size() / 50);
  const auto decoded = decode_frame(bytes);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(decoded->frame.payload, text);
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
