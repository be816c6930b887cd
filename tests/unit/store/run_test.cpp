#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class RunTest : public StoreTest {
 protected:
  Result<RunRecord> start(const BookingId& booking,
                          const std::string& run = "r-1",
                          const std::string& request_id = {}) {
    CreateRun command{.call = by(kAcme, Operation::StartRun, minutes_later(61)),
                      .run = {.id = RunId{run},
                              .tenant = kAcme,
                              .member = MemberId{"mia"},
                              .booking = booking,
                              .bench = kBench,
                              .layout = "guard-22in",
                              .sequence = {kAcme, SequenceId{"sweep"}, 2},
                              .sequence_hash = "abc",
                              .parameters = {{"voltage", "14.8 V"}},
                              .external_id = "job 7",
                              .predicted = std::chrono::seconds{90},
                              .config_hash = "h1"},
                      .sequence_source = "sequence: {}",
                      .command = link::v1::Command{}};
    command.call.request_id = request_id;
    command.command->mutable_start_run()->set_run(run);
    return call<RunRecord>([&](auto done) { store_->create_run(command, done); });
  }
  Result<RunRecord> run(const std::string& id = "r-1", std::optional<TenantId> tenant = kAcme) {
    return call<RunRecord>([&](auto done) { store_->get_run({tenant, RunId{id}}, done); });
  }
  std::vector<CommandRecord> pending() {
    return *call<std::vector<CommandRecord>>(
        [&](auto done) { store_->list_pending_commands({kStation}, done); });
  }
  Status segment(int index, const std::string& sha256 = "s") {
    return call<void>([&](auto done) {
      store_->register_segment({{.run = RunId{"r-1"},
                                 .tenant = kAcme,
                                 .index = index,
                                 .size = 10,
                                 .sha256 = sha256,
                                 .path = "r-1/" + std::to_string(index)},
                                minutes_later(70)},
                               done);
    });
  }
  link::v1::Event of_run(std::int64_t number) { return event(number, booking_, RunId{"r-1"}); }
  void begin() {
    booking_ = in_use();
    const auto started = start(booking_);
    ASSERT_TRUE(started) << started.error().to_string();
  }

  BookingId booking_;
};

TEST_F(RunTest, ARunAndTheOrderThatStartsItAreStoredTogether) {
  begin();
  const auto commands = pending();
  ASSERT_EQ(commands.size(), 2U) << "the grant and the start";
  EXPECT_EQ(commands[1].command.start_run().run(), "r-1");
  EXPECT_EQ(commands[1].command.bench(), kBench.text());
  EXPECT_EQ(commands[1].command.config_hash(), "h1");
  EXPECT_GT(commands[1].command.fence(), commands[0].command.fence());
  EXPECT_EQ(look(booking_)->active_run, RunId{"r-1"});
  const auto record = run();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->run.state, model::RunState::Pending);
  EXPECT_EQ(record->run.parameters, (std::vector<model::ParameterValue>{{"voltage", "14.8 V"}}));
  EXPECT_EQ(record->run.predicted, std::chrono::seconds{90});
  EXPECT_EQ(record->sequence_source, "sequence: {}");
  EXPECT_EQ(refusal(run("r-1", kRival)), Reason::NotFoundOrDenied);
}

TEST_F(RunTest, ABenchHasOneRunAtATime) {
  begin();
  EXPECT_EQ(refusal(start(booking_, "r-2")), Reason::RunActive);
  EXPECT_EQ(pending().size(), 2U) << "a refused run orders nothing";
}

TEST_F(RunTest, ARunNeedsABookingInUse) {
  const auto id = booked(kAcme, 100, 120);
  EXPECT_EQ(refusal(start(id)), Reason::BookingNotActive);
}

TEST_F(RunTest, ARepeatedStartGetsTheFirstAnswer) {
  booking_ = in_use();
  const auto first = start(booking_, "r-1", "q");
  ASSERT_TRUE(first);
  auto started = of_run(1);
  started.mutable_run_started()->set_steps_total(5);
  ASSERT_TRUE(tell({started}));
  const auto second = start(booking_, "r-other", "q");
  ASSERT_TRUE(second) << second.error().to_string();
  EXPECT_EQ(second->run.id, RunId{"r-1"});
  EXPECT_EQ(second->run.state, model::RunState::Pending);
  EXPECT_EQ(second->run.revision, 1);
  EXPECT_EQ(second->run.predicted, std::chrono::seconds{90});
  EXPECT_EQ(pending().size(), 2U);
}

