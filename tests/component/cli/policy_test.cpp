#include <gmock/gmock.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using testing::HasSubstr;

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
      return grpc::Status::OK;
    };
  }
  ~PolicyCommand() override { site_.shut_down(); }

  v1::GetPolicyRequest asked_;
};

TEST_F(PolicyCommand, ShowsEachNumberInWordsAndWhichVersionItIs) {
  EXPECT_EQ(run({"policy", "show"}), kExitOk);
  EXPECT_EQ(asked_.name(), "sites/-/policy");
  EXPECT_THAT(out(), HasSubstr("longest booking"));
  EXPECT_THAT(out(), HasSubstr("30 d"));
  EXPECT_THAT(out(), HasSubstr("15 min"));
  EXPECT_THAT(out(), HasSubstr("start tolerance"));
  EXPECT_THAT(err(), HasSubstr("p-1f0c2a4b5d6e7f80 since"));
}

TEST_F(PolicyCommand, TheJsonIsThatOfTheApi) {
  EXPECT_EQ(run({"policy", "show", "p-1f0c2a4b5d6e7f80", "-o", "json"}), kExitOk);
  EXPECT_EQ(asked_.version(), "p-1f0c2a4b5d6e7f80");
  EXPECT_THAT(out(), HasSubstr("\"version\": \"p-1f0c2a4b5d6e7f80\""));
  EXPECT_EQ(err(), "");
}

}  // namespace
}  // namespace benchd::cli
