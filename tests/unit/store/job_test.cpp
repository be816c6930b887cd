#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using model::JobState;

class JobTest : public StoreTest {
 protected:
  model::JobId submit(const TenantId& tenant, int retries = 0, const std::string& request_id = {}) {
    JobRecord record;
    auto& job = record.job;
    job.id = model::JobId{new_random_id("j-")};
    job.tenant = tenant;
    job.member = MemberId{tenant == kAcme ? "mia" : "rob"};
    job.sequence = {TenantId{}, SequenceId{"sweep"}, 2};
    job.parameters = {{"voltage", "14.8 V"}};
    job.needs = {{"thrust", 50, "N"}};
    job.fitting = {{kBench, "guard"}, {kOtherBench, {}}};
    job.attendance = model::Attendance::Unattended;
    job.maximum = std::chrono::hours{1};
    job.predicted = std::chrono::minutes{20};
    job.retries = retries;
    record.title = "Sweep";
    auto call_of = by(tenant, Operation::SubmitJob, minutes_later(0));
    call_of.request_id = request_id;
    auto made = call<JobRecord>([&](auto done) { store_->create_job({call_of, record}, done); });
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? made->job.id : model::JobId{};
  }
  Result<BookingRecord> start(const model::JobId& job, int now, const BenchId& bench = kBench) {
    return call<BookingRecord>([&](auto done) {
      store_->start_job({.call = {.now = minutes_later(now)},
                         .job = job,
                         .booking = BookingId{new_random_id("b-")},
                         .bench = bench},
                        done);
    });
  }
  JobRecord job(const model::JobId& id) {
    auto record = call<JobRecord>([&](auto done) { store_->get_job({std::nullopt, id}, done); });
    EXPECT_TRUE(record);
    return record.value_or(JobRecord{});
  }
  QueueState queue(int now) {
    auto state = call<QueueState>([&](auto done) { store_->read_queue(minutes_later(now), done); });
    EXPECT_TRUE(state) << state.error().to_string();
    return state.value_or(QueueState{});
  }
};

TEST_F(JobTest, AJobIsReadBackAsItWasSubmitted) {
  const auto id = submit(kAcme, 2);
  open_again();
  const auto record = job(id);
  EXPECT_EQ(record.job.state, JobState::Queued);
  EXPECT_EQ(record.job.sequence, (model::SequenceRef{TenantId{}, SequenceId{"sweep"}, 2}));
  EXPECT_EQ(record.job.parameters.at(0).value, "14.8 V");
  EXPECT_EQ(record.job.needs.at(0).quantity, "thrust");
  EXPECT_EQ(record.job.needs.at(0).value, 50);
  EXPECT_EQ(record.job.fitting.at(0).layout, "guard");
  EXPECT_EQ(record.job.maximum, std::chrono::hours{1});
  EXPECT_EQ(record.job.retries, 2);
  EXPECT_EQ(record.title, "Sweep");
}

TEST_F(JobTest, ARepeatedSubmitQueuesNothingNew) {
  const auto first = submit(kAcme, 0, "r1");
  EXPECT_EQ(submit(kAcme, 0, "r1"), first);
  EXPECT_EQ(queue(0).jobs.size(), 1U);
}

TEST_F(JobTest, AJobThatStartsHasTheBenchFromNowForItsMaximumWithBuffers) {
  const auto id = submit(kAcme);
  const auto booking = start(id, 100);
  ASSERT_TRUE(booking) << booking.error().to_string();
  EXPECT_EQ(booking->booking.state, BookingState::Setup);
  EXPECT_EQ(booking->booking.claims.at(0).occupied.start, minutes_later(100));
  EXPECT_EQ(booking->booking.claims.at(0).occupied.end, minutes_later(175));
  EXPECT_EQ(booking->booking.interval.start, minutes_later(110));
  EXPECT_EQ(booking->job, id);
  EXPECT_EQ(booking->layouts.at(0), "guard");
  EXPECT_EQ(job(id).job.state, JobState::Active);
  EXPECT_EQ(job(id).booking, booking->booking.id);
  EXPECT_EQ(refusal(start(id, 100, kOtherBench)), Reason::JobNotQueued);
}

TEST_F(JobTest, AJobThatCannotHaveItsBenchStaysInTheQueue) {
  booked(kRival, 170, 200);
  const auto id = submit(kAcme);
  EXPECT_EQ(refusal(start(id, 100)), Reason::SlotTaken);
  EXPECT_EQ(refusal(start(id, 100, BenchId{"thrust-9"})), Reason::UnknownBench);
  EXPECT_EQ(job(id).job.state, JobState::Queued);
  EXPECT_EQ(job(id).job.attempts, 0);
  EXPECT_TRUE(start(id, 100, kOtherBench));
}

