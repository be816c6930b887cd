#include "daemon/devices/sample_check.hpp"

#include <gtest/gtest.h>

#include "benchd/plugin/error.hpp"

namespace benchd::devices {
namespace {

namespace v1 = benchd::plugin::v1;
using namespace std::chrono_literals;

constexpr MonotonicTime kNow{1000s};

class SampleCheckTest : public testing::Test {
 protected:
  SampleCheckTest() : block_(*batch_.add_blocks()) {
    block_.set_channel("v");
    block_.set_start_monotonic_ns(MonotonicTime{999s}.time_since_epoch().count());
    block_.set_interval_ns(1'000'000);
    for (int i = 0; i < 3; ++i) block_.add_values(i);
  }
  bool valid() { return check_samples(batch_, {"v"}, kNow).has_value(); }
  void add_run(int count) { block_.add_quality()->set_count(count); }

  v1::StreamSamplesResponse batch_;
  v1::SampleBlock& block_;
};

TEST_F(SampleCheckTest, APlainBlockIsAccepted) { EXPECT_TRUE(valid()); }

TEST_F(SampleCheckTest, AChannelOfAnotherDeviceIsRefused) {
  block_.set_channel("w");
  EXPECT_FALSE(valid());
}

TEST_F(SampleCheckTest, AnEmptyAndAnOversizedBlockAreRefused) {
  block_.mutable_values()->Resize(16'385, 0.0);
  block_.set_interval_ns(1);
  EXPECT_FALSE(valid());
  block_.clear_values();
  EXPECT_FALSE(valid());
}

TEST_F(SampleCheckTest, QualityMustCoverTheValuesExactly) {
  add_run(2);
  EXPECT_FALSE(valid());
  add_run(1);
  EXPECT_TRUE(valid());
  add_run(0);
  EXPECT_FALSE(valid());
}

TEST_F(SampleCheckTest, ValuesFromTheFutureAreRefusedHoweverTheyAreTimed) {
  block_.set_interval_ns(std::chrono::nanoseconds(2s).count());
  EXPECT_FALSE(valid());
  block_.set_interval_ns(0);
  for (const auto offset : {0s, 1s, 9s}) {
    block_.add_offsets_ns(std::chrono::nanoseconds(offset).count());
  }
  EXPECT_FALSE(valid());
  block_.set_offsets_ns(2, std::chrono::nanoseconds(1s).count());
  EXPECT_TRUE(valid());
}

TEST_F(SampleCheckTest, OffsetsThatGoBackOrAreMissingAreRefused) {
  block_.set_interval_ns(0);
  EXPECT_FALSE(valid());
  for (const int offset : {0, 5, 3}) block_.add_offsets_ns(offset);
  EXPECT_FALSE(valid());
}

TEST(PluginReasonsTest, EveryReasonOfTheSdkStandsInTheTable) {
  namespace reason = benchd::plugin::reason;
  for (const auto name :
       {reason::kDeviceTimeout, reason::kDeviceLost, reason::kDeviceRefused, reason::kDeviceFault,
        reason::kIdentityMismatch, reason::kOutOfRange, reason::kConfigInvalid, reason::kInternal,
        reason::kArmStale, reason::kBenchNotArmed, reason::kCommandExpired, reason::kDeviceInUse,
        reason::kFenceStale, reason::kInvalidArgument, reason::kPluginVersion,
        reason::kUnknownChannel, reason::kUnsupported}) {
    EXPECT_TRUE(find_reason(name)) << name;
  }
}

}  // namespace
}  // namespace benchd::devices
