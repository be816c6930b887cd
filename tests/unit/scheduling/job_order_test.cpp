#include "daemon/scheduling/job_order.hpp"

#include <gmock/gmock.h>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::JobClass;
using model::JobId;
using std::chrono::hours;
using testing::ElementsAre;

class JobOrderTest : public testing::Test {
 protected:
  void queue(const std::string& id,
             const std::string& tenant,
             int submit_minute,
             JobClass job_class = JobClass::Normal,
             const std::string& member = "m") {
    jobs_.push_back({.id = JobId{id},
                     .tenant = TenantId{tenant},
                     .member = MemberId{member},
                     .job_class = job_class,
                     .submit_time = at(submit_minute),
                     .cost = 3600});
    const auto known = std::ranges::find(uses_, TenantId{tenant}, &TenantUse::tenant);
    if (known == uses_.end()) uses_.push_back({TenantId{tenant}});
    heads(submit_minute);
  }
  void used(const std::string& tenant, double usage) {
    std::ranges::find(uses_, TenantId{tenant}, &TenantUse::tenant)->usage = usage;
  }
  void heads(int minute) {
    now_ = at(minute);
    update_heads(input(), heads_);
  }
  void leaves(const std::string& id) {
    std::erase_if(jobs_, [&](const QueuedJob& job) { return job.id == JobId{id}; });
  }
  [[nodiscard]] OrderInput input() const { return {jobs_, uses_, members_, now_}; }
  std::vector<std::string> order() {
    std::vector<std::string> ids;
    for (const auto at : order_jobs(input(), heads_, policy_)) ids.push_back(jobs_[at].id.text());
    return ids;
  }

  std::vector<QueuedJob> jobs_;
  std::vector<TenantUse> uses_;
  MemberUse members_;
  Heads heads_;
  Policy policy_;
  UtcSeconds now_;
};

TEST_F(JobOrderTest, AHigherClassGoesFirstWhateverTheShares) {
  queue("j-1", "a", 0);
  queue("j-2", "b", 10, JobClass::Contract);
  queue("j-3", "b", 20, JobClass::Safety);
  queue("j-4", "a", 0, JobClass::Scavenger);
  used("b", 1e9);
  EXPECT_THAT(order(), ElementsAre("j-3", "j-2", "j-1", "j-4"));
}

TEST_F(JobOrderTest, TheTenantThatHasUsedLessGoesFirst) {
  queue("j-1", "a", 0);
  queue("j-2", "b", 60);
  EXPECT_THAT(order(), ElementsAre("j-1", "j-2"));
  used("a", 100);
  EXPECT_THAT(order(), ElementsAre("j-2", "j-1"));
}

TEST_F(JobOrderTest, AHeadIsNeverOvertakenByOneThatBecameHeadMoreThanTheLongestWaitLater) {
  queue("j-1", "a", 0);
  const int wait = static_cast<int>(policy_.longest_head_wait / std::chrono::minutes{1});
  queue("j-2", "b", wait + 1);
  used("a", 1e12);
  EXPECT_THAT(order(), ElementsAre("j-1", "j-2"));
}

TEST_F(JobOrderTest, OnlyTheFirstOfATenantAges) {
  const int wait = static_cast<int>(policy_.longest_head_wait / std::chrono::minutes{1});
  queue("j-1", "a", 0);
  queue("j-2", "a", 0);
  queue("j-3", "b", wait);
  used("a", 1000);
  leaves("j-1");
  heads(wait + 10);  // j-2 has waited for over a week, but for no time as head
  EXPECT_THAT(order(), ElementsAre("j-3", "j-2"));
}

TEST_F(JobOrderTest, AHeadStaysUntilItLeavesTheQueue) {
  queue("j-2", "a", 30);
  queue("j-1", "a", 0);  // told late
  EXPECT_EQ(heads_.begin()->second.job, JobId{"j-2"});
  EXPECT_EQ(heads_.begin()->second.since, at(30));
}

TEST_F(JobOrderTest, TenantsTakeTurnsBehindTheirHeads) {
  for (int i = 1; i <= 3; ++i) queue("j-a" + std::to_string(i), "a", 0);
  for (int i = 1; i <= 3; ++i) queue("j-b" + std::to_string(i), "b", 5);
  EXPECT_THAT(order(), ElementsAre("j-a1", "j-b1", "j-a2", "j-b2", "j-a3", "j-b3"));
}

TEST_F(JobOrderTest, MembersOfATenantTakeTurnsAsWell) {
  for (int i = 1; i <= 3; ++i) queue("j-" + std::to_string(i), "a", 0, JobClass::Normal, "mia");
  queue("j-9", "a", 50, JobClass::Normal, "max");
  EXPECT_THAT(order(), ElementsAre("j-1", "j-9", "j-2", "j-3"));
}

TEST_F(JobOrderTest, TheOrderOfTheListDoesNotMatter) {
  for (int i = 0; i < 6; ++i) queue("j-" + std::to_string(i), i % 2 ? "a" : "b", i / 2);
  const auto before = order();
  std::ranges::reverse(jobs_);
  std::ranges::reverse(uses_);
  EXPECT_EQ(order(), before);
}

}  // namespace
}  // namespace benchd::scheduling
