#include "daemon/scheduling/fair_share.hpp"

#include <gtest/gtest.h>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using namespace std::chrono_literals;

TEST(UsageTest, WhatLiesAHalfLifeBackCountsHalf) {
  Usage usage;
  usage.add(1000, at(0), 14h);
  EXPECT_DOUBLE_EQ(usage.at(at(0), 14h), 1000);
  EXPECT_DOUBLE_EQ(usage.at(at(14 * 60), 14h), 500);
  EXPECT_DOUBLE_EQ(usage.at(at(28 * 60), 14h), 250);
}

TEST(UsageTest, TheOrderInWhichUsesAreToldDoesNotMatter) {
  Usage forwards;
  forwards.add(1000, at(0), 14h);
  forwards.add(300, at(90), 14h);
  forwards.add(-50, at(200), 14h);
  Usage backwards;
  backwards.add(-50, at(200), 14h);
  backwards.add(300, at(90), 14h);
  backwards.add(1000, at(0), 14h);
  EXPECT_NEAR(forwards.at(at(1000), 14h), backwards.at(at(1000), 14h), 1e-9);
}

TEST(FairShareTest, IsOneWithoutUseAndAHalfAtExactlyTheShare) {
  const std::vector<TenantUse> unused{{TenantId{"a"}}, {TenantId{"b"}}};
  EXPECT_DOUBLE_EQ(fair_share(unused).at(TenantId{"a"}), 1);
  const std::vector<TenantUse> exact{{TenantId{"a"}, 3, 300}, {TenantId{"b"}, 1, 100}};
  EXPECT_DOUBLE_EQ(fair_share(exact).at(TenantId{"a"}), 0.5);
  EXPECT_DOUBLE_EQ(fair_share(exact).at(TenantId{"b"}), 0.5);
}

TEST(FairShareTest, WhoHasUsedMoreOfItsShareHasLess) {
  const std::vector<TenantUse> uses{
      {TenantId{"a"}, 1, 900}, {TenantId{"b"}, 1, 100}, {TenantId{"c"}, 2, 0}};
  const auto factors = fair_share(uses);
  EXPECT_LT(factors.at(TenantId{"a"}), factors.at(TenantId{"b"}));
  EXPECT_LT(factors.at(TenantId{"b"}), factors.at(TenantId{"c"}));
}

TEST(FairShareTest, NobodyWithoutSharesHasPrecedenceOnceItUsesSomething) {
  const std::vector<TenantUse> uses{{TenantId{"a"}, 0, 10}, {TenantId{"b"}, 1, 1000}};
  EXPECT_DOUBLE_EQ(fair_share(uses).at(TenantId{"a"}), 0);
}

}  // namespace
}  // namespace benchd::scheduling
