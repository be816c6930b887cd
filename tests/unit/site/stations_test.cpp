#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const BenchId kBench{"thrust-1"};

class StationsTest : public SiteTest {
 protected:
  link::v1::Event log_event(const std::string& text) {
    link::v1::Event event;
    event.set_run("r-1");
    event.mutable_run_log()->set_text(text);
    return event;
  }

  // A run of volant, whose order the station gets.
  void create_run(const std::string& id, const std::string& booking) {
    std::optional<Result<store::RunRecord>> made;
    store_->create_run({.call = {.now = loop_.clock().utc_now()},
                        .run = {.id = RunId{id},
                                .tenant = TenantId{"volant"},
                                .member = MemberId{"mia"},
                                .booking = parse_booking(booking)->id,
                                .bench = kBench}},
                       [&](Result<store::RunRecord> run) {
                         asio::post(loop_.executor(), [&made, run] { made = run; });
                       });
    wait([&] { return made.has_value(); });
    ASSERT_TRUE(*made) << (*made).error().to_string();
  }

  std::vector<store::RunEventRecord> events_of(const std::string& run) {
    std::optional<std::vector<store::RunEventRecord>> events;
    store_->list_run_events({.run = RunId{run}}, [&](auto records) {
      asio::post(loop_.executor(), [&events, records] { events = *records; });
    });
    wait([&] { return events.has_value(); });
    return *events;
  }
};

TEST_F(StationsTest, AnEventIsAcknowledgedOnceItIsStoredAndCountsOnceHoweverOftenItIsSent) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  create_run("r-1", booking.name());
  for (int count = 0; count < 50; ++count) station_->send_event(log_event("line"));
  EXPECT_EQ(station_->acknowledged, 0);
  wait([&] { return station_->acknowledged == 50; });
  EXPECT_EQ(events_of("r-1").size(), 50U);

  station_->disconnect();
  ASSERT_TRUE(station_->connect());
  EXPECT_EQ(station_->acknowledged, 50) << "the welcome says so";
  station_->next_event = 41;
  for (int count = 0; count < 12; ++count) station_->send_event(log_event("line"));
  wait([&] { return station_->acknowledged == 52; });
  EXPECT_EQ(events_of("r-1").size(), 52U);
}

TEST_F(StationsTest, AfterAMissingEventNoneIsTakenUntilTheStationBeginsAnew) {
  station_->send_event(log_event("1"));
  wait([&] { return station_->acknowledged == 1; });
  station_->next_event = 3;
  station_->send_event(log_event("3"));
  station_->send_event(log_event("4"));
  loop_.run();
  EXPECT_EQ(station_->acknowledged, 1);
  ASSERT_TRUE(station_->connect());
  station_->next_event = 2;
  for (int count = 0; count < 3; ++count) station_->send_event(log_event("again"));
  wait([&] { return station_->acknowledged == 4; });
}

TEST_F(StationsTest, AStationWhoseFileHasMistakesIsNotWelcome) {
  station_->disconnect();
  const auto good = station_->config;
  station_->config = "station:\n  name: rig-1\n  benches: {}\n  colour: red\n";
  const auto connected = station_->connect();
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().reason, Reason::ConfigInvalid);
  EXPECT_FALSE(connected.error().violations.empty());
  station_->config = good;
  EXPECT_TRUE(station_->connect());
}

TEST_F(StationsTest, AnAnnouncementWithAnotherHashThanItsFileIsRefused) {
  auto hello = station_->hello();
  hello.set_config_hash("0000");
  std::optional<Result<link::v1::Welcome>> welcome;
  site_->stations.on_hello(hello, [&](Result<link::v1::Welcome> answer) { welcome = answer; });
  wait([&] { return welcome.has_value(); });
  EXPECT_FALSE(*welcome);
}

TEST_F(StationsTest, BenchesAreKnownWhileTheirStationIsAwayAlsoAfterARestart) {
  close();
  auto store = store::open_sqlite_store({.directory = directory_.path() / "state"});
  ASSERT_TRUE(store);
  store_ = std::move(*store);
  Changes changes;
  Stations stations;
  const model::Site config{.id = SiteId{"hub"}};
  const scheduling::Policy policy;
  SiteContext context{.config = config,
                      .policy = policy,
                      .store = *store_,
                      .stations = stations,
                      .changes = changes,
                      .clock = loop_.clock(),
                      .timers = loop_.timers(),
                      .strand = loop_.executor(),
                      .blocking = loop_.executor(),
                      .segments = {}};
  std::optional<Status> ready;
  stations.start(context, [&](Status status) { ready = std::move(status); });
  wait([&] { return ready.has_value(); });
  ASSERT_TRUE(*ready);
  const auto view = stations.find_bench(kBench);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->online);
  EXPECT_EQ(view->bench->kind, "thrust-stand");
  store_->close();
  loop_.run();
}

TEST_F(StationsTest, ABenchTellsTheWordsOfItsSwitchesAndHowLongPresenceLasts) {
  v1::GetBenchRequest request;
  request.set_name("sites/hub/benches/thrust-1");
  const auto found = call(site_->benches, &Benches::get_bench, volant_, request);
  ASSERT_TRUE(found) << found.error().to_string();
  const auto& bench = found->bench();
  ASSERT_EQ(bench.channels_size(), 2);
  EXPECT_EQ(bench.channels(0).states_size(), 0);
  ASSERT_EQ(bench.channels(1).states_size(), 2);
  EXPECT_EQ(bench.channels(1).states(0), "open");
  EXPECT_EQ(bench.channels(1).states(1), "closed");
  EXPECT_EQ(bench.presence_duration().seconds(), 60);
}

