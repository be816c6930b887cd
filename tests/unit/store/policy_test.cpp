#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using std::chrono::minutes;

class PolicyHistoryTest : public StoreTest {
 protected:
  void start_with(const scheduling::Policy& policy, int minute) {
    store_.reset();
    auto opened = open_sqlite_store({.directory = folder_.path() / "state", .policy = policy});
    ASSERT_TRUE(opened) << opened.error().to_string();
    store_ = std::move(*opened);
    ASSERT_TRUE(call<void>([&](auto done) {
      store_->bootstrap({.call = {.now = minutes_later(minute)}, .site = test::two_tenants()},
                        done);
    }));
  }
  Result<PolicyRecord> policy(const std::string& version = {}) {
    return call<PolicyRecord>([&](auto done) { store_->get_policy({version}, done); });
  }
  scheduling::Policy coarse() {
    scheduling::Policy policy;
    policy.busy_grid = minutes{30};
    return policy;
  }
};

TEST_F(PolicyHistoryTest, TheFirstPolicyHoldsSinceTheFirstStart) {
  const auto first = policy();
  ASSERT_TRUE(first) << first.error().to_string();
  EXPECT_EQ(first->version, scheduling::version_of({}));
  EXPECT_EQ(first->since, minutes_later(0));
  EXPECT_EQ(first->until, std::nullopt);
  ASSERT_EQ(first->numbers.size(),
            scheduling::kPolicyTimes.size() + scheduling::kPolicyCounts.size());
  EXPECT_EQ(first->numbers.front(), (std::pair{std::string{"ahead_floor"}, std::int64_t{604800}}));
}

TEST_F(PolicyHistoryTest, ANewStartWithTheSamePolicyAddsNone) {
  start_with({}, 30);
  EXPECT_EQ(policy()->since, minutes_later(0));
}

TEST_F(PolicyHistoryTest, AnotherPolicyEndsTheOneBeforeAndBothStay) {
  start_with(coarse(), 30);
  EXPECT_EQ(policy()->version, scheduling::version_of(coarse()));
  EXPECT_EQ(policy()->since, minutes_later(30));
  const auto before = policy(scheduling::version_of({}));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->since, minutes_later(0));
  EXPECT_EQ(before->until, minutes_later(30));
  const auto entries = audit();
  ASSERT_GE(entries.size(), 2U);
  EXPECT_EQ(entries[entries.size() - 2].entry.operation, "ChangePolicy");
  EXPECT_EQ(entries[entries.size() - 2].entry.object, scheduling::version_of(coarse()));
}

TEST_F(PolicyHistoryTest, APolicyThatComesBackHoldsAnew) {
  start_with(coarse(), 30);
  start_with({}, 60);
  EXPECT_EQ(policy()->version, scheduling::version_of({}));
  EXPECT_EQ(policy()->since, minutes_later(60));
  EXPECT_EQ(policy(scheduling::version_of(coarse()))->until, minutes_later(60));
}

TEST_F(PolicyHistoryTest, AVersionThatNeverHeldIsNotFound) {
  EXPECT_EQ(refusal(policy("p-0000000000000000")), Reason::NotFoundOrDenied);
}

TEST_F(PolicyHistoryTest, WhatHeldCannotBeRewritten) {
  store_.reset();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder_.path() / "state" / "benchd.db").c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "UPDATE policies SET since_us = 0", nullptr, nullptr, nullptr),
            SQLITE_CONSTRAINT);
  EXPECT_EQ(sqlite3_exec(database, "DELETE FROM policies", nullptr, nullptr, nullptr),
            SQLITE_CONSTRAINT);
  sqlite3_close(database);
}

}  // namespace
}  // namespace benchd::store