TEST_F(RunTest, EventsCarryTheRunToItsEndAndSegmentsSealIt) {
  begin();
  auto started = of_run(1);
  started.mutable_run_started()->set_steps_total(5);
  started.mutable_utc_time()->set_seconds(1'767'258'000);
  auto step = of_run(2);
  step.mutable_step_started()->set_path("steps[0]");
  auto done = of_run(3);
  done.set_elapsed_ns(2'000'000'000);
  done.mutable_step_finished()->set_steps_done(1);
  auto* row = done.mutable_step_finished()->add_rows();
  row->set_measure("m");
  auto* value = row->add_values();
  value->set_channel("thrust");
  value->set_statistic("mean");
  value->set_value(4.2);
  value->set_unit("N");
  auto* check = done.mutable_step_finished()->add_checks();
  check->set_name("enough");
  check->set_value(4.2);
  check->set_min(4);
  check->set_verdict(link::v1::VERDICT_PASS);
  ASSERT_EQ(*tell({started, step, done}), 3);

  auto record = run();
  EXPECT_EQ(record->run.state, model::RunState::Running);
  EXPECT_EQ(record->run.steps_total, 5);
  EXPECT_EQ(record->run.steps_done, 1);
  EXPECT_EQ(record->step_path, "steps[0]");
  EXPECT_EQ(record->run.elapsed, std::chrono::seconds{2});
  ASSERT_EQ(record->run.rows.size(), 1U);
  EXPECT_EQ(record->run.rows[0].values.at(0).value, 4.2);
  ASSERT_EQ(record->run.checks.size(), 1U);
  EXPECT_EQ(record->run.checks[0].min, 4.0);
  EXPECT_FALSE(record->run.checks[0].max);
  EXPECT_EQ(record->run.checks[0].verdict, model::Verdict::Pass);

  auto finished = of_run(4);
  finished.mutable_run_finished()->set_verdict(link::v1::VERDICT_PASS);
  finished.mutable_run_finished()->set_segments(2);
  ASSERT_TRUE(segment(0));
  ASSERT_TRUE(tell({finished}));
  record = run();
  EXPECT_EQ(record->run.state, model::RunState::Finished);
  EXPECT_EQ(record->run.verdict, model::Verdict::Pass);
  EXPECT_FALSE(record->sealed) << "a segment is still on its way";
  EXPECT_FALSE(look(booking_)->active_run);
  ASSERT_TRUE(segment(1));
  EXPECT_TRUE(run()->sealed);
  EXPECT_EQ(run()->segments_stored, 2);
}

TEST_F(RunTest, ASegmentIsRegisteredOnceAndNeverReplaced) {
  begin();
  ASSERT_TRUE(segment(0, "s"));
  EXPECT_TRUE(segment(0, "s"));
  EXPECT_EQ(refusal(segment(0, "other")), Reason::InvalidArgument);
  const auto segments = call<std::vector<SegmentRecord>>([&](auto done) {
    store_->list_segments({kAcme, RunId{"r-1"}}, done);
  });
  ASSERT_EQ(segments->size(), 1U);
  EXPECT_EQ(segments->at(0).path, "r-1/0");
}

TEST_F(RunTest, AnEventCountsOnceHoweverOftenItIsSent) {
  begin();
  auto log = of_run(1);
  log.mutable_run_log()->set_text("hello");
  ASSERT_EQ(*tell({log}), 1);
  ASSERT_EQ(*tell({log}), 1);
  open_again();
  auto second = of_run(2);
  second.mutable_run_log()->set_text("again");
  ASSERT_EQ(*tell({log, second}), 2);
  const auto events = call<std::vector<RunEventRecord>>([&](auto done) {
    store_->list_run_events({kAcme, RunId{"r-1"}}, done);
  });
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ(events->at(0).number, 1);
  EXPECT_EQ(events->at(1).number, 2);
  EXPECT_EQ(events->at(1).event.run_log().text(), "again");
}

TEST_F(RunTest, EventsOutOfOrderOrOfAnUnknownJournalAreRefusedWhole) {
  begin();
  auto first = of_run(1);
  first.mutable_run_log();
  auto second = of_run(2);
  second.mutable_run_log();
  EXPECT_EQ(refusal(tell({second, first})), Reason::InvalidArgument);
  EXPECT_EQ(run()->last_event, 0);
  EXPECT_EQ(refusal(tell({first}, 61, kStation, "other")), Reason::NotFoundOrDenied);
}

TEST_F(RunTest, AReplacedDiskBeginsAnotherJournal) {
  begin();
  auto log = of_run(1);
  log.mutable_run_log();
  ASSERT_TRUE(tell({log}));
  const auto registered = call<StationRecord>([&](auto done) {
    store_->register_station(
        {.call = {.now = minutes_later(62)}, .station = test::two_benches(), .journal_id = "j2"},
        done);
  });
  EXPECT_EQ(registered->acknowledged_event, 0);
  EXPECT_EQ(*tell({log}, 62, kStation, "j2"), 1);
  EXPECT_EQ(run()->last_event, 2);
}

TEST_F(RunTest, AStationDoesNotSpeakForAnothersBench) {
  begin();
  model::Station other{.id = StationId{"rig-2"}, .config_hash = "h2"};
  other.benches.resize(1);
  other.benches[0].id = BenchId{"cycler-1"};
  ASSERT_TRUE(test::put_station(*store_, other));
  auto finished = of_run(1);
  finished.mutable_run_finished()->set_verdict(link::v1::VERDICT_FAIL);
  ASSERT_TRUE(tell({finished}, 61, StationId{"rig-2"}));
  finished.set_number(2);
  finished.set_bench("cycler-1");
  ASSERT_TRUE(tell({finished}, 61, StationId{"rig-2"}));
  EXPECT_EQ(run()->run.state, model::RunState::Pending);
}

TEST_F(RunTest, AnUnprovedSafeStateIsKeptWithTheRunAndQuarantinesTheBench) {
  begin();
  auto safe = of_run(1);
  safe.mutable_safe_state_entered()->mutable_report()->set_proved(false);
  safe.mutable_safe_state_entered()->mutable_report()->set_message("supply does not answer");
  ASSERT_TRUE(tell({safe}));
  ASSERT_TRUE(run()->safe_state);
  EXPECT_FALSE(run()->safe_state->proved());
  EXPECT_TRUE(bench()->quarantined);
}

TEST_F(RunTest, AnInterruptedRunIsAnErrorAndKeepsWhatItHas) {
  begin();
  ASSERT_TRUE(segment(0));
  const auto interrupted = call<RunRecord>([&](auto done) {
    store_->interrupt_run({{.now = minutes_later(70)}, RunId{"r-1"}, "BENCH_OFFLINE", "gone"},
                          done);
  });
  ASSERT_TRUE(interrupted);
  EXPECT_EQ(interrupted->run.state, model::RunState::Interrupted);
  EXPECT_EQ(interrupted->run.verdict, model::Verdict::Error);
  EXPECT_EQ(run()->segments_stored, 1);
  EXPECT_TRUE(start(booking_, "r-2")) << "the bench is free for another run";
}

TEST_F(RunTest, AnEndThatIsToldAgainCountsOnce) {
  begin();
  auto finished = of_run(1);
  finished.mutable_run_finished()->set_verdict(link::v1::VERDICT_PASS);
  ASSERT_TRUE(tell({finished}));
  finished.set_number(2);
  finished.mutable_run_finished()->set_verdict(link::v1::VERDICT_ERROR);
  ASSERT_EQ(*tell({finished}), 2);
  EXPECT_EQ(run()->run.verdict, model::Verdict::Pass);
  const auto events = call<std::vector<RunEventRecord>>([&](auto done) {
    store_->list_run_events({kAcme, RunId{"r-1"}}, done);
  });
  EXPECT_EQ(events->size(), 1U);
}

TEST_F(RunTest, RunsAreListedLatestFirstByTenantBookingAndState) {
  begin();
  auto finished = of_run(1);
  finished.mutable_run_finished();
  ASSERT_TRUE(tell({finished}));
  ASSERT_TRUE(start(booking_, "r-2"));
  const auto list = [&](ListRuns query) {
    return *call<Page<RunRecord>>([&](auto done) { store_->list_runs(query, done); });
  };
  const auto all = list({.tenant = kAcme});
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].run.id, RunId{"r-2"});
  EXPECT_TRUE(list({.tenant = kRival}).items.empty());
  EXPECT_EQ(list({.tenant = kAcme, .active_only = true}).items.size(), 1U);
  EXPECT_EQ(list({.tenant = kAcme, .booking = booking_}).items.size(), 2U);
  auto page = list({.tenant = kAcme, .page = {.size = 1}});
  ASSERT_FALSE(page.next_token.empty());
  page = list({.tenant = kAcme, .page = {.size = 1, .token = page.next_token}});
  EXPECT_EQ(page.items.at(0).run.id, RunId{"r-1"});
  EXPECT_TRUE(page.next_token.empty());
}

}  // namespace
}  // namespace benchd::store
