// What one tenant may never see of another.
#include <set>

#include "daemon/access/redaction.hpp"
#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class IsolationTest : public StoreTest {
 protected:
  Page<BookingRecord> list(ListBookings query) {
    auto page = call<Page<BookingRecord>>([&](auto done) { store_->list_bookings(query, done); });
    EXPECT_TRUE(page) << page.error().to_string();
    return page ? *page : Page<BookingRecord>{};
  }
};

TEST_F(IsolationTest, WhatIsMissingAndWhatIsAnothersReadTheSame) {
  const auto id = booked(kAcme, 60, 120);
  const auto foreign = look(id, kRival);
  const auto missing = look(BookingId{"b-none"}, kRival);
  ASSERT_FALSE(foreign);
  ASSERT_FALSE(missing);
  EXPECT_EQ(foreign.error(), missing.error());
  EXPECT_EQ(foreign.error(), access::not_found_or_denied());

  ChangeBooking cancel{.call = by(kRival, Operation::CancelBooking, minutes_later(1)),
                       .tenant = kRival,
                       .booking = id,
                       .event = BookingEvent::Cancel};
  const auto not_mine = change(cancel);
  cancel.booking = BookingId{"b-none"};
  const auto not_there = change(cancel);
  ASSERT_FALSE(not_mine);
  ASSERT_FALSE(not_there);
  EXPECT_EQ(not_mine.error(), not_there.error());
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
}

TEST_F(IsolationTest, ListsHoldOnlyTheTenantsOwn) {
  const auto mine = booked(kAcme, 60, 120);
  booked(kRival, 200, 260);
  const auto page = list({.tenant = kAcme});
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].booking.id, mine);
  EXPECT_EQ(list({}).items.size(), 2U);
}

TEST_F(IsolationTest, PagesGoThroughAllLatestFirstEachOnce) {
  std::set<BookingId> made;
  for (int number = 0; number < 7; ++number) {
    made.insert(booked(kAcme, 60 + number * 200, 120 + number * 200));
    booked(kRival, 190 + number * 200, 195 + number * 200);
  }
  std::set<BookingId> seen;
  ListBookings query{.tenant = kAcme, .page = {.size = 3}};
  UtcSeconds last = UtcSeconds::max();
  int pages = 0;
  while (true) {
    const auto page = list(query);
    ++pages;
    for (const auto& item : page.items) {
      EXPECT_LT(item.booking.interval.start, last);
      last = item.booking.interval.start;
      EXPECT_TRUE(seen.insert(item.booking.id).second);
    }
    if (page.next_token.empty()) break;
    query.page.token = page.next_token;
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, made);
}

TEST_F(IsolationTest, APageTokenOfAnotherTenantIsNoToken) {
  booked(kAcme, 60, 120);
  booked(kAcme, 200, 260);
  const auto token = list({.tenant = kAcme, .page = {.size = 1}}).next_token;
  ASSERT_FALSE(token.empty());
  for (const auto& bad : {token, std::string{"zz"}, std::string{"abc"}, std::string{"00"}}) {
    ListBookings query{.tenant = kRival, .page = {.size = 1, .token = bad}};
    const auto page =
        call<Page<BookingRecord>>([&](auto done) { store_->list_bookings(query, done); });
    EXPECT_EQ(refusal(page), Reason::InvalidArgument) << bad;
  }
}

TEST_F(IsolationTest, FiltersByBenchAndByState) {
  const auto gone = booked(kAcme, 60, 120);
  ASSERT_TRUE(change(gone, BookingEvent::Cancel, 1, Operation::CancelBooking));
  const auto kept = booked(kAcme, 60, 120);
  auto elsewhere = wanted(kAcme, 300, 360);
  elsewhere.benches = {kOtherBench};
  ASSERT_TRUE(book(elsewhere));
  const auto page = list({.tenant = kAcme, .bench = kBench, .open_only = true});
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].booking.id, kept);
  EXPECT_EQ(list({.tenant = kAcme, .bench = kBench}).items.size(), 2U);
  EXPECT_EQ(list({.tenant = kAcme, .open_only = true}).items.size(), 2U);
}

TEST_F(IsolationTest, ARevokedMemberIsDeniedFromTheNextCallOn) {
  const auto id = booked(kAcme, 60, 120);
  auto site = test::two_tenants();
  site.tenants[0].members.clear();
  ASSERT_TRUE(test::put_site(*store_, site));
  EXPECT_EQ(refusal(book(wanted(kAcme, 200, 260))), Reason::NotFoundOrDenied);
  EXPECT_EQ(refusal(change(id, BookingEvent::Cancel, 1, Operation::CancelBooking)),
            Reason::NotFoundOrDenied);
  EXPECT_FALSE(store_->directory()->find_member(kAcme, MemberId{"mia"}));
  EXPECT_TRUE(look(id, kAcme)) << "what was booked stays";
}

TEST_F(IsolationTest, ADutIsFoundByItsOwnTenantOnly) {
  CreateDut command{.call = by(kAcme, Operation::CreateDut, minutes_later(0)),
                    .dut = {.id = DutId{"motor-1"}, .tenant = kAcme, .title = "Motor"}};
  ASSERT_TRUE(call<DutRecord>([&](auto done) { store_->create_dut(command, done); }));
  const auto get = [&](const TenantId& tenant) {
    return call<DutRecord>([&](auto done) { store_->get_dut({tenant, DutId{"motor-1"}}, done); });
  };
  EXPECT_TRUE(get(kAcme));
  EXPECT_EQ(refusal(get(kRival)), Reason::NotFoundOrDenied);
  command.call = by(kRival, Operation::CreateDut, minutes_later(0));
  command.dut.tenant = kRival;
  EXPECT_TRUE(call<DutRecord>([&](auto done) { store_->create_dut(command, done); }))
      << "names of others do not get in the way";
}

TEST_F(IsolationTest, ChangesAreListedForTheTenantOnlyAndCanBeResumed) {
  const auto changed = [&](const TenantId& tenant, ChangeNumber after) {
    return *call<std::vector<BookingRecord>>([&](auto done) {
      store_->list_changed_bookings({.tenant = tenant, .after = after}, done);
    });
  };
  const auto mine = booked(kAcme, 60, 120);
  booked(kRival, 200, 260);
  const auto first = changed(kAcme, 0);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(changed(kAcme, first[0].change).empty());
  ASSERT_TRUE(change(mine, BookingEvent::Cancel, 1, Operation::CancelBooking));
  const auto second = changed(kAcme, first[0].change);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].booking.state, BookingState::Cancelled);
}

}  // namespace
}  // namespace benchd::store