TEST_F(JobTest, AJobStartsOnNoBenchThatNeedsAnApproval) {
  const auto id = submit(kAcme);
  auto station = test::two_benches();
  station.benches[0].needs_approval = true;
  ASSERT_TRUE(test::put_station(*store_, station));
  EXPECT_EQ(refusal(start(id, 100)), Reason::ApprovalNeeded);
  EXPECT_TRUE(start(id, 100, kOtherBench));
}

TEST_F(JobTest, AJobIsCompleteWhenItsBookingIs) {
  const auto id = submit(kAcme);
  const auto booking = start(id, 100);
  ASSERT_TRUE(booking);
  ASSERT_TRUE(change(booking->booking.id, BookingEvent::CheckIn, 101));
  ASSERT_TRUE(change(booking->booking.id, BookingEvent::Release, 120, Operation::ReleaseBooking));
  EXPECT_EQ(state_of(booking->booking.id), BookingState::Completed);
  EXPECT_EQ(job(id).job.state, JobState::Completed);
}

TEST_F(JobTest, AFaultOfTheBenchQueuesAJobAgainAsOftenAsItsRetriesSay) {
  const auto id = submit(kAcme, 1);
  for (const int now : {100, 200}) {
    const auto booking = start(id, now);
    ASSERT_TRUE(booking) << booking.error().to_string();
    ASSERT_TRUE(change({.call = {.now = minutes_later(now + 1)},
                        .booking = booking->booking.id,
                        .event = BookingEvent::Fault,
                        .reason = "DEVICE_LOST",
                        .message = "The supply is away."}));
    EXPECT_EQ(state_of(booking->booking.id), BookingState::Interrupted);
    if (now == 100) {
      EXPECT_EQ(job(id).job.state, JobState::Queued);
    }
  }
  EXPECT_EQ(job(id).job.state, JobState::Failed);
  EXPECT_EQ(job(id).reason, "DEVICE_LOST");
  EXPECT_EQ(job(id).job.attempts, 2);
}

TEST_F(JobTest, AnOutageQueuesAJobAgainWhateverItsRetries) {
  const auto id = submit(kAcme);
  const auto booking = start(id, 100);
  ASSERT_TRUE(booking);
  ASSERT_TRUE(change({.call = {.now = minutes_later(101)},
                      .booking = booking->booking.id,
                      .event = BookingEvent::Displace,
                      .reason = "BENCH_OUTAGE"}));
  EXPECT_EQ(state_of(booking->booking.id), BookingState::Displaced);
  EXPECT_EQ(job(id).job.state, JobState::Queued);
  EXPECT_TRUE(job(id).reason.empty());
}

TEST_F(JobTest, ABookingOfAJobThatNobodyUsesFailsIt) {
  const auto id = submit(kAcme);
  const auto booking = start(id, 100);
  ASSERT_TRUE(booking);
  fire(500);
  EXPECT_EQ(job(id).job.state, JobState::Failed);
  EXPECT_EQ(job(id).reason, "NO_SHOW");
}

TEST_F(JobTest, TheQueueKnowsWhatIsFixedAndWhenARunningJobIsPredictedToLeave) {
  booked(kRival, 300, 360);
  ASSERT_TRUE(start(submit(kAcme), 100, kOtherBench));
  submit(kRival);
  const auto state = queue(110);
  ASSERT_EQ(state.benches.size(), 2U);
  EXPECT_EQ(state.benches[0].fixed.size(), 1U);
  EXPECT_FALSE(state.benches[0].leaves);
  EXPECT_TRUE(state.benches[1].fixed.empty());
  // Setup 10, predicted 20, teardown 5.
  EXPECT_EQ(state.benches[1].leaves, minutes_later(135));
  // It has not left by then: as late again, at least half an hour, but never beyond its claim.
  EXPECT_EQ(queue(140).benches[1].leaves, minutes_later(170));
  EXPECT_EQ(queue(160).benches[1].leaves, minutes_later(175));
}

