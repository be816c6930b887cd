#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class SiteUsageTest : public SiteTest {
 protected:
  v1::SummarizeUsageRequest sums(const std::string& parent) {
    v1::SummarizeUsageRequest request;
    request.set_parent(parent);
    *request.mutable_start_time() = at(-48h);
    *request.mutable_end_time() = at(48h);
    return request;
  }
  Result<v1::SummarizeUsageResponse> summarize(const access::Caller& caller,
                                               const v1::SummarizeUsageRequest& request) {
    return call(site_->usage, &Usage::summarize_usage, caller, request);
  }
  // Used for some time by volant.
  void use_bench() {
    const auto booking = book();
    EXPECT_TRUE(confirm(booking.name()));
    advance(20min);
    EXPECT_TRUE(release(booking.name()));
    EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_COMPLETED, 5min));
  }
};

TEST_F(SiteUsageTest, ATenantSeesItsOwnUseAndNothingOfAnothers) {
  use_bench();
  const auto own = summarize(volant_, sums("tenants/volant"));
  ASSERT_TRUE(own) << own.error().to_string();
  ASSERT_EQ(own->summaries_size(), 1);
  EXPECT_EQ(own->summaries(0).bench(), "sites/hub/benches/thrust-1");
  EXPECT_GE(own->total().used_duration().seconds(), 20 * 60);
  EXPECT_EQ(own->pool_size(), 0);

  const auto rival = summarize(kestrel_, sums("tenants/kestrel"));
  ASSERT_TRUE(rival);
  EXPECT_EQ(rival->summaries_size(), 0);
  EXPECT_EQ(rival->total().charged_duration().seconds(), 0);
  EXPECT_THAT(rival->DebugString(), Not(HasSubstr("volant")));
  EXPECT_EQ(summarize(kestrel_, sums("tenants/volant")).error().reason, Reason::NotFoundOrDenied);
  EXPECT_EQ(summarize(kestrel_, sums("tenants/-")).error().reason,
            summarize(kestrel_, sums("tenants/nobody")).error().reason);

  v1::ListUsageRequest list;
  list.set_parent("tenants/kestrel");
  const auto entries = call(site_->usage, &Usage::list_usage, kestrel_, list);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->entries_size(), 0);
}

TEST_F(SiteUsageTest, OperatorsSeeTheUseOfAll) {
  use_bench();
  auto request = sums("tenants/-");
  request.set_grouping(v1::USAGE_GROUPING_TENANT);
  const auto all = summarize(operator_, request);
  ASSERT_TRUE(all) << all.error().to_string();
  ASSERT_EQ(all->summaries_size(), 1);
  EXPECT_EQ(all->summaries(0).tenant(), "tenants/volant");
  v1::ListUsageRequest list;
  list.set_parent("tenants/-");
  *list.mutable_end_time() = at(48h);
  const auto entries = call(site_->usage, &Usage::list_usage, operator_, list);
  ASSERT_TRUE(entries);
  EXPECT_GE(entries->entries_size(), 3) << "booked, used, idle";
}

TEST_F(SiteUsageTest, PartsOfTheTimeAddUpToTheWhole) {
  use_bench();
  auto request = sums("tenants/volant");
  request.set_grouping(v1::USAGE_GROUPING_TIME);
  for (auto minutes = -5min; minutes < 60min; minutes += 7min) {
    *request.add_split_times() = at(-20min + minutes);
  }
  const auto parts = summarize(volant_, request);
  ASSERT_TRUE(parts) << parts.error().to_string();
  EXPECT_EQ(parts->summaries_size(), request.split_times_size() + 1);
  std::int64_t used = 0;
  for (const auto& part : parts->summaries()) used += part.used_duration().seconds();
  EXPECT_EQ(used, parts->total().used_duration().seconds());
  EXPECT_GT(used, 0);
  request.add_split_times()->set_seconds(1);
  EXPECT_EQ(summarize(volant_, request).error().reason, Reason::InvalidArgument);
}

}  // namespace
}  // namespace benchd::site