TEST_F(StationsTest, AnOrderThatWaitedIsSentWithItsOwnIdButABenchNeverArmsByItself) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  station_->online = false;  // the connection is lost before the answer
  const auto armed = arm(booking.name());
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().reason, Reason::BenchOffline);
  const auto released = release(booking.name());
  ASSERT_TRUE(released) << released.error().to_string();
  EXPECT_EQ(released->booking().state(), v1::BOOKING_STATE_TEARDOWN);
  station_->disconnect();
  station_->online = true;
  ASSERT_TRUE(station_->connect());
  wait([&] { return get(booking.name()).state() == v1::BOOKING_STATE_COMPLETED; });
  EXPECT_THAT(station_->orders(), ElementsAre("assign", "confirm_setup", "release"));
}

TEST_F(StationsTest, ARunThatItsStationRefusesLateIsInterrupted) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  station_->disconnect();
  std::optional<Result<store::RunRecord>> made;
  link::v1::Command command;
  command.set_bench("thrust-1");
  command.mutable_start_run()->set_run("r-2");
  store_->create_run({.call = {.now = loop_.clock().utc_now()},
                      .run = {.id = RunId{"r-2"},
                              .tenant = TenantId{"volant"},
                              .member = MemberId{"mia"},
                              .booking = parse_booking(booking.name())->id,
                              .bench = kBench},
                      .command = command},
                     [&](Result<store::RunRecord> run) {
                       asio::post(loop_.executor(), [&made, run] { made = run; });
                     });
  wait([&] { return made.has_value(); });
  ASSERT_TRUE(*made);
  EXPECT_FALSE(get(booking.name()).active_run().empty());
  station_->refuses = "BENCH_NOT_ARMED";
  ASSERT_TRUE(station_->connect());
  wait([&] { return get(booking.name()).active_run().empty(); });
}

TEST_F(StationsTest, SamplesAreAskedForWhileAnybodyWatches) {
  int received = 0;
  auto first = site_->stations.watch_samples(kBench, [&](const auto&) { ++received; });
  auto second = site_->stations.watch_samples(kBench, [&](const auto&) { ++received; });
  EXPECT_THAT(station_->watches, ElementsAre(Pair(kBench, true)));
  link::v1::LiveRequest samples;
  samples.set_bench("thrust-1");
  site_->stations.on_live(samples);
  loop_.run();
  EXPECT_EQ(received, 2);
  first.reset();
  EXPECT_EQ(station_->watches.size(), 1U);
  station_->disconnect();
  ASSERT_TRUE(station_->connect());
  EXPECT_THAT(station_->watches, ElementsAre(Pair(kBench, true), Pair(kBench, true)));
  second.reset();
  EXPECT_EQ(station_->watches.back(), std::pair(kBench, false));
  site_->stations.on_live(samples);
  loop_.run();
  EXPECT_EQ(received, 2);
}

TEST_F(StationsTest, ASegmentIsTakenOnlyForARunOfItsTenant) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  create_run("r-1", booking.name());
  const auto offered = [&](const std::string& tenant, const std::string& run, int index) {
    link::v1::SegmentHeader header;
    header.set_tenant(tenant);
    header.set_run(run);
    header.set_index(index);
    std::optional<Status> answer;
    site_->stations.on_segment_offered(header, [&](Status status) {
      asio::post(loop_.executor(), [&answer, status] { answer = status; });
    });
    wait([&] { return answer.has_value(); });
    return *answer;
  };
  EXPECT_TRUE(offered("volant", "r-1", 0));
  EXPECT_FALSE(offered("kestrel", "r-1", 0));
  EXPECT_FALSE(offered("volant", "r-2", 0));
  EXPECT_FALSE(offered("volant", "r-1", -1));
  EXPECT_FALSE(offered("", "r-1", 0));
}

TEST_F(StationsTest, AReadingHasTheTimeOfItsRigPcInUtc) {
  loop_.clock().step_utc(1h);
  station_->send_status();
  loop_.run();
  const auto view = site_->stations.find_bench(kBench);
  ASSERT_TRUE(view && view->status);
  const auto reading = present_reading(view->status->readings(0), view->utc_offset);
  EXPECT_EQ(read_time(reading.read_time()), loop_.clock().utc_now());
}

TEST_F(StationsTest, ABenchReadsAsFreeOnlyOnceItsDevicesAreReady) {
  const auto availability = [&] {
    v1::GetBenchRequest request;
    request.set_name("sites/hub/benches/thrust-1");
    const auto response = call(site_->benches, &Benches::get_bench, kestrel_, request);
    EXPECT_TRUE(response) << response.error().to_string();
    return response ? response->bench().availability() : v1::AVAILABILITY_UNSPECIFIED;
  };
  station_->trouble = "UNAVAILABLE";
  station_->send_status();
  loop_.run();
  EXPECT_EQ(availability(), v1::AVAILABILITY_BUSY);
  station_->trouble.clear();
  station_->send_status();
  loop_.run();
  EXPECT_EQ(availability(), v1::AVAILABILITY_FREE);
}

TEST_F(StationsTest, AskingAnOfflineBenchIsRefusedAtOnce) {
  station_->disconnect();
  std::optional<Result<link::v1::CommandResult>> answer;
  link::v1::Command command;
  command.mutable_read_channels();
  site_->stations.ask(kBench, command, [&](auto result) { answer = std::move(result); });
  wait([&] { return answer.has_value(); });
  ASSERT_FALSE(*answer);
  EXPECT_EQ((*answer).error().reason, Reason::BenchOffline);
}

}  // namespace
}  // namespace benchd::site