TEST_F(JobTest, UsageIsThatOfTenantsInTheQueueAndDecays) {
  const auto used = booked(kAcme, 60, 120);
  fire(50);
  ASSERT_TRUE(change(used, BookingEvent::CheckIn, 60));
  ASSERT_TRUE(change(used, BookingEvent::Release, 115, Operation::ReleaseBooking));
  submit(kAcme);
  submit(kRival);
  const auto state = queue(120);
  ASSERT_EQ(state.tenants.size(), 2U);
  EXPECT_EQ(state.tenants[0].tenant, kAcme);
  EXPECT_NEAR(state.tenants[0].usage, 65 * 60, 5);  // from 50 to 115, as the ledger has it
  EXPECT_EQ(state.tenants[1].usage, 0);
  EXPECT_NEAR(state.members.at({kAcme, MemberId{"mia"}}), 65 * 60, 5);
  const int half_life = 14 * 24 * 60;
  EXPECT_NEAR(queue(120 + half_life).tenants[0].usage, 65 * 30, 5);
}

TEST_F(JobTest, AJobCostsItsTenantAllThatItHoldsFromTheMomentItStarts) {
  ASSERT_TRUE(start(submit(kAcme), 100));
  submit(kAcme);
  const auto state = queue(100);
  EXPECT_NEAR(state.tenants.at(0).usage, 75 * 60, 1);  // setup 10, maximum 60, teardown 5
  EXPECT_NEAR(state.members.at({kAcme, MemberId{"mia"}}), 75 * 60, 1);
}

TEST_F(JobTest, ThePlanAndTheHeadsAreThereAfterARestart) {
  const auto id = submit(kAcme);
  const JobPlanRecord plan{
      .bench = kBench,
      .occupied = {std::chrono::floor<std::chrono::seconds>(minutes_later(50)),
                   std::chrono::floor<std::chrono::seconds>(minutes_later(90))},
      .waits = scheduling::PlanCause::FixedClaim};
  const auto since = std::chrono::floor<std::chrono::seconds>(minutes_later(3));
  const auto written = call<void>([&](auto done) {
    store_->write_plan({.now = minutes_later(5),
                        .plans = {{id, plan}},
                        .heads = {{{kAcme, model::JobClass::Normal}, {id, since}}}},
                       done);
  });
  ASSERT_TRUE(written);
  EXPECT_EQ(job(id).job.revision, 1) << "a plan is no change of the job";
  open_again();
  EXPECT_EQ(job(id).plan, plan);
  const auto heads = queue(6).heads;
  ASSERT_EQ(heads.size(), 1U);
  EXPECT_EQ(heads.begin()->second.job, id);
  EXPECT_EQ(heads.begin()->second.since, since);
}

TEST_F(JobTest, AHeadThatHadItsTurnAndComesBackHasNotWaitedAllTheTime) {
  const auto id = submit(kAcme, 1);
  const auto since = std::chrono::floor<std::chrono::seconds>(minutes_later(3));
  ASSERT_TRUE(call<void>([&](auto done) {
    store_->write_plan({.now = minutes_later(5),
                        .plans = {},
                        .heads = {{{kAcme, model::JobClass::Normal}, {id, since}}}},
                       done);
  }));
  const auto booking = start(id, 100);
  ASSERT_TRUE(booking);
  ASSERT_TRUE(change({.call = {.now = minutes_later(110)},
                      .booking = booking->booking.id,
                      .event = BookingEvent::Fault}));
  const auto again = queue(120);
  EXPECT_EQ(again.jobs.size(), 1U);
  EXPECT_TRUE(again.heads.empty());
}

TEST_F(JobTest, AJobThatWasEndedForAnotherWaitsAgainAndKeepsItsRetries) {
  const auto id = submit(kAcme, 1);
  const auto first = start(id, 100);
  ASSERT_TRUE(first);
  submit(kRival);
  const auto running = queue(130).benches.at(0).running;
  ASSERT_TRUE(running);
  EXPECT_EQ(running->booking, first->booking.id);
  EXPECT_EQ(running->started, minutes_later(100));
  ASSERT_TRUE(change({.call = {.now = minutes_later(140)},
                      .tenant = std::nullopt,
                      .booking = first->booking.id,
                      .event = BookingEvent::Preempt}));
  EXPECT_EQ(state_of(first->booking.id), BookingState::Preempted);
  auto record = job(id);
  EXPECT_EQ(record.job.state, JobState::Queued);
  EXPECT_EQ(record.job.preemptions, 1);
  EXPECT_EQ(record.job.submit_time, minutes_later(0));
  const auto second = start(id, 200);
  ASSERT_TRUE(second) << second.error().to_string();
  ASSERT_TRUE(change({.call = {.now = minutes_later(210)},
                      .tenant = std::nullopt,
                      .booking = second->booking.id,
                      .event = BookingEvent::Fault}));
  EXPECT_EQ(job(id).job.state, JobState::Queued) << "its retry is still there";
}

}  // namespace
}  // namespace benchd::store
