#include "tests/simulation/bookings/store_world.hpp"

namespace benchd::simulation {

using std::chrono::minutes;

namespace {

thread_local store::ChangeNumber newest_change = 0;

store::CreateBooking command_of(const Wish& wish, access::Operation operation, UtcTime now) {
  auto command = test::wanted(test::kAcme, 0, 0);
  command.call = test::by(test::kAcme, operation, now);
  command.id = wish.id;
  command.benches = wish.benches;
  command.layouts.resize(wish.benches.size());
  command.start = wish.start;
  command.end = wish.end;
  command.attendance = wish.attendance;
  command.hold = wish.hold;
  return command;
}

}  // namespace

StoreWorld::StoreWorld(int benches) {
  for (int at = 0; at < benches; ++at) {
    rules_.push_back(
        {BenchId{"bench-" + std::to_string(at)}, minutes{5 * (at % 3)}, minutes{3 * (at % 2)}});
  }
  open();
  EXPECT_TRUE(test::put_site(*store_));
  model::Station station{.id = test::kStation, .source = "station: {}", .config_hash = "h1"};
  for (const auto& rules : rules_) {
    model::Bench bench;
    bench.id = rules.id;
    bench.setup_time = rules.setup_time;
    bench.teardown_time = rules.teardown_time;
    station.benches.push_back(std::move(bench));
  }
  EXPECT_TRUE(test::put_station(*store_, station));
}

void StoreWorld::open() {
  auto opened = store::open_sqlite_store(
      {.directory = folder_.path() / "state", .policy = test::without_limits()});
  ASSERT_TRUE(opened) << opened.error().to_string();
  store_ = std::move(*opened);
}

void StoreWorld::crash() {
  store_.reset();
  open();
}

store::ChangeNumber StoreWorld::last_change() { return newest_change; }

Outcome StoreWorld::outcome_of(const Result<store::BookingRecord>& record) {
  if (!record) return {.reason = record.error().reason, .state = {}, .booked = {}, .occupied = {}};
  newest_change = record->change;
  Outcome outcome{.reason = {},
                  .state = record->booking.state,
                  .booked = record->booking.interval,
                  .occupied = {}};
  for (const auto& claim : record->booking.claims) outcome.occupied.push_back(claim.occupied);
  return outcome;
}

Outcome StoreWorld::create(const Wish& wish, UtcTime now) {
  return outcome_of(test::call<store::BookingRecord>([&](auto done) {
    store_->create_booking(command_of(wish, access::Operation::CreateBooking, now), done);
  }));
}

Outcome StoreWorld::update(const Wish& wish, UtcTime now) {
  return outcome_of(test::call<store::BookingRecord>([&](auto done) {
    store_->update_booking({command_of(wish, access::Operation::UpdateBooking, now), {}}, done);
  }));
}

Outcome StoreWorld::change(const BookingId& id, scheduling::BookingEvent event, UtcTime now) {
  auto moved = test::call<store::BookingMoved>([&](auto done) {
    store_->change_booking({.call = test::by(test::kAcme, access::Operation::CheckIn, now),
                            .tenant = test::kAcme,
                            .booking = id,
                            .event = event},
                           done);
  });
  if (!moved) return outcome_of(fail(moved.error()));
  return outcome_of(std::move(moved->booking));
}

void StoreWorld::fire(UtcTime now) {
  for (;;) {
    const auto moved = test::call<std::vector<store::BookingMoved>>(
        [&](auto done) { store_->fire_deadlines({.now = now}, done); });
    ASSERT_TRUE(moved);
    if (moved->empty()) return;
  }
}

Outcome StoreWorld::look(const BookingId& id) {
  return outcome_of(test::call<store::BookingRecord>([&](auto done) {
    store_->get_booking({std::nullopt, id}, done);
  }));
}

}  // namespace benchd::simulation
