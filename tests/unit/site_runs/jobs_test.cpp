#include "daemon/config/files.hpp"
#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class JobsTest : public RunsTest {
 protected:
  void SetUp() override { store_sequence(); }

  static v1::SubmitJobRequest request(const std::string& tenant = "volant") {
    v1::SubmitJobRequest request;
    request.set_parent("tenants/" + tenant);
    request.mutable_job()->set_sequence("sites/hub/sequences/hold");
    request.mutable_job()->set_attendance(v1::ATTENDANCE_UNATTENDED);
    return request;
  }
  Result<v1::SubmitJobResponse> submit(const v1::SubmitJobRequest& request,
                                       const access::Caller& caller) {
    return call(site_->jobs, &Jobs::submit_job, caller, request);
  }
  std::string submitted(const v1::SubmitJobRequest& request = JobsTest::request()) {
    const auto job = submit(request, volant_);
    EXPECT_TRUE(job) << job.error().to_string();
    return job ? job->job().name() : std::string{};
  }
  Result<v1::Job> get_job(const std::string& name, const access::Caller& caller) {
    v1::GetJobRequest request;
    request.set_name(name);
    const auto job = call(site_->jobs, &Jobs::get_job, caller, request);
    if (!job) return fail(job.error());
    return job->job();
  }
  v1::Job get_job(const std::string& name) {
    const auto job = get_job(name, volant_);
    EXPECT_TRUE(job) << job.error().to_string();
    return job.value_or(v1::Job{});
  }
  bool becomes(const std::string& job, v1::JobState state) {
    wait([&] { return get_job(job).state() == state; });
    return get_job(job).state() == state;
  }
  v1::ExplainJobResponse explain(const std::string& name) {
    v1::ExplainJobRequest request;
    request.set_name(name);
    const auto answer = call(site_->jobs, &Jobs::explain_job, volant_, request);
    EXPECT_TRUE(answer) << answer.error().to_string();
    return answer.value_or(v1::ExplainJobResponse{});
  }
  Result<v1::CancelJobResponse> cancel(const std::string& name) {
    v1::CancelJobRequest request;
    request.set_name(name);
    return call(site_->jobs, &Jobs::cancel_job, volant_, request);
  }
  static v1::SubmitJobRequest request_for(const std::string& bench) {
    auto wanted = request();
    wanted.mutable_job()->add_benches("sites/hub/benches/" + bench);
    return wanted;
  }
  // rig-2 with thrust-2, which are like rig-1 and thrust-1.
  void connect_silent_station() {
    station_->silent = StationId{"rig-2"};
    auto config = station_->config;
    config.replace(config.find("rig-1"), 5, "rig-2");
    config.replace(config.find("thrust-1"), 8, "thrust-2");
    auto hello = station_->hello();
    hello.set_station("rig-2");
    hello.set_config_source(config);
    hello.set_config_hash(config::config_hash(config));
    hello.clear_fences();
    std::optional<Result<link::v1::Welcome>> welcome;
    site_->stations.on_hello(
        hello, [&](Result<link::v1::Welcome> answer) { welcome = std::move(answer); });
    wait([&] { return welcome.has_value(); });
    ASSERT_TRUE(*welcome) << (*welcome).error().to_string();
    site_->stations.on_connected(StationId{"rig-2"});
  }
  // A booking of kestrel's, so long from now.
  void kestrel_books(std::chrono::seconds from_now, std::chrono::seconds length) {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/kestrel");
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(from_now);
    put_duration(length, *request.mutable_duration());
    request.set_attendance(v1::ATTENDANCE_UNATTENDED);  // kept to its end
    const auto booked = call(site_->bookings, &Bookings::create_booking, kestrel_, request);
    ASSERT_TRUE(booked) << booked.error().to_string();
  }
};

TEST_F(JobsTest, AJobWhoseBenchIsFreeGetsABookingAtOnce) {
  const auto job = submitted();
  ASSERT_TRUE(becomes(job, v1::JOB_STATE_ACTIVE));
  const auto booking = get(get_job(job).booking());
  EXPECT_EQ(booking.job(), job);
  EXPECT_EQ(booking.state(), v1::BOOKING_STATE_SETUP);
  EXPECT_EQ(booking.sequence(), "sites/hub/sequences/hold");
  // From now on, with the bench's setup time of 5 minutes first.
  EXPECT_EQ(booking.start_time().seconds(), at(5min).seconds());
  EXPECT_EQ(booking.end_time().seconds() - booking.start_time().seconds(),
            get_job(job).max_duration().seconds());
}

