#include "daemon/scheduling/policy.hpp"

#include <gmock/gmock.h>
#include <set>

namespace benchd::scheduling {
namespace {

using std::chrono::seconds;

TEST(PolicyTest, EveryNumberIsListedOnceUnderItsName) {
  std::set<std::string_view> names;
  for (const auto& time : kPolicyTimes) names.insert(time.name);
  for (const auto& count : kPolicyCounts) names.insert(count.name);
  EXPECT_EQ(names.size(), kPolicyTimes.size() + kPolicyCounts.size());
  // A number that is not listed would neither be read nor shown.
  EXPECT_EQ(sizeof(Policy),
            kPolicyTimes.size() * sizeof(seconds) + kPolicyCounts.size() * sizeof(std::int64_t));
}

TEST(PolicyTest, EqualPoliciesHaveTheSameVersionAndEachNumberCounts) {
  const Policy policy;
  EXPECT_EQ(version_of(policy), version_of(Policy{}));
  std::set<std::string> versions{version_of(policy)};
  for (const auto& time : kPolicyTimes) {
    Policy other = policy;
    other.*time.value += seconds{1};
    EXPECT_TRUE(versions.insert(version_of(other)).second) << time.name;
  }
  for (const auto& count : kPolicyCounts) {
    Policy other = policy;
    other.*count.value += 1;
    EXPECT_TRUE(versions.insert(version_of(other)).second) << count.name;
  }
}

TEST(PolicyTest, TheCanonicalTextIsSortedByName) {
  const auto text = canonical(Policy{});
  EXPECT_THAT(text, testing::StartsWith("ahead_floor=604800 s\n"));
  EXPECT_THAT(text, testing::HasSubstr("\njobs_per_tenant=500\nlate_cancel_notice=86400 s\n"));
  EXPECT_THAT(version_of(Policy{}), testing::MatchesRegex("p-[0-9a-f]{16}"));
}

}  // namespace
}  // namespace benchd::scheduling
