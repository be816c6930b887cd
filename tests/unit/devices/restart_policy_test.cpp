#include "daemon/devices/restart_policy.hpp"

#include <gtest/gtest.h>

namespace benchd::devices {
namespace {

using namespace std::chrono_literals;

TEST(RestartPolicyTest, TheFirstRestartComesAtOnceTheSecondLaterAndThereIsNoThird) {
  RestartPolicy policy(1s);
  const MonotonicTime now{100s};
  EXPECT_EQ(policy.crashed(now), Nanoseconds{0});
  EXPECT_EQ(policy.crashed(now + 1s), Nanoseconds{1s});
  EXPECT_EQ(policy.crashed(now + 599s), std::nullopt);
}

TEST(RestartPolicyTest, CrashesOlderThanTenMinutesAreForgotten) {
  RestartPolicy policy(1s);
  const MonotonicTime now{100s};
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(policy.crashed(now + i * 301s)) << i;
}

TEST(RestartPolicyTest, ARestartByAPersonBeginsAnew) {
  RestartPolicy policy(1s);
  const MonotonicTime now{100s};
  for (int i = 0; i < 3; ++i) static_cast<void>(policy.crashed(now));
  policy.forget();
  EXPECT_EQ(policy.crashed(now), Nanoseconds{0});
}

}  // namespace
}  // namespace benchd::devices
