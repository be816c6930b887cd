#include <gmock/gmock.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class PolicyCommand : public Benchctl {
 protected:
  PolicyCommand() {
    site_.get_policy = [this](const v1::GetPolicyRequest& request,
                              v1::GetPolicyResponse& response) {
      asked_ = request;
      auto& policy = *response.mutable_policy();
      policy.set_name("sites/delft/policy");
      policy.set_version("p-1f0c2a4b5d6e7f80");
      policy.mutable_since_time()->set_seconds(1'767'254'400);
      policy.mutable_longest_booking_duration()->set_seconds(30 * 24 * 3600);
      policy.mutable_busy_grid_duration()->set_seconds(900);
      policy.mutable_start_tolerance_duration();
      policy.set_jobs_per_tenant(500);
      return grpc::Status::OK;
    };
    site_.get_limits = [this](const v1::GetLimitsRequest& request,
                              v1::GetLimitsResponse& response) {
      asked_limits_ = request;
      auto& bookings = *response.add_limits();
      bookings.set_limit("bookings_per_tenant");
      bookings.set_used_count(12);
      bookings.set_allowed_count(200);
      auto& ahead = *response.add_limits();
      ahead.set_limit("ahead_per_tenant");
      ahead.mutable_used_duration()->set_seconds(36 * 3600);
      ahead.mutable_allowed_duration()->set_seconds(10 * 24 * 3600);
      return grpc::Status::OK;
    };
  }
  ~PolicyCommand() override { site_.shut_down(); }

  v1::GetPolicyRequest asked_;
  v1::GetLimitsRequest asked_limits_;
};

TEST_F(PolicyCommand, ShowsEachNumberInWordsAndWhichVersionItIs) {
  EXPECT_EQ(run({"policy", "show"}), kExitOk);
  EXPECT_EQ(asked_.name(), "sites/-/policy");
  EXPECT_THAT(out(), HasSubstr("longest booking"));
  EXPECT_THAT(out(), HasSubstr("30 d"));
  EXPECT_THAT(out(), HasSubstr("15 min"));
  EXPECT_THAT(out(), HasSubstr("start tolerance"));
  EXPECT_THAT(out(), ContainsRegex("jobs per tenant +500"));
  EXPECT_THAT(out(), Not(HasSubstr("per member")));
  EXPECT_THAT(err(), HasSubstr("p-1f0c2a4b5d6e7f80 since"));
}

TEST_F(PolicyCommand, TheJsonIsThatOfTheApi) {
  EXPECT_EQ(run({"policy", "show", "p-1f0c2a4b5d6e7f80", "-o", "json"}), kExitOk);
  EXPECT_EQ(asked_.version(), "p-1f0c2a4b5d6e7f80");
  EXPECT_THAT(out(), HasSubstr("\"version\": \"p-1f0c2a4b5d6e7f80\""));
  EXPECT_EQ(err(), "");
}

TEST_F(PolicyCommand, LimitsShowsWhatIsUsedOfWhatIsAllowed) {
  EXPECT_EQ(run({"policy", "limits"}), kExitOk);
  EXPECT_EQ(asked_limits_.parent(), "tenants/volant");
  EXPECT_THAT(out(), ContainsRegex("bookings per tenant +12 +200"));
  EXPECT_THAT(out(), ContainsRegex("ahead per tenant +1 d 12 h +10 d"));
}

TEST_F(PolicyCommand, LimitsAsCsvHaveSecondsAndAsJsonWhatTheApiSays) {
  EXPECT_EQ(run({"policy", "limits", "--tenant", "kestrel", "-o", "csv"}), kExitOk);
  EXPECT_EQ(asked_limits_.parent(), "tenants/kestrel");
  EXPECT_THAT(out(), HasSubstr("ahead_per_tenant,129600,864000"));
  EXPECT_EQ(run({"policy", "limits", "-o", "json"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("\"allowedCount\": 200"));
}

}  // namespace
}  // namespace benchd::cli
