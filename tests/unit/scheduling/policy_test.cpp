#include "daemon/scheduling/policy.hpp"

#include <gmock/gmock.h>
#include <set>

namespace benchd::scheduling {
namespace {

using std::chrono::seconds;

TEST(PolicyTest, EveryNumberIsListedOnceUnderItsName) {
  std::set<std::string_view> names;
  for (const auto& time : kPolicyTimes) names.insert(time.name);
  EXPECT_EQ(names.size(), kPolicyTimes.size());
  // A number that is not listed would neither be read nor shown.
  EXPECT_EQ(sizeof(Policy), kPolicyTimes.size() * sizeof(seconds));
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
}

TEST(PolicyTest, TheCanonicalTextIsSortedByName) {
  const auto text = canonical(Policy{});
  EXPECT_THAT(text, testing::StartsWith("approval_time=172800 s\nbusy_grid=900 s\n"));
  EXPECT_THAT(version_of(Policy{}), testing::MatchesRegex("p-[0-9a-f]{16}"));
}

}  // namespace
}  // namespace benchd::scheduling
