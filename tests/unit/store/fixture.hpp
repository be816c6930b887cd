#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/test_site.hpp"

namespace benchd::store {

using access::Operation;
using model::BookingState;
using scheduling::BookingEvent;
using test::by;
using test::call;
using test::kAcme;
using test::kBench;
using test::kOtherBench;
using test::kRival;
using test::kStation;
using test::minutes_later;
using test::wanted;

template <typename T>
Reason refusal(const Result<T>& answer) {
  return answer ? Reason::Internal : answer.error().reason;
}

// A store with two tenants and two benches (setup 10 min, teardown 5 min).
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    open();
    ASSERT_TRUE(test::put_site(*store_));
    ASSERT_TRUE(test::put_station(*store_));
  }

  void open() {
    auto opened = open_sqlite_store({.directory = folder_.path() / "state", .policy = policy_});
    ASSERT_TRUE(opened) << opened.error().to_string();
    store_ = std::move(*opened);
  }
  void open_again() {
    store_.reset();
    open();
  }

  Result<BookingRecord> book(const CreateBooking& command) {
    return call<BookingRecord>([&](auto done) { store_->create_booking(command, done); });
  }
  BookingId booked(const TenantId& tenant, int start, int end, int now = 0) {
    auto booking = book(wanted(tenant, start, end, now));
    EXPECT_TRUE(booking) << booking.error().to_string();
    return booking ? booking->booking.id : BookingId{};
  }
  // As the site asks for it: everything as it was, but for what `change` does.
  template <typename Change>
  Result<BookingRecord> update(const BookingId& id,
                               int now,
                               Change change,
                               const std::string& request_id = {}) {
    auto before = look(id);
    EXPECT_TRUE(before);
    const auto& booking = before->booking;
    auto command = wanted(booking.tenant, 0, 0, now);
    command.call.operation = Operation::UpdateBooking;
    command.call.request_id = request_id;
    command.id = id;
    command.member = booking.member;
    command.benches = booking.benches;
    command.layouts = before->layouts;
    command.start = booking.interval.start;
    command.end = booking.interval.end;
    command.attendance = booking.attendance;
    command.title = before->title;
    change(command);
    return call<BookingRecord>([&](auto done) {
      store_->update_booking({std::move(command), revision_}, done);
    });
  }
  Result<BookingRecord> move(const BookingId& id, int start, int end, int now = 0) {
    return update(id, now, [&](CreateBooking& command) {
      command.start = minutes_later(start);
      command.end = minutes_later(end);
    });
  }
  Result<BookingMoved> change(const BookingId& id,
                              BookingEvent event,
                              int now,
                              Operation operation = Operation::CheckIn) {
    return change({.call = by(kAcme, operation, minutes_later(now)),
                   .tenant = kAcme,
                   .booking = id,
                   .event = event});
  }
  Result<BookingMoved> change(const ChangeBooking& command) {
    return call<BookingMoved>([&](auto done) { store_->change_booking(command, done); });
  }
  std::vector<BookingMoved> fire(int now) {
    auto moved = call<std::vector<BookingMoved>>(
        [&](auto done) { store_->fire_deadlines({.now = minutes_later(now)}, done); });
    EXPECT_TRUE(moved);
    return moved ? *moved : std::vector<BookingMoved>{};
  }
  Result<BookingRecord> look(const BookingId& id, std::optional<TenantId> tenant = std::nullopt) {
    return call<BookingRecord>([&](auto done) { store_->get_booking({tenant, id}, done); });
  }
  BookingState state_of(const BookingId& id) {
    auto booking = look(id);
    EXPECT_TRUE(booking);
    return booking ? booking->booking.state : BookingState::Waitlisted;
  }
  Result<BenchRecord> bench(const BenchId& id = kBench) {
    return call<BenchRecord>([&](auto done) { store_->get_bench(id, done); });
  }
  // As the site does when a booking begins: the bench is granted.
  Result<CommandRecord> assign(const BookingId& booking, int now = 0) {
    CreateCommand command{
        .call = {.now = minutes_later(now)}, .booking = booking, .new_fence = true};
    command.command.set_bench(kBench.text());
    command.command.mutable_assign()->set_booking(booking.text());
    return call<CommandRecord>([&](auto done) { store_->create_command(command, done); });
  }
  // A booking of acme from minute 60 to 120 that is IN_USE at minute 60 and granted.
  BookingId in_use() {
    const auto id = booked(kAcme, 60, 120);
    fire(50);
    EXPECT_TRUE(assign(id, 55));
    EXPECT_TRUE(change(id, BookingEvent::CheckIn, 60));
    return id;
  }
  Result<std::int64_t> tell(std::vector<link::v1::Event> events,
                            int now = 61,
                            const StationId& station = kStation,
                            const std::string& journal = "j1") {
    return call<std::int64_t>([&](auto done) {
      store_->apply_station_events({station, journal, std::move(events), minutes_later(now)}, done);
    });
  }
  link::v1::Event event(std::int64_t number, const BookingId& booking = {}, const RunId& run = {}) {
    link::v1::Event event;
    event.set_number(number);
    event.set_bench(kBench.text());
    event.set_booking(booking.text());
    event.set_run(run.text());
    return event;
  }
  std::vector<AuditRecord> audit() {
    auto records = call<std::vector<AuditRecord>>(
        [&](auto done) { store_->list_audit({.limit = 100'000}, done); });
    EXPECT_TRUE(records);
    return records ? *records : std::vector<AuditRecord>{};
  }

  test::TemporaryFolder folder_;
  scheduling::Policy policy_;
  std::unique_ptr<Store> store_;
  std::optional<int> revision_;  // that update() expects
};

}  // namespace benchd::store
