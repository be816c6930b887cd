#include "tests/unit/site/site_fixture.hpp"

#include "daemon/config/files.hpp"

namespace benchd::site {

namespace {

using namespace std::chrono_literals;

constexpr const char* kStation = R"(station:
  name: rig-1
  title: Rig 1
  devices:
    supply:
      plugin: scpi
      profile: ea-psb-10060-60
      address: tcp://${RIG_PSB}
  benches:
    thrust-1:
      kind: thrust-stand
      title: Thrust stand 1
      setup_time: 5 min
      teardown_time: 2 min
      unattended: true
      layouts:
        guard-12in:
          title: Guard
          capabilities:
            current: {min: 0 A, max: 60 A}
      channels:
        current: {device: supply, signal: current_set, unit: A, min: 0 A, max: 60 A, writable: true, safe: 0 A, rate: 20 Hz, stale_after: 500 ms}
        guard: {device: supply, signal: output, unit: "1", states: [open, closed], rate: 20 Hz, stale_after: 500 ms}
      limits:
        overcurrent: {channel: current, max: 60 A, rating: max_current}
      setup:
        dut-mounted: {question: "Is {dut} mounted?"}
        guard-closed: {reading: {channel: guard, min: closed}}
      arm: []
      safe_state:
        steps:
          - write: {channel: current, value: 0 A}
        proof:
          - {channel: current, max: 1 A}
        within: 5 s
)";

model::Site site_config() {
  model::Site site;
  site.id = SiteId{"hub"};
  site.title = "Hub";
  site.tenants = {{TenantId{"volant"}, "Volant", {{MemberId{"mia"}, {model::Role::Member}}}},
                  {TenantId{"kestrel"}, "Kestrel", {{MemberId{"kim"}, {model::Role::Member}}}}};
  site.staff = {{MemberId{"olga"}, {model::Role::Operator}}};
  return site;
}

std::string name_of(const link::v1::Command& command) {
  const auto* field = link::v1::Command::descriptor()->FindFieldByNumber(command.order_case());
  return field == nullptr ? "none" : field->name();
}

}  // namespace

link::v1::Hello FakeStation::hello() const {
  link::v1::Hello hello;
  hello.set_station("rig-1");
  hello.set_config_source(config);
  hello.set_config_hash(config::config_hash(config));
  hello.set_journal_id("journal-1");
  auto& fence = *hello.add_fences();
  fence.set_bench("thrust-1");
  fence.set_fence(fence_);
  return hello;
}

Status FakeStation::connect() {
  auto welcome = std::make_shared<std::optional<Result<link::v1::Welcome>>>();
  stations_.on_hello(hello(), [welcome](Result<link::v1::Welcome> answer) { *welcome = answer; });
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!welcome->has_value() && std::chrono::steady_clock::now() < deadline) {
    loop_.run();
    std::this_thread::yield();
  }
  if (!welcome->has_value()) return fail(Reason::Internal, "no welcome");
  if (!**welcome) return fail((**welcome).error());
  acknowledged = (**welcome)->acknowledged_event();
  connected_ = true;
  stations_.on_connected(StationId{"rig-1"});
  send_status();
  loop_.run();
  return {};
}

void FakeStation::disconnect() {
  connected_ = false;
  stations_.on_disconnected(StationId{"rig-1"});
  loop_.run();
}

void FakeStation::send_event(link::v1::Event event) {
  event.set_number(next_event++);
  event.set_bench("thrust-1");
  const auto number = event.number();
  stations_.on_event(StationId{"rig-1"}, "journal-1", std::move(event),
                     [this, number](const Status& status) {
                       if (status) acknowledged = number;
                     });
}

void FakeStation::send_status() {
  link::v1::BenchStatus status;
  status.set_bench("thrust-1");
  status.set_booking(booking_);
  status.set_armed(armed_);
  status.set_safe(proves_safe && !armed_);
  status.set_latched(!latched.empty());
  status.set_message(latched);
  status.set_reason(latched.empty() ? trouble : "INTERLOCK_OPEN");
  auto& reading = *status.add_readings();
  reading.set_channel("guard");
  reading.set_value(guard_closed ? 1 : 0);
  reading.set_unit("1");
  reading.set_quality(link::v1::QUALITY_GOOD);
  reading.set_monotonic_ns(loop_.now().time_since_epoch().count());
  stations_.on_status(StationId{"rig-1"}, status);
}