TEST_F(JobsTest, AStationThatAnswersNothingHoldsUpNoJobOfAnotherByOneTick) {
  connect_silent_station();
  const auto before = loop_.clock().utc_now();
  for (const bool connected : {true, false}) {
    if (!connected) site_->stations.on_disconnected(StationId{"rig-2"});
    const auto stuck = submitted(request_for("thrust-2"));
    const auto job = submitted(request_for("thrust-1"));
    ASSERT_TRUE(becomes(job, v1::JOB_STATE_ACTIVE));
    wait([&] { return get(get_job(job).booking()).has_setup_record(); });
    ASSERT_TRUE(release(get_job(job).booking()));
    ASSERT_TRUE(becomes(job, v1::JOB_STATE_COMPLETED));
    EXPECT_NE(get_job(stuck).state(), v1::JOB_STATE_COMPLETED);
  }
  EXPECT_EQ(loop_.clock().utc_now(), before) << "no time has passed";
}

TEST_F(JobsTest, AJobWaitsForNoApprovalAndIsToldToBookTheBench) {
  kestrel_books(10min, 1h);
  const auto queued = submitted();
  station_->disconnect();
  auto& config = station_->config;
  config.insert(config.find("      unattended: true\n"), "      needs_approval: true\n");
  ASSERT_TRUE(station_->connect());
  const auto refused = submit(request(), volant_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::NoBenchFits);
  EXPECT_THAT(refused.error().message, HasSubstr("needs an approval; book it"));
  const auto explained = explain(queued);
  ASSERT_EQ(explained.unfit_benches_size(), 1);
  EXPECT_EQ(explained.unfit_benches(0).reason(), "APPROVAL_NEEDED");
  advance(2h);
  EXPECT_EQ(get_job(queued).state(), v1::JOB_STATE_QUEUED) << "the bench is free all the same";
}

TEST_F(JobsTest, AnUnattendedJobRunsFromTheQueueToItsResultByItself) {
  const auto job = submitted();
  ASSERT_TRUE(becomes(job, v1::JOB_STATE_ACTIVE));
  const auto booking = get_job(job).booking();
  // The bench asks whether the DUT is mounted: that takes a person.
  wait([&] { return get(booking).has_setup_record(); });
  EXPECT_THAT(station_->orders(), Not(Contains("arm")));
  ASSERT_TRUE(confirm(booking));
  ASSERT_TRUE(arm(booking));
  wait([&] { return !get(booking).active_run().empty(); });
  const auto run = get(booking).active_run();
  send_started(run);
  record(run);
  send_finished(run);
  ASSERT_TRUE(becomes(job, v1::JOB_STATE_COMPLETED));
  EXPECT_EQ(get(booking).state(), v1::BOOKING_STATE_COMPLETED);
  EXPECT_THAT(station_->orders(), Contains("release"));
}

TEST_F(JobsTest, AnAttendedJobIsLeftToItsPeople) {
  auto wanted = request();
  wanted.mutable_job()->set_attendance(v1::ATTENDANCE_ATTENDED);
  const auto job = submitted(wanted);
  ASSERT_TRUE(becomes(job, v1::JOB_STATE_ACTIVE));
  advance(2min);
  EXPECT_THAT(station_->orders(), Not(Contains("assign")));
  // Nobody comes: the job has had its turn.
  advance(1h);
  ASSERT_TRUE(becomes(job, v1::JOB_STATE_FAILED));
  EXPECT_EQ(get_job(job).reason(), "NO_SHOW");
}

TEST_F(JobsTest, AJobDoesNotStartWhereItsMaximumWouldRunIntoABooking) {
  kestrel_books(30min, 1h);
  const auto job = submitted();
  const auto why = explain(job);
  wait([&] { return explain(job).cause() != v1::JOB_CAUSE_UNSPECIFIED; });
  EXPECT_EQ(get_job(job).state(), v1::JOB_STATE_QUEUED);
  EXPECT_EQ(explain(job).cause(), v1::JOB_CAUSE_BOOKED);
  EXPECT_EQ(get_job(job).planned_bench(), "sites/hub/benches/thrust-1");
  // 92 min from now, on the site's grid.
  EXPECT_GE(get_job(job).expected_start_time().seconds(), at(92min).seconds());
  EXPECT_EQ(get_job(job).expected_start_time().seconds() % (15 * 60), 0);
}

