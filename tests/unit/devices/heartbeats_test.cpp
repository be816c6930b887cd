#include "daemon/devices/heartbeats.hpp"

#include <gtest/gtest.h>

namespace benchd::devices {
namespace {

TEST(HeartbeatsTest, ThreeUnansweredOnesMeanLost) {
  Heartbeats heartbeats;
  const auto first = heartbeats.send();
  static_cast<void>(heartbeats.send());
  EXPECT_FALSE(heartbeats.lost());
  static_cast<void>(heartbeats.send());
  EXPECT_TRUE(heartbeats.lost());
  EXPECT_TRUE(heartbeats.answered(first));
  EXPECT_FALSE(heartbeats.lost());
}

TEST(HeartbeatsTest, AnAnswerThatNobodyAskedForIsNoAnswer) {
  Heartbeats heartbeats;
  const auto number = heartbeats.send();
  EXPECT_FALSE(heartbeats.answered(number + 1));
  EXPECT_TRUE(heartbeats.answered(number));
  EXPECT_FALSE(heartbeats.answered(number)) << "once is enough";
}

}  // namespace
}  // namespace benchd::devices
