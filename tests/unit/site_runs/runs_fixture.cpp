#include "tests/unit/site_runs/runs_fixture.hpp"

#include "daemon/recording/recorder.hpp"

namespace benchd::site {

using namespace std::chrono_literals;

const char* const kHoldSource = R"(sequence:
  name: hold
  parameters:
    level: {unit: A, min: 0 A, max: 100 A, default: 10 A}
    time: {unit: s, min: 1 s, max: 2 h, default: 20 min}
  needs:
    current: {unit: A, write: true}
  steps:
    - set: {current: level}
    - hold: time
  cleanup:
    - set: {current: 0 A}
  time_limit: 3 h
)";

namespace {

void add_channel(link::v1::RunDescription& run,
                 const char* name,
                 const char* unit,
                 const char* role) {
  auto& channel = *run.add_channels();
  channel.set_channel(name);
  channel.set_unit(unit);
  channel.set_role(role);
  channel.set_gain(1);
}

link::v1::SegmentDescription description_of(const std::string& run) {
  link::v1::SegmentDescription description;
  description.set_run(last_part(run));
  description.set_tenant("volant");
  description.set_boot_id("boot-1");
  description.set_benchd_version("0.1");
  auto& described = *description.mutable_description();
  described.set_bench("thrust-1");
  described.set_station("rig-1");
  described.set_sequence_source(kHoldSource);
  described.set_setup_member("mia");
  auto& check = *described.add_setup_checks();
  check.set_item("dut-mounted");
  check.set_question("Is the DUT mounted?");
  check.set_complete(true);
  auto& device = *described.add_devices();
  device.set_device("supply");
  device.set_serial("SN-7");
  add_channel(described, "current", "A", "current");
  add_channel(described, "thrust", "N", "thrust");
  return description;
}

link::v1::SampleBlock block_of(const char* channel, double first, int count) {
  link::v1::SampleBlock block;
  block.set_channel(channel);
  block.set_start_monotonic_ns(Nanoseconds{5s}.count());
  block.set_interval_ns(Nanoseconds{10ms}.count());
  for (int i = 0; i < count; ++i) block.add_values(first + i);
  return block;
}

}  // namespace

std::string last_part(const std::string& name) { return name.substr(name.rfind('/') + 1); }

RunsTest::RunsTest() { store_sequence(); }

void RunsTest::store_sequence(const std::string& source, const std::string& name) {
  std::optional<Result<store::SequenceRecord>> stored;
  store_->create_sequence({.call = {.now = loop_.clock().utc_now()},
                           .ref = {TenantId{}, SequenceId{name}, 0},
                           .source = source,
                           .file = name + ".yaml"},
                          [&](Result<store::SequenceRecord> record) {
                            asio::post(loop_.executor(), [&stored, record] { stored = record; });
                          });
  wait([&] { return stored.has_value(); });
  ASSERT_TRUE(*stored) << (*stored).error().to_string();
}

std::string RunsTest::armed_booking(std::chrono::seconds length, const std::string& dut) {
  const auto booking = book(length, dut).name();
  const auto confirmed = confirm(booking);
  EXPECT_TRUE(confirmed) << confirmed.error().to_string();
  const auto armed = arm(booking);
  EXPECT_TRUE(armed) << armed.error().to_string();
  return booking;
}

v1::StartRunRequest RunsTest::start_request(const std::string& booking) const {
  v1::StartRunRequest request;
  request.set_booking(booking);
  request.set_sequence("sites/hub/sequences/hold");
  return request;
}

Result<v1::StartRunResponse> RunsTest::start(const v1::StartRunRequest& request) {
  return call(site_->runs, &Runs::start_run, volant_, request);
}

std::string RunsTest::started_run() {
  const auto response = start(start_request(armed_booking()));
  EXPECT_TRUE(response) << response.error().to_string();
  if (!response) return {};
  send_started(response->run().name());
  return response->run().name();
}

Result<v1::Run> RunsTest::get_run(const std::string& run, const access::Caller& caller) {
  v1::GetRunRequest request;
  request.set_name(run);
  auto response = call(site_->runs, &Runs::get_run, caller, request);
  if (!response) return fail(response.error());
  return response->run();
}

v1::Run RunsTest::get_run(const std::string& run) {
  auto got = get_run(run, volant_);
  EXPECT_TRUE(got) << got.error().to_string();
  return got ? *got : v1::Run{};
}

void RunsTest::send(const std::string& run, link::v1::Event event) {
  event.set_run(last_part(run));
  event.set_booking(station_->booking());
  station_->send_event(std::move(event));
  settle();
}

void RunsTest::settle() {
  wait([&] { return station_->acknowledged == station_->next_event - 1; });
}

void RunsTest::send_started(const std::string& run) {
  link::v1::Event event;
  event.mutable_run_started()->set_steps_total(2);
  send(run, event);
}

void RunsTest::send_log(const std::string& run, const std::string& text) {
  link::v1::Event event;
  event.mutable_run_log()->set_text(text);
  send(run, event);
}

void RunsTest::send_step_finished(const std::string& run, double thrust) {
  link::v1::Event event;
  auto& step = *event.mutable_step_finished();
  step.set_path("steps[0]");
  auto& value = *step.add_rows()->add_values();
  value.set_channel("thrust");
  value.set_statistic("mean");
  value.set_value(thrust);
  value.set_unit("N");
  send(run, event);
}

void RunsTest::send_finished(const std::string& run, int segments) {
  link::v1::Event event;
  event.mutable_run_finished()->set_verdict(link::v1::VERDICT_PASS);
  event.mutable_run_finished()->set_segments(segments);
  send(run, event);
}

std::filesystem::path RunsTest::recording(const std::string& run) const {
  return directory_.path() / "segments" / "volant" / last_part(run);
}

void RunsTest::record(const std::string& run) {
  auto recorder = recording::RunRecorder::open(recording(run), description_of(run));
  ASSERT_TRUE(recorder) << recorder.error().to_string();
  ASSERT_TRUE((*recorder)->append(block_of("current", 0, 100)));
  ASSERT_TRUE((*recorder)->append(block_of("thrust", 1000, 50)));
  link::v1::Event event;
  event.mutable_run_finished()->set_verdict(link::v1::VERDICT_PASS);
  ASSERT_TRUE((*recorder)->append(event));
  ASSERT_TRUE((*recorder)->finish());
  for (const auto& segment : (*recorder)->take_sealed()) {
    link::StoredSegment stored;
    stored.header.set_tenant("volant");
    stored.header.set_run(last_part(run));
    stored.header.set_index(segment.index);
    stored.header.set_size(static_cast<std::int64_t>(segment.size));
    stored.header.set_sha256(segment.sha256);
    stored.path = segment.path;
    auto done = std::make_shared<std::optional<Status>>();
    site_->stations.on_segment_stored(stored, [this, done](const Status& status) {
      asio::post(loop_.executor(), [done, status] { *done = status; });
    });
    wait([&] { return done->has_value(); });
    ASSERT_TRUE(**done) << (**done).error().to_string();
  }
}

std::shared_ptr<TestStream<v1::WatchRunResponse>> RunsTest::watch(const std::string& run,
                                                                  const std::string& cursor,
                                                                  bool samples) {
  v1::WatchRunRequest request;
  request.set_name(run);
  request.set_cursor(cursor);
  request.set_samples(samples);
  auto stream = std::make_shared<TestStream<v1::WatchRunResponse>>();
  site_->runs.watch_run(volant_, request, stream);
  wait([&] { return stream->ended || !stream->messages.empty(); });
  return stream;
}

}  // namespace benchd::site