TEST_F(JobsTest, AJobStartsWhenWhatWasBeforeItEnds) {
  kestrel_books(5min, 1h);
  const auto job = submitted();
  advance(1h);
  EXPECT_EQ(get_job(job).state(), v1::JOB_STATE_QUEUED);
  advance(10min);
  EXPECT_TRUE(becomes(job, v1::JOB_STATE_ACTIVE));
}

TEST_F(JobsTest, TheQueueOutlivesTheSite) {
  kestrel_books(5min, 1h);
  const auto job = submitted();
  close();
  loop_.advance(2h);
  open();
  EXPECT_TRUE(becomes(job, v1::JOB_STATE_ACTIVE));
  EXPECT_EQ(get_job(job).attempts(), 1);
}

TEST_F(JobsTest, ACancelledJobLeavesTheQueueAndOneThatHasStartedDoesNot) {
  kestrel_books(5min, 1h);
  const auto waiting = submitted();
  const auto cancelled = cancel(waiting);
  ASSERT_TRUE(cancelled) << cancelled.error().to_string();
  EXPECT_EQ(cancelled->job().state(), v1::JOB_STATE_CANCELLED);
  const auto again = cancel(waiting);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::JobNotQueued);
  advance(70min);
  const auto started = submitted();
  ASSERT_TRUE(becomes(started, v1::JOB_STATE_ACTIVE));
  const auto late = cancel(started);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, Reason::JobNotQueued);
  EXPECT_FALSE(late.error().context.at("booking").empty());
}

TEST_F(JobsTest, AJobThatNoBenchCanDoIsRefusedWithWhatEachLacks) {
  auto wanted = request();
  auto& need = *wanted.mutable_job()->add_needs();
  need.set_quantity("current");
  need.set_value(80);
  need.set_unit("A");
  const auto refused = submit(wanted, volant_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::NoBenchFits);
  EXPECT_THAT(refused.error().message, HasSubstr("thrust-1 current 0 A to 60 A, needs 80 A"));
}

TEST_F(JobsTest, AWrongParameterIsRefusedAsSuch) {
  auto wanted = request();
  auto& parameter = *wanted.mutable_job()->add_parameters();
  parameter.set_name("levle");
  parameter.set_value("1 A");
  const auto refused = submit(wanted, volant_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::ParameterInvalid);
}

TEST_F(JobsTest, AMaximumBelowWhatTheSequenceTakesIsRefused) {
  auto wanted = request();
  put_duration(5min, *wanted.mutable_job()->mutable_max_duration());
  const auto refused = submit(wanted, volant_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::BookingEnding);
}

TEST_F(JobsTest, AnotherTenantsJobReadsLikeOneThatIsNotThere) {
  const auto job = submitted();
  const auto theirs = get_job(job, kestrel_);
  const auto nobodys = get_job("tenants/volant/jobs/j-none", kestrel_);
  ASSERT_FALSE(theirs);
  ASSERT_FALSE(nobodys);
  EXPECT_EQ(theirs.error(), nobodys.error());
  v1::ListJobsRequest list;
  list.set_parent("tenants/kestrel");
  const auto jobs = call(site_->jobs, &Jobs::list_jobs, kestrel_, list);
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->jobs_size(), 0);
}

TEST_F(JobsTest, AnOperatorSeesThatAJobWaitsButNotWhatItIs) {
  const auto job = submitted();
  const auto masked = get_job(job, operator_);
  ASSERT_TRUE(masked) << masked.error().to_string();
  EXPECT_EQ(masked->sequence(), "");
  EXPECT_EQ(masked->parameters_size(), 0);
}

TEST_F(JobsTest, TheAnswerWhyAJobWaitsIsTheSameWhoeverIsInItsWay) {
  kestrel_books(5min, 1h);
  const auto first = submitted();
  wait([&] { return explain(first).cause() != v1::JOB_CAUSE_UNSPECIFIED; });
  const auto behind_rival = explain(first);
  EXPECT_EQ(behind_rival.message(),
            "The benches that fit are booked, or not long enough free before they are.");
  EXPECT_EQ(behind_rival.unfit_benches_size(), 0);
}

}  // namespace
}  // namespace benchd::site
