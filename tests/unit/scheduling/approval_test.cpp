#include "daemon/scheduling/approval.hpp"

#include <vector>

#include "daemon/scheduling/slots.hpp"
#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::BookingState;

model::Booking approved(BookingState state = BookingState::Confirmed) {
  model::Booking value;
  value.state = state;
  value.interval = {at(100), at(200)};
  value.claims = {{BenchId{"thrust-1"}, {at(90), at(205)}, value.id}};
  return value;
}

struct WantedChange {
  const char* what;
  BookingChange change;
  bool is_more;
};

std::vector<WantedChange> changes() {
  const model::Interval same{at(100), at(200)};
  return {{"nothing but what is said of it", {.booked = same}, false},
          {"an earlier end", {.booked = {at(100), at(150)}}, false},
          {"a later start", {.booked = {at(120), at(200)}}, false},
          {"a later end", {.booked = {at(100), at(201)}}, true},
          {"an earlier start", {.booked = {at(99), at(200)}}, true},
          {"another time", {.booked = {at(300), at(310)}}, true},
          {"other benches", {.booked = same, .benches = true}, true},
          {"another test", {.booked = same, .content = true}, true}};
}

using MaybeEvent = std::optional<BookingEvent>;

MaybeEvent event_of(BookingState state, const BookingChange& change, bool needs_approval) {
  const auto event = event_of_change(approved(state), change, needs_approval);
  EXPECT_TRUE(event);
  return event.value_or(std::nullopt);
}

TEST(ApprovalTest, WhatWasApprovedAndBecomesMoreWaitsAgain) {
  for (const auto& [what, change, is_more] : changes()) {
    EXPECT_EQ(event_of(BookingState::Confirmed, change, true),
              is_more ? MaybeEvent{BookingEvent::Request} : MaybeEvent{})
        << what;
  }
}

TEST(ApprovalTest, WhereNoBenchNeedsOneNothingWaits) {
  for (const auto& [what, change, is_more] : changes()) {
    EXPECT_EQ(event_of(BookingState::Confirmed, change, false), MaybeEvent{}) << what;
    EXPECT_EQ(event_of(BookingState::Requested, change, false), MaybeEvent{BookingEvent::Approve})
        << what;
  }
}

TEST(ApprovalTest, WhatWaitsOrIsHeldGoesOnToDoSo) {
  for (const auto& [what, change, is_more] : changes()) {
    EXPECT_EQ(event_of(BookingState::Requested, change, true), MaybeEvent{}) << what;
    EXPECT_EQ(event_of(BookingState::Held, change, true), MaybeEvent{}) << what;
  }
}

TEST(ApprovalTest, ABookingThatHasBegunGetsNoMoreTime) {
  for (const auto state : {BookingState::Setup, BookingState::InUse}) {
    const auto longer = event_of_change(approved(state), {.booked = {at(100), at(230)}}, true);
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().reason, Reason::ApprovalNeeded);
    EXPECT_TRUE(event_of_change(approved(state), {.booked = {at(100), at(150)}}, true));
    EXPECT_TRUE(event_of_change(approved(state), {.booked = {at(100), at(230)}}, false));
  }
}

TEST(ApprovalTest, NobodyCanApproveWhatHasBegunSetupIncluded) {
  EXPECT_TRUE(check_approvable(approved(), at(89, 59)));
  const auto late = check_approvable(approved(), at(90));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, Reason::ApprovalNeeded);
}

TEST(ApprovalTest, AHeldBookingIsTakenByAskingWhereABenchNeedsIt) {
  EXPECT_EQ(confirm_event(true), BookingEvent::Request);
  EXPECT_EQ(confirm_event(false), BookingEvent::Confirm);
}

TEST(ApprovalTest, FreeTimesLeaveTimeForAnApproval) {
  auto bench = bench_with(10, 5);
  const SlotQuery query{.duration = std::chrono::minutes{60}, .window = {at(0), at(1000)}};
  EXPECT_EQ(find_slots({}, bench, query, {}, at(0)).at(0).booked.start, at(0));
  bench.needs_approval = true;
  EXPECT_EQ(find_slots({}, bench, query, {}, at(0)).at(0).booked.start, at(10, 1));
  const std::vector<BenchClaims> both{{bench_with(30, 0), {}}, {bench, {}}};
  EXPECT_EQ(find_common_slot(both, query.duration, query.window, {}, at(0))->start, at(10, 1));
}

}  // namespace
}  // namespace benchd::scheduling
