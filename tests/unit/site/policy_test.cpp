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
  Result<v1::GetLimitsResponse> limits(const access::Caller& caller, const std::string& parent) {
    v1::GetLimitsRequest request;
    request.set_parent(parent);
    return call(site_->policies, &Policies::get_limits, caller, request);
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
  for (const auto& count : scheduling::kPolicyCounts) {
    const auto* field = v1::Policy::descriptor()->FindFieldByName(std::string{count.name});
    ASSERT_NE(field, nullptr) << count.name;
    EXPECT_TRUE(policy.GetReflection()->HasField(policy, field)) << count.name;
  }
  EXPECT_EQ(policy.bookings_per_tenant(), 200);
}

TEST_F(PolicyTest, ATenantSeesItsOwnLimitsAndWhatItUsesOfThem) {
  const auto before = limits(volant_, "tenants/volant");
  ASSERT_TRUE(before) << before.error().to_string();
  const auto rivals = limits(kestrel_, "tenants/kestrel");
  ASSERT_TRUE(rivals);
  static_cast<void>(book());
  const auto seen = limits(volant_, "tenants/volant");
  ASSERT_TRUE(seen);
  ASSERT_GE(seen->limits_size(), 4);
  EXPECT_EQ(seen->limits(0).limit(), "bookings_per_tenant");
  EXPECT_EQ(before->limits(0).used_count(), 0);
  EXPECT_EQ(seen->limits(0).used_count(), 1);
  EXPECT_EQ(seen->limits(0).allowed_count(), 200);
  EXPECT_FALSE(seen->limits(0).has_used_duration());
  EXPECT_EQ(seen->limits(1).limit(), "held_per_tenant");
  EXPECT_EQ(seen->limits(1).allowed_duration().seconds(), 14 * 24 * 3600);
  EXPECT_FALSE(seen->limits(1).has_used_count());
  EXPECT_EQ(limits(kestrel_, "tenants/kestrel")->SerializeAsString(), rivals->SerializeAsString())
      << "nothing is learnt of another's bookings";
}

TEST_F(PolicyTest, AnothersLimitsReadLikeThoseOfNobody) {
  const auto refused = limits(kestrel_, "tenants/volant");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), limits(kestrel_, "tenants/nobody").error());
  EXPECT_EQ(refused.error(), limits(kestrel_, "tenants/-").error());
  EXPECT_EQ(limits(operator_, "tenants/volant")->limits_size(), 4) << "no member's own";
}

TEST_F(PolicyTest, OtherNamesAreNotFound) {
  for (const auto* name : {"", "policy", "sites/hub", "sites/other/policy", "sites/hub/policy/x"}) {
    EXPECT_EQ(ask(volant_, name).error().reason, Reason::NotFoundOrDenied) << name;
  }
  EXPECT_TRUE(ask(volant_, "sites/-/policy"));
}

}  // namespace
}  // namespace benchd::site
