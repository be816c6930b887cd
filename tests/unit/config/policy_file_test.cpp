#include "daemon/config/policy_file.hpp"

#include <gmock/gmock.h>

#include "benchd/config/v1/policy.pb.h"
#include "benchd/v1/policy.pb.h"

#include "tests/support/scratch_directory.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

using namespace std::chrono_literals;

TEST(PolicyFile, WhatItDoesNotSayIsTheDefault) {
  const auto policy = load_policy_file(kFolder / "valid/policy.yaml");
  ASSERT_TRUE(policy) << policy.error().to_string();
  scheduling::Policy expected;
  expected.longest_booking = 336h;
  expected.busy_grid = 30min;
  expected.start_tolerance = 0s;
  expected.shortest_grace = 91s;
  expected.jobs_per_member = 0;
  EXPECT_EQ(*policy, expected);
}

TEST(PolicyFile, WithoutOneTheDefaultsHold) {
  const auto policy = load_policy_file(kFolder / "valid/no-such-policy.yaml");
  ASSERT_TRUE(policy) << policy.error().to_string();
  EXPECT_EQ(*policy, scheduling::Policy{});
}

TEST(PolicyFile, OneThatIsWrongIsNotReplacedByTheDefaults) {
  const auto policy = load_policy_file(kFolder / "golden/policy.yaml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().reason, Reason::ConfigInvalid);
  EXPECT_FALSE(load_policy_file(kFolder / "valid"));
}

TEST(PolicyFile, TheOneThatComesWithBenchdSaysTheDefaults) {
  const auto policy = load_policy_file("bench-configs/policy.yaml");
  ASSERT_TRUE(policy) << policy.error().to_string();
  EXPECT_EQ(*policy, scheduling::Policy{});
}

TEST(PolicyFile, EveryNumberIsInTheFileAndOnTheApi) {
  for (const auto& time : scheduling::kPolicyTimes) {
    const std::string name{time.name};
    EXPECT_NE(v1::Policy::descriptor()->FindFieldByName(name), nullptr) << name;
    EXPECT_NE(benchd::v1::Policy::descriptor()->FindFieldByName(name + "_duration"), nullptr)
        << name;
  }
  for (const auto& count : scheduling::kPolicyCounts) {
    const std::string name{count.name};
    EXPECT_NE(v1::Policy::descriptor()->FindFieldByName(name), nullptr) << name;
    EXPECT_NE(benchd::v1::Policy::descriptor()->FindFieldByName(name), nullptr) << name;
  }
  EXPECT_EQ(v1::Policy::descriptor()->field_count(),
            std::ssize(scheduling::kPolicyTimes) + std::ssize(scheduling::kPolicyCounts));
}

}  // namespace
}  // namespace benchd::config