std::vector<std::string> FakeStation::orders() const {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(name_of(command));
  return names;
}

// As a station does: an old fence is refused, a repeated order gets its first answer.
link::v1::CommandResult FakeStation::carry_out(const link::v1::Command& command) {
  if (const auto first = answers_.find(command.command_id()); first != answers_.end()) {
    return first->second;
  }
  commands.push_back(command);
  link::v1::CommandResult result;
  result.set_command_id(command.command_id());
  const auto refuse = [&](Reason reason) { result.set_reason(std::string{wire_name(reason)}); };
  if (!refuses.empty()) {
    result.set_reason(std::exchange(refuses, {}));
  } else if (command.fence() < fence_) {
    refuse(Reason::FenceStale);
  } else if (command.has_assign()) {
    booking_ = command.assign().booking();
    confirmed_.clear();
  } else if (command.has_clear_latch()) {
    if (!guard_closed) {
      refuse(Reason::InterlockOpen);
    } else {
      latched.clear();
    }
  } else if (booking_.empty()) {
    refuse(Reason::NoGrant);
  } else if (command.has_confirm_setup()) {
    auto confirmed = confirmed_;
    for (const auto& answer : command.confirm_setup().answers()) {
      confirmed[answer.item()] = answer.confirmed();
    }
    if (!command.confirm_setup().dry_run()) confirmed_ = confirmed;
    auto& mounted = *result.add_setup_checks();
    mounted.set_item("dut-mounted");
    mounted.set_question("Is the DUT mounted?");
    mounted.set_complete(confirmed["dut-mounted"]);
    if (!mounted.complete()) mounted.set_message("not confirmed");
    auto& guard = *result.add_setup_checks();
    guard.set_item("guard-closed");
    guard.set_reading(guard_closed ? 1 : 0);
    guard.set_unit("1");
    guard.set_complete(guard_closed);
    if (!guard_closed) guard.set_message("guard reads open");
  } else if (command.has_arm()) {
    armed_ = true;
  } else if (command.has_release()) {
    armed_ = false;
    result.mutable_safe_state()->set_proved(proves_safe);
    if (!proves_safe) {
      refuse(Reason::SafeStateUnproved);
      result.set_message("current reads 12 A");
      result.mutable_safe_state()->set_message("current reads 12 A");
    }
    link::v1::Event event;
    event.set_booking(booking_);
    event.mutable_grant_ended()->set_proved_safe(proves_safe);
    booking_.clear();
    send_event(std::move(event));
  }
  if (adds && result.reason().empty()) adds(command, result);
  fence_ = std::max(fence_, command.fence());
  answers_[command.command_id()] = result;
  send_status();
  return result;
}

bool FakeStation::send(const StationId& station, const link::v1::Command& command) {
  if (station == silent) return true;
  if (!connected_) return false;
  stations_.on_result(station, carry_out(command));
  return true;
}

void FakeStation::call(const StationId& station, link::v1::Command command, Done done) {
  if (station == silent) return;
  if (!connected_ || !online) {
    return done(fail(Reason::BenchOffline, "the station is not connected"));
  }
  done(carry_out(command));
}

void FakeStation::watch(const StationId& /*station*/, const BenchId& bench, bool on) {
  watches.emplace_back(bench, on);
}

bool FakeStation::connected(const StationId& /*station*/) const { return connected_; }

SiteTest::SiteTest() : config_(site_config()) { open(); }
SiteTest::~SiteTest() { close(); }

