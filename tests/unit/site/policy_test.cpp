#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

class PolicyTest : public SiteTest {
 protected:
  Result<v1::GetPolicyResponse> ask(const access::Caller& caller,
                                    const std::string& name = "sites/hub/policy") {
    v1::GetPolicyRequest request;
    request.set_name(name);
    return call(site_->policies, &Policies::get_policy, caller, request);
  }
};

TEST_F(PolicyTest, EveryTenantReadsThePolicyThatDecidesAboutIt) {
  const auto seen = ask(kestrel_);
  ASSERT_TRUE(seen) << seen.error().to_string();
  const auto& policy = seen->policy();
  EXPECT_EQ(policy.name(), "sites/hub/policy");
  EXPECT_EQ(policy.version(), scheduling::version_of({}));
  EXPECT_TRUE(policy.has_since_time());
  EXPECT_FALSE(policy.has_until_time());
  EXPECT_EQ(policy.longest_booking_duration().seconds(), 30 * 24 * 3600);
  EXPECT_EQ(policy.longest_head_wait_duration().seconds(), 7 * 24 * 3600);
  EXPECT_EQ(ask(volant_)->SerializeAsString(), seen->SerializeAsString());
}

TEST_F(PolicyTest, EveryNumberIsShown) {
  const auto seen = ask(operator_);
  ASSERT_TRUE(seen);
  const auto& policy = seen->policy();
  for (const auto& time : scheduling::kPolicyTimes) {
    const auto* field =
        v1::Policy::descriptor()->FindFieldByName(std::string{time.name} + "_duration");
    ASSERT_NE(field, nullptr) << time.name;
    EXPECT_TRUE(policy.GetReflection()->HasField(policy, field)) << time.name;
  }
}

TEST_F(PolicyTest, OtherNamesAreNotFound) {
  for (const auto* name : {"", "policy", "sites/hub", "sites/other/policy", "sites/hub/policy/x"}) {
    EXPECT_EQ(ask(volant_, name).error().reason, Reason::NotFoundOrDenied) << name;
  }
  EXPECT_TRUE(ask(volant_, "sites/-/policy"));
}

}  // namespace
}  // namespace benchd::site
