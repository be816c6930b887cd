#include <gmock/gmock.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kJob = "tenants/volant/jobs/j-7f3a2kqwertyuiopasdfghjkl2";

class BenchctlJob : public Benchctl {
 protected:
  BenchctlJob() {
    setenv("TZ", "UTC", 1);
    tzset();
    site_.list_jobs = [](const auto&, v1::ListJobsResponse& response) {
      v1::Job& job = *response.add_jobs();
      job.set_name(kJob);
      job.set_state(v1::JOB_STATE_QUEUED);
      job.set_sequence("sites/delft/sequences/soak");
      return grpc::Status::OK;
    };
    site_.submit_job = [this](const v1::SubmitJobRequest& request,
                              v1::SubmitJobResponse& response) {
      submit_ = request;
      *response.mutable_job() = request.job();
      response.mutable_job()->set_name(kJob);
      response.mutable_job()->mutable_predicted_duration()->set_seconds(1200);
      response.mutable_job()->mutable_max_duration()->set_seconds(3600);
      return grpc::Status::OK;
    };
    site_.explain_job = [this](const auto&, v1::ExplainJobResponse& response) {
      v1::Job& job = *response.mutable_job();
      job.set_name(kJob);
      job.set_state(state_);
      job.set_planned_bench(kBench);
      job.mutable_expected_start_time()->set_seconds(1795683600);  // Thu 26 Nov 2026, 09:00 UTC
      response.set_cause(v1::JOB_CAUSE_BOOKED);
      response.set_message("The benches that fit are booked.");
      return grpc::Status::OK;
    };
  }

  v1::SubmitJobRequest submit_;
  v1::JobState state_ = v1::JOB_STATE_QUEUED;
};

TEST_F(BenchctlJob, SubmitSaysWhatIsWantedAndHowToAskWhyItWaits) {
  on_terminal();
  EXPECT_EQ(run({"job", "submit", "sites/delft/sequences/soak", "--unattended", "--kind",
                 "battery-cycler", "--needs", "current=20A", "--max", "1h", "--param", "level=3 A",
                 "--retries", "2", "--scavenger"}),
            kExitOk);
  const v1::Job& job = submit_.job();
  EXPECT_EQ(submit_.parent(), "tenants/volant");
  EXPECT_FALSE(submit_.request_id().empty());
  EXPECT_EQ(job.attendance(), v1::ATTENDANCE_UNATTENDED);
  EXPECT_EQ(job.kind(), "battery-cycler");
  ASSERT_EQ(job.needs_size(), 1);
  EXPECT_EQ(job.needs(0).value(), 20);
  EXPECT_EQ(job.max_duration().seconds(), 3600);
  EXPECT_EQ(job.parameters(0).value(), "3 A");
  EXPECT_EQ(job.retries(), 2);
  EXPECT_EQ(job.job_class(), v1::JOB_CLASS_SCAVENGER);
  EXPECT_THAT(out(), HasSubstr("Queued j-7f3a2k: takes 20 min, at most 1 h"));
  EXPECT_THAT(err(), HasSubstr("Next: benchctl job explain j-7f3a2k"));
}

TEST_F(BenchctlJob, ExplainSaysWhyAndWhen) {
  on_terminal();
  EXPECT_EQ(run({"job", "explain", "j-7f3a"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("j-7f3a2k waits: The benches that fit are booked."));
  EXPECT_THAT(out(), HasSubstr("Expected: Thu 26 Nov 09:00 on thrust-1."));
}

TEST_F(BenchctlJob, AJobThatHasStartedDoesNotWait) {
  on_terminal();
  state_ = v1::JOB_STATE_ACTIVE;
  EXPECT_EQ(run({"job", "explain", "j-7f3a"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("does not wait: it is ACTIVE"));
  EXPECT_THAT(out(), Not(HasSubstr("Expected")));
}

TEST_F(BenchctlJob, TheListHasAJobALine) {
  EXPECT_EQ(run({"job", "list", "-o", "name"}), kExitOk);
  EXPECT_EQ(out(), std::string(kJob) + "\n");
}

}  // namespace
}  // namespace benchd::cli