void SiteTest::open() {
  auto store = store::open_sqlite_store({.directory = directory_.path() / "state"});
  ASSERT_TRUE(store) << store.error().to_string();
  store_ = std::move(*store);
  SiteParts parts;
  parts.config = config_;
  parts.store = store_.get();
  parts.clock = &loop_.clock();
  parts.timers = &loop_.timers();
  parts.strand = loop_.executor();
  parts.blocking = loop_.executor();
  parts.segments = directory_.path() / "segments";
  site_ = std::make_unique<Site>(std::move(parts));
  std::optional<Status> ready;
  site_->start([&](Status status) { ready = std::move(status); });
  wait([&] { return ready.has_value(); });
  ASSERT_TRUE(ready && *ready) << (*ready).error().to_string();

  auto station = std::make_unique<FakeStation>(site_->stations, loop_);
  station->config = kStation;
  station_ = station.get();
  site_->stations.attach(std::move(station));
  const auto connected = station_->connect();
  ASSERT_TRUE(connected) << connected.error().to_string();
}

void SiteTest::close() {
  if (!store_) return;
  store_->close();
  loop_.run();
  site_.reset();
  store_.reset();
}

void SiteTest::wait(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  loop_.run();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "did not happen in time";
      return;
    }
    std::this_thread::yield();
    loop_.run();
  }
}

// In steps, so that what timers ask of the store is answered on the way.
void SiteTest::advance(std::chrono::seconds time) {
  while (time > 0s) {
    const auto step = std::min<std::chrono::seconds>(time, 10s);
    loop_.advance(step);
    time -= step;
    // Round trips through the store's queues: what a timer asked has been answered, and what
    // followed from it as well.
    for (int round = 0; round < 2; ++round) {
      int answers = 0;
      const auto answered = [&](const auto&) {
        asio::post(loop_.executor(), [&answers] { ++answers; });
      };
      store_->next_deadline(answered);
      store_->fire_deadlines({UtcTime{}}, answered);
      wait([&] { return answers == 2; });
    }
  }
}

bool SiteTest::reaches(const std::string& booking,
                       v1::BookingState state,
                       std::chrono::seconds within) {
  for (; within >= 0s; within -= 1s) {
    if (get(booking).state() == state) return true;
    advance(1s);
  }
  return false;
}

google::protobuf::Timestamp SiteTest::at(std::chrono::seconds from_now) {
  google::protobuf::Timestamp time;
  put_time(loop_.clock().utc_now() + from_now, time);
  return time;
}

v1::Booking SiteTest::book(std::chrono::seconds length, const std::string& dut) {
  v1::CreateBookingRequest request;
  request.set_parent("tenants/volant");
  request.add_benches("sites/hub/benches/thrust-1");
  request.set_dut(dut);
  *request.mutable_start_time() = at(5min);
  put_duration(length, *request.mutable_duration());
  const auto response = call(site_->bookings, &Bookings::create_booking, volant_, request);
  EXPECT_TRUE(response) << response.error().to_string();
  return response ? response->booking() : v1::Booking{};
}

Result<v1::ConfirmSetupResponse> SiteTest::confirm(const std::string& booking, bool mounted) {
  v1::ConfirmSetupRequest request;
  request.set_name(booking);
  auto& answer = *request.add_answers();
  answer.set_item("dut-mounted");
  answer.set_confirmed(mounted);
  return call(site_->bookings, &Bookings::confirm_setup, volant_, request);
}

Result<v1::ArmResponse> SiteTest::arm(const std::string& booking) {
  v1::ArmRequest request;
  request.set_name(booking);
  return call(site_->bookings, &Bookings::arm, volant_, request);
}

Result<v1::ReleaseBookingResponse> SiteTest::release(const std::string& booking) {
  v1::ReleaseBookingRequest request;
  request.set_name(booking);
  request.set_removal_confirmed(true);
  return call(site_->bookings, &Bookings::release_booking, volant_, request);
}

v1::Booking SiteTest::get(const std::string& booking) {
  v1::GetBookingRequest request;
  request.set_name(booking);
  const auto response = call(site_->bookings, &Bookings::get_booking, volant_, request);
  EXPECT_TRUE(response) << response.error().to_string();
  return response ? response->booking() : v1::Booking{};
}

v1::BenchState SiteTest::bench_state() {
  v1::GetBenchRequest request;
  request.set_name("sites/hub/benches/thrust-1");
  const auto response = call(site_->benches, &Benches::get_bench, operator_, request);
  EXPECT_TRUE(response) << response.error().to_string();
  return response ? response->status().state() : v1::BENCH_STATE_UNSPECIFIED;
}

}  // namespace benchd::site
