#include "tests/simulation/site/site_world.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "daemon/model/hours.hpp"
#include "daemon/scheduling/open_time.hpp"
#include "daemon/site/queue_plan.hpp"
#include "tests/support/test_site.hpp"

namespace benchd::simulation {

namespace {

using access::Operation;
using model::BookingState;
using scheduling::BookingEvent;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kTenants = 12;
constexpr int kBenches = 20;
constexpr int kBenchesOfFirstStation = 15;

// In the winter, and across the changes of the clock in spring and in autumn.
const std::array kBegins{std::chrono::sys_days{std::chrono::January / 1 / 2026},
                         std::chrono::sys_days{std::chrono::March / 2 / 2026},
                         std::chrono::sys_days{std::chrono::October / 1 / 2026}};

TenantId tenant(int number) { return TenantId{"tenant-" + std::to_string(number)}; }

// Whose refusals the rules do not see one by one.
const TenantId kPlansSeries = tenant(kTenants - 1);

model::Site twelve_tenants() {
  model::Site site{.id = SiteId{"lab"}};
  for (int number = 0; number < kTenants; ++number) {
    site.tenants.push_back({tenant(number), "Tenant", {{MemberId{"mia"}, {model::Role::Member}}}});
  }
  site.staff = {{MemberId{"olga"}, {model::Role::Operator}}};
  return site;
}

model::Bench bench_number(int number) {
  model::Bench bench;
  bench.id = BenchId{"bench-" + std::to_string(number)};
  bench.setup_time = minutes{5 * (number % 3)};
  bench.teardown_time = minutes{5 * (number % 2)};
  bench.needs_approval = number % 10 == 2;
  if (number % 4 == 3) {
    bench.unattended = number % 8 == 3;
    bench.hours = *model::hours_from_text(
        "zone Europe/Berlin\nopen mon-sat 06:00-22:00\nstaffed mon-fri 08:00-18:00\n");
  }
  return bench;
}

UtcSeconds whole(UtcTime time) { return std::chrono::floor<seconds>(time); }

}  // namespace

SiteWorld::SiteWorld(unsigned seed)
    : random_(seed), now_(kBegins[seed % kBegins.size()] + std::chrono::hours{8}) {
  model::Station first{.id = StationId{"rig-1"}, .source = "station: {}", .config_hash = "h1"};
  model::Station second{.id = StationId{"rig-2"}, .source = "station: {}", .config_hash = "h1"};
  for (int number = 0; number < kBenches; ++number) {
    auto bench = bench_number(number);
    benches_.push_back(bench.id);
    bench_rules_[bench.id] = scheduling::rules_of(bench, {});
    auto& station = number < kBenchesOfFirstStation ? first : second;
    station.benches.push_back(std::move(bench));
  }
  open();
  EXPECT_TRUE(test::put_site(*store_, twelve_tenants()));
  EXPECT_TRUE(test::put_station(*store_, first));
  EXPECT_TRUE(test::put_station(*store_, second));
}

void SiteWorld::open() {
  auto opened = store::open_sqlite_store(
      {.directory = folder_.path() / std::to_string(lives_), .policy = policy_});
  ASSERT_TRUE(opened) << opened.error().to_string();
  store_ = std::move(*opened);
}

bool SiteWorld::may_crash() {
  if (!one_in(40) || testing::Test::HasFailure()) return false;
  crash();
  return true;
}

// The new process gets copies of the files, without what the old one writes when it ends. The
// database before its log: while nobody writes, a checkpoint only copies from the one to the other.
void SiteWorld::crash() {
  look_at_changes();
  const auto before = everything_in(*store_);
  const auto from = folder_.path() / std::to_string(lives_++);
  const auto to = folder_.path() / std::to_string(lives_);
  std::filesystem::create_directory(to);
  for (const char* file : {"store.id", "benchd.db", "benchd.db-wal"}) {
    std::filesystem::copy_file(from / file, to / file);
  }
  store_.reset();
  std::filesystem::remove_all(from);
  open();
  ++happened_["crash"];
  rules_.check_nothing_lost(*store_);
  ASSERT_EQ(everything_in(*store_), before);
  // It may have been down for a while; nobody is served before the deadlines have fired.
  if (one_in(3)) now_ += minutes{pick(1, 600)};
  fire_deadlines();
}

void SiteWorld::look_at_changes() {
  for (;;) {
    const auto changed = test::call<std::vector<store::BookingRecord>>(
        [&](auto done) { store_->list_changed_bookings({.after = seen_}, done); });
    ASSERT_TRUE(changed);
    if (changed->empty()) return;
    for (const auto& record : *changed) {
      rules_.saw(record);
      seen_ = std::max(seen_, record.change);
    }
  }
}

// Mostly the process wakes in time for what is due next, as it does; sometimes it is late.
void SiteWorld::pass_time() {
  auto until = now_ + seconds{pick(0, 2 * 3600)};
  const auto next =
      test::call<std::optional<UtcSeconds>>([&](auto done) { store_->next_deadline(done); });
  ASSERT_TRUE(next);
  if (!one_in(5)) {
    for (const auto& due : {*next, next_start_}) {
      if (due && *due > now_) until = std::min<UtcTime>(until, *due);
    }
  }
  now_ = until;
}

void SiteWorld::step() {
  pass_time();
  fire_deadlines();
  look_at_changes();
  people_come();
  for (int acts = pick(0, 7); acts > 0 && !testing::Test::HasFailure(); --acts) {
    may_crash();
    look_at_changes();
    act();
  }
  may_crash();
  prove_safe();
  fire_deadlines();
  run_queue();
  // Whoever waited may have been given time that has begun.
  fire_deadlines();
  look_at_changes();
  rules_.check_claims(*store_, benches_);
  rules_.check_deadlines(*store_, now_);
}

void SiteWorld::check_life() {
  look_at_changes();
  rules_.check_nothing_lost(*store_);
  rules_.check_audit(*store_);
  rules_.check_ledger(*store_, kPlansSeries);
}

void SiteWorld::act() {
  const int kind = pick(0, 99);
  if (kind < 25) return create_booking();
  if (kind < 28) return create_series();
  if (kind < 34) return join_waitlist();
  if (kind < 36) return mark_station();
  if (kind < 44) return update_booking();
  if (kind < 52) {
    return change({BookingState::Confirmed, BookingState::Held, BookingState::Waitlisted},
                  BookingEvent::Cancel, "cancel");
  }
  if (kind < 55) return change({BookingState::Held}, BookingEvent::Confirm, "confirm");
  if (kind < 58) {
    return one_in(4) ? change({BookingState::Requested}, BookingEvent::Reject, "rejection")
                     : change({BookingState::Requested}, BookingEvent::Approve, "approval");
  }
  if (kind < 66) return change({BookingState::Setup}, BookingEvent::CheckIn, "check-in");
  if (kind < 69) return change({BookingState::InUse}, BookingEvent::Release, "release");
  if (kind < 71) {
    return change({BookingState::Setup, BookingState::InUse}, BookingEvent::Fault, "fault");
  }
  if (kind < 90) return submit_job();
  if (kind < 92) return cancel_job();
  if (kind < 95) return create_outage();
  if (kind < 96) return end_outage();
  mark_bench(kind < 98 && quarantined_.size() < 4);
}

std::string SiteWorld::next_id(const char* prefix) {
  const auto number = std::to_string(++ids_);
  return prefix + std::string(6 - std::min<std::size_t>(number.size(), 5), '0') + number;
}

store::Call SiteWorld::call_of(const TenantId& of, Operation operation) {
  return {.caller = access::member_of(of, MemberId{"mia"}, {model::Role::Member}),
          .operation = operation,
          .now = now_};
}

store::Call SiteWorld::site_call() const {
  return {.caller = access::staff(MemberId{"olga"}, {model::Role::Operator}),
          .operation = Operation::CreateOutage,
          .now = now_};
}

// A few tenants and benches are asked for more than the others.
TenantId SiteWorld::any_tenant() { return tenant(pick(0, pick(0, kTenants - 1))); }
BenchId SiteWorld::any_bench() {
  return benches_[static_cast<std::size_t>(pick(0, pick(0, pick(0, kBenches - 1))))];
}

store::CreateBooking SiteWorld::any_wish() { return any_wish_of(any_tenant()); }

store::CreateBooking SiteWorld::any_wish_of(const TenantId& of) {
  store::CreateBooking wish{.call = call_of(of, Operation::CreateBooking),
                            .id = BookingId{next_id("b-")},
                            .tenant = of,
                            .member = MemberId{"mia"}};
  wish.benches = {any_bench()};
  if (one_in(5)) {
    const auto other = any_bench();
    if (other != wish.benches.front()) wish.benches.push_back(other);
  }
  wish.start = now_ + minutes{pick(0, 60 * 48)};
  wish.end = wish.start + minutes{pick(10, 600)};
  if (one_in(4)) wish.earliest = wish.start;
  if (one_in(3)) wish.attendance = model::Attendance::Unattended;
  wish.hold = one_in(6);
  return wish;
}

std::vector<BookingId> SiteWorld::in_state(std::initializer_list<BookingState> states) const {
  std::vector<BookingId> found;
  for (const auto& [id, record] : rules_.bookings()) {
    if (std::ranges::find(states, record.booking.state) != states.end()) found.push_back(id);
  }
  return found;
}

void SiteWorld::create_booking() {
  auto wish = any_wish();
  if (refused_ && one_in(4)) {
    // Once more, perhaps for a bit more or less.
    const auto id = wish.id;
    wish = *refused_;
    wish.id = id;
    wish.call.now = now_;
    wish.end += minutes{pick(-5, 5)};
  }
  const auto made =
      test::call<store::BookingRecord>([&](auto done) { store_->create_booking(wish, done); });
  count("booking", made.has_value());
  if (!made) {
    if (made.error().reason != Reason::SlotTaken) return;
    rules_.saw_refused(wish);
    refused_ = std::move(wish);
    return;
  }
  rules_.saw(*made);
  for (const auto& bench : wish.benches) {
    ASSERT_TRUE(scheduling::is_within_hours(bench_rules_.at(bench), wish.attendance,
                                            made->booking.interval))
        << wish.id;
  }
}

void SiteWorld::create_series() {
  store::CreateSeries series{.first = any_wish_of(kPlansSeries), .occurrences = {}};
  series.first.earliest.reset();
  series.first.series = model::SeriesId{next_id("s-")};
  series.skip_conflicting = one_in(2);
  for (int day = 0; day < pick(2, 5); ++day) {
    series.occurrences.emplace_back(BookingId{next_id("b-")},
                                    series.first.start + std::chrono::days{day});
  }
  const auto wanted = series.occurrences.size();
  const auto made = test::call<store::SeriesCreated>(
      [&](auto done) { store_->create_series(std::move(series), done); });
  count("series", made.has_value());
  if (!made) return;
  ASSERT_EQ(made->bookings.size() + made->skipped.size(), wanted);
  for (const auto& record : made->bookings) rules_.saw(record);
}

void SiteWorld::join_waitlist() {
  store::JoinWaitlist join{.wanted = any_wish(), .wait = {}};
  join.wanted.benches.clear();
  const auto start = whole(now_) + minutes{pick(0, 60 * 24)};
  join.wait = {.window = {start, start + minutes{pick(60, 60 * 24)}},
               .length = minutes{pick(10, 60)},
               .candidates = {{any_bench(), {}}, {any_bench(), {}}},
               .auto_accept = one_in(2)};
  const auto made = test::call<store::BookingRecord>(
      [&](auto done) { store_->join_waitlist(std::move(join), done); });
  count("wait", made.has_value());
  if (made) rules_.saw(*made);
}

void SiteWorld::update_booking() {
  const auto ids = in_state({BookingState::Confirmed, BookingState::Held, BookingState::InUse});
  if (ids.empty()) return;
  const auto& before = rules_.bookings().at(any_of(ids)).booking;
  auto wish = any_wish();
  wish.call = call_of(before.tenant, Operation::UpdateBooking);
  wish.earliest.reset();
  wish.id = before.id;
  wish.tenant = before.tenant;
  if (one_in(2)) {
    wish.benches = before.benches;
    wish.start = before.interval.start;
    wish.end = before.interval.end + minutes{pick(-60, 120)};
    wish.attendance = before.attendance;
  }
  wish.layouts.resize(wish.benches.size());
  const auto made = test::call<store::BookingRecord>([&](auto done) {
    store_->update_booking({.wanted = std::move(wish), .revision = std::nullopt}, done);
  });
  count("change", made.has_value());
  if (made) rules_.saw(*made);
}

void SiteWorld::change(std::initializer_list<BookingState> states,
                       BookingEvent event,
                       const char* what) {
  const auto ids = in_state(states);
  if (!ids.empty()) change(any_of(ids), event, what);
}

void SiteWorld::change(const BookingId& booking, BookingEvent event, const char* what) {
  const auto tenant_of = rules_.bookings().at(booking).booking.tenant;
  const auto moved = test::call<store::BookingMoved>([&](auto done) {
    store_->change_booking({.call = call_of(tenant_of, Operation::CheckIn),
                            .tenant = tenant_of,
                            .booking = booking,
                            .event = event},
                           done);
  });
  count(what, moved.has_value());
  if (moved) rules_.saw(moved->booking);
}

// Most of those whose time has begun come and have the bench granted; some do so too late.
void SiteWorld::people_come() {
  for (const auto& id : in_state({BookingState::Setup})) {
    if (one_in(3)) grant_benches(id);
    if (one_in(3)) change(id, BookingEvent::CheckIn, "check-in");
  }
}

// As ConfirmSetup does first: from then on the end needs a proof of safety.
void SiteWorld::grant_benches(const BookingId& booking) {
  const auto record = rules_.bookings().at(booking);
  for (const auto& bench : record.booking.benches) {
    store::CreateCommand grant{.call = call_of(record.booking.tenant, Operation::ConfirmSetup),
                               .tenant = record.booking.tenant,
                               .booking = record.booking.id,
                               .new_fence = true};
    grant.command.set_bench(bench.text());
    grant.command.mutable_assign()->set_booking(record.booking.id.text());
    const auto ordered = test::call<store::CommandRecord>(
        [&](auto done) { store_->create_command(std::move(grant), done); });
    ASSERT_TRUE(ordered) << ordered.error().to_string();
    rules_.saw_fence(bench, ordered->command.fence());
    if (may_crash()) break;
  }
  count("grant", true);
}

void SiteWorld::submit_job() {
  // Nobody adds to a queue for ever that is longer than what the benches can do.
  if (waiting_jobs_ > 30) return;
  store::JobRecord record;
  auto& job = record.job;
  job.id = model::JobId{next_id("j-")};
  job.tenant = any_tenant();
  job.member = MemberId{"mia"};
  job.sequence = {TenantId{}, SequenceId{"sweep"}, 1};
  job.attendance = model::Attendance::Unattended;
  job.maximum = minutes{one_in(8) ? 24 * 60 : pick(20, 480)};
  job.predicted = job.maximum * pick(3, 10) / 10;
  job.retries = pick(0, 2);
  if (one_in(4)) job.job_class = model::JobClass::Scavenger;
  job.preemptible = job.job_class == model::JobClass::Scavenger && one_in(2);
  if (one_in(4)) job.earliest = whole(now_) + minutes{pick(0, 60 * 24)};
  std::set<BenchId> fitting;
  for (int bench = 0; bench < pick(1, 6); ++bench) fitting.insert(any_bench());
  for (const auto& bench : fitting) job.fitting.push_back({bench, {}});
  const auto made = test::call<store::JobRecord>([&](auto done) {
    store_->create_job({call_of(job.tenant, Operation::SubmitJob), record}, done);
  });
  count("job", made.has_value());
  if (made) jobs_.push_back(made->job.id);
}

void SiteWorld::cancel_job() {
  if (jobs_.empty()) return;
  const auto id = any_of(jobs_);
  const auto cancelled = test::call<store::JobRecord>([&](auto done) {
    store_->cancel_job(
        {.call = {.now = now_}, .tenant = std::nullopt, .job = id, .revision = std::nullopt}, done);
  });
  count("cancelled job", cancelled.has_value());
}

void SiteWorld::create_outage() {
  store::CreateOutage command{.call = site_call(), .id = OutageId{next_id("o-")}};
  command.benches = {any_bench()};
  command.start = now_ + minutes{pick(0, 60 * 24)};
  command.end = command.start + minutes{pick(30, 60 * 24)};
  constexpr std::array kChoices{model::OverlapChoice::Refuse, model::OverlapChoice::Displace,
                                model::OverlapChoice::Shrink};
  command.others = kChoices[static_cast<std::size_t>(pick(0, 2))];
  const auto id = command.id;
  const auto made = test::call<store::OutageCreated>(
      [&](auto done) { store_->create_outage(std::move(command), done); });
  count("outage", made.has_value());
  if (made) outages_.push_back(id);
}

void SiteWorld::end_outage() {
  if (outages_.empty()) return;
  const auto id = any_of(outages_);
  const auto ended = test::call<store::OutageRecord>([&](auto done) {
    store_->end_outage({.call = site_call(), .outage = id, .revision = std::nullopt}, done);
  });
  count("ended outage", ended.has_value());
}

void SiteWorld::mark_bench(bool quarantine) {
  if (!quarantine && quarantined_.empty()) return;
  const auto bench = quarantine ? any_bench() : *quarantined_.begin();
  const auto marked = test::call<store::BenchRecord>([&](auto done) {
    store_->mark_bench({.call = site_call(), .bench = bench, .quarantined = quarantine}, done);
  });
  ASSERT_TRUE(marked);
  count(quarantine ? "quarantine" : "bench back", true);
  if (quarantine) {
    quarantined_.insert(bench);
  } else {
    quarantined_.erase(bench);
  }
}

void SiteWorld::mark_station() {
  const auto marked = test::call<void>([&](auto done) {
    store_->mark_station(
        {.station = StationId{"rig-2"}, .connected = second_station_away_, .now = now_}, done);
  });
  ASSERT_TRUE(marked);
  second_station_away_ = !second_station_away_;
  count(second_station_away_ ? "station lost" : "station back", true);
}

// As the station would, sooner or later.
void SiteWorld::prove_safe() {
  look_at_changes();
  for (const auto& id : in_state({BookingState::Teardown})) {
    if (one_in(4)) continue;
    const auto event = one_in(20) ? BookingEvent::SafeUnproved : BookingEvent::SafeProved;
    const auto moved = test::call<store::BookingMoved>([&](auto done) {
      store_->change_booking(
          {.call = {.now = now_}, .tenant = std::nullopt, .booking = id, .event = event}, done);
    });
    count("proof", moved.has_value());
    if (!moved) continue;
    rules_.saw(moved->booking);
    quarantined_.insert(moved->quarantined.begin(), moved->quarantined.end());
  }
}

void SiteWorld::fire_deadlines() {
  for (;;) {
    const auto moved = test::call<std::vector<store::BookingMoved>>(
        [&](auto done) { store_->fire_deadlines({.now = now_}, done); });
    ASSERT_TRUE(moved);
    if (moved->empty()) return;
    for (const auto& each : *moved) {
      quarantined_.insert(each.quarantined.begin(), each.quarantined.end());
    }
    happened_["deadline"] += static_cast<int>(moved->size());
    may_crash();
  }
}

// As site::Queue does: one job starts, then the plan is made anew.
void SiteWorld::run_queue() {
  while (!testing::Test::HasFailure()) {
    const auto now = whole(now_);
    auto queue = test::call<store::QueueState>([&](auto done) { store_->read_queue(now, done); });
    ASSERT_TRUE(queue);
    rules_.check_heads(*queue);
    waiting_jobs_ = queue->jobs.size();
    next_start_.reset();
    if (queue->jobs.empty()) return;
    auto plan = site::plan_queue(*queue, policy_, now);
    next_start_ = plan.next;
    rules_.check_moves(*queue, plan, now);
    if (plan.news) {
      ASSERT_TRUE(test::call<void>([&](auto done) {
        store_->write_plan({.now = now_, .plans = plan.changed, .heads = plan.heads}, done);
      }));
      rules_.saw_heads(plan.heads);
      if (may_crash()) continue;
    }
    std::vector<std::pair<model::JobId, BenchId>> starts;
    for (const auto& start : plan.starts) starts.emplace_back(start.job, start.bench);
    if (start_first(starts)) continue;
    if (!plan.preempt) return rules_.check_no_idle_bench(*queue, plan, now);
    const auto moved = test::call<store::BookingMoved>([&](auto done) {
      store_->change_booking({.call = {.now = now_},
                              .tenant = std::nullopt,
                              .booking = *plan.preempt,
                              .event = BookingEvent::Preempt},
                             done);
    });
    count("preemption", moved.has_value());
    if (!moved) return;
  }
}

bool SiteWorld::start_first(const std::vector<std::pair<model::JobId, BenchId>>& starts) {
  for (const auto& start : starts) {
    const auto started = test::call<store::BookingRecord>([&](auto done) {
      store_->start_job({.call = {.now = whole(now_)},
                         .job = start.first,
                         .booking = BookingId{next_id("b-")},
                         .bench = start.second},
                        done);
    });
    EXPECT_TRUE(started) << start.first << " is to start, which the store refuses: "
                         << started.error().to_string();
    count("start", started.has_value());
    if (started) return true;
  }
  return false;
}

}  // namespace benchd::simulation
