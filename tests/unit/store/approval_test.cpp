#include <gmock/gmock.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using testing::ElementsAre;

// thrust-1 needs an approval (within 48 hours), thrust-2 does not. Setup takes 10 minutes.
class StoreApprovalTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto station = test::two_benches();
    station.benches[0].needs_approval = true;
    ASSERT_TRUE(test::put_station(*store_, station));
  }

  Result<BookingMoved> decide(const BookingId& id,
                              BookingEvent event,
                              int now,
                              std::optional<int> revision = std::nullopt,
                              const std::string& message = {}) {
    return change({.call = {.caller = access::staff(MemberId{"olga"}, {model::Role::Operator}),
                            .operation = Operation::ApproveBooking,
                            .now = minutes_later(now)},
                   .tenant = kAcme,
                   .booking = id,
                   .event = event,
                   .revision = revision,
                   .message = message});
  }
  // A booking from minute 600 on that was approved.
  BookingId approved() {
    const auto id = booked(kAcme, 600, 660);
    EXPECT_TRUE(decide(id, BookingEvent::Approve, 10));
    return id;
  }
  std::vector<model::NotificationEvent> told(int now) {
    const auto due = call<std::vector<DueNotification>>(
        [&](auto done) { store_->list_due_notifications({.now = minutes_later(now)}, done); });
    std::vector<model::NotificationEvent> events;
    for (const auto& each : *due) events.push_back(each.record.event);
    return events;
  }
  void want(std::vector<model::NotificationEvent> events) {
    ASSERT_TRUE(call<model::NotificationSettings>([&](auto done) {
      store_->put_notification_settings(
          {.call = by(kAcme, Operation::UpdateNotificationSettings, minutes_later(0)),
           .settings = {.tenant = kAcme,
                        .member = MemberId{"mia"},
                        .events = std::move(events),
                        .use_hook = true}},
          done);
    }));
  }
};

TEST_F(StoreApprovalTest, ABookingWaitsAndHoldsItsTimeUntilItIsApproved) {
  const auto id = booked(kAcme, 600, 660);
  EXPECT_EQ(state_of(id), BookingState::Requested);
  EXPECT_EQ(look(id)->expires, minutes_later(590)) << "before its setup begins";
  EXPECT_EQ(refusal(book(wanted(kRival, 600, 660))), Reason::SlotTaken);
  EXPECT_EQ(refusal(change(id, BookingEvent::CheckIn, 20)), Reason::BookingNotActive);
  ASSERT_TRUE(decide(id, BookingEvent::Approve, 30));
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  EXPECT_FALSE(look(id)->expires);
  fire(590);
  EXPECT_EQ(state_of(id), BookingState::Setup);
  EXPECT_EQ(audit().at(audit().size() - 2).entry.actor, "staff/olga");
}

TEST_F(StoreApprovalTest, TheDeadlineIsThePolicysTimeAfterItWasAskedFor) {
  const auto id = booked(kAcme, 10'000, 10'060, 60);
  EXPECT_EQ(look(id)->expires, minutes_later(60 + 48 * 60));
  EXPECT_TRUE(fire(59 + 48 * 60).empty());
  open_again();
  ASSERT_EQ(fire(60 + 48 * 60).size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::Expired);
  EXPECT_TRUE(book(wanted(kRival, 10'000, 10'060, 60 + 48 * 60)));
}

TEST_F(StoreApprovalTest, ARejectionSaysWhyAndFreesTheTime) {
  const auto id = booked(kAcme, 600, 660);
  ASSERT_TRUE(decide(id, BookingEvent::Reject, 30, 1, "The compressor is being moved."));
  EXPECT_EQ(state_of(id), BookingState::Rejected);
  EXPECT_EQ(look(id)->message, "The compressor is being moved.");
  EXPECT_TRUE(book(wanted(kRival, 600, 660, 30)));
  EXPECT_EQ(refusal(decide(id, BookingEvent::Approve, 31)), Reason::BookingNotActive);
}

TEST_F(StoreApprovalTest, WhatWasReadIsWhatIsApproved) {
  const auto id = booked(kAcme, 600, 660);
  ASSERT_TRUE(move(id, 700, 800, 5));
  EXPECT_EQ(refusal(decide(id, BookingEvent::Approve, 10, 1)), Reason::EtagMismatch);
  EXPECT_TRUE(decide(id, BookingEvent::Approve, 10, 2));
}

TEST_F(StoreApprovalTest, AnApprovalAfterTheDeadlineComesTooLate) {
  const auto id = booked(kAcme, 600, 660);
  EXPECT_EQ(refusal(decide(id, BookingEvent::Approve, 590)), Reason::BookingNotActive);
  fire(590);
  EXPECT_EQ(state_of(id), BookingState::Expired);
}

TEST_F(StoreApprovalTest, NobodyCouldApproveWhatBeginsAtOnce) {
  EXPECT_EQ(refusal(book(wanted(kAcme, 10, 60))), Reason::ApprovalNeeded);
  EXPECT_TRUE(book(wanted(kAcme, 11, 60)));
  auto first = wanted(kRival, 0, 30);
  first.earliest = minutes_later(0);
  first.benches = {kOtherBench, kBench};
  const auto found = book(first);
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_GT(found->booking.claims.at(1).occupied.start, minutes_later(0));
  EXPECT_EQ(found->booking.state, BookingState::Requested) << "one of its benches needs it";
}

TEST_F(StoreApprovalTest, ARefusalNamesATimeOnTheGridAsForAnyBench) {
  booked(kRival, 60, 95);  // until 100, with its teardown
  const auto taken = book(wanted(kAcme, 105, 130));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().context.at("next_free"), "2026-01-01T10:00:00Z");
}

TEST_F(StoreApprovalTest, WhatIsHeldWaitsOnceItIsTaken) {
  auto command = wanted(kAcme, 10'000, 10'060);
  command.hold = true;
  ASSERT_TRUE(book(command));
  EXPECT_EQ(state_of(command.id), BookingState::Held);
  const auto taken = change(command.id, BookingEvent::Confirm, 5, Operation::ConfirmBooking);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->booking.booking.state, BookingState::Requested);
  EXPECT_EQ(taken->booking.expires, minutes_later(5 + 48 * 60)) << "from now on";
}

TEST_F(StoreApprovalTest, AnApprovedBookingThatBecomesMoreWaitsAgainFromThenOn) {
  const auto id = approved();
  ASSERT_TRUE(move(id, 600, 650, 20));
  EXPECT_EQ(state_of(id), BookingState::Confirmed) << "less";
  ASSERT_TRUE(move(id, 10'000, 10'050, 30));
  EXPECT_EQ(state_of(id), BookingState::Requested);
  EXPECT_EQ(look(id)->expires, minutes_later(30 + 48 * 60));
  ASSERT_TRUE(move(id, 10'100, 10'150, 40));
  EXPECT_EQ(look(id)->expires, minutes_later(30 + 48 * 60)) << "no change puts it off";
  ASSERT_TRUE(update(id, 50, [](CreateBooking& command) { command.benches = {kOtherBench}; }));
  EXPECT_EQ(state_of(id), BookingState::Confirmed) << "this bench needs none";
}

TEST_F(StoreApprovalTest, AnotherTestOfAnApprovedBookingWaitsAgain) {
  const auto id = approved();
  ASSERT_TRUE(update(id, 20, [](CreateBooking& command) { command.title = "Prop"; }));
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  ASSERT_TRUE(update(id, 30, [](CreateBooking& command) {
    command.sequence = {TenantId{}, SequenceId{"sweep"}, 1};
  }));
  EXPECT_EQ(state_of(id), BookingState::Requested);
}

TEST_F(StoreApprovalTest, AnApprovedBookingThatHasBegunIsNotLengthened) {
  const auto id = approved();
  fire(590);
  EXPECT_EQ(refusal(move(id, 600, 700, 595)), Reason::ApprovalNeeded);
  EXPECT_TRUE(move(id, 600, 640, 595));
}

TEST_F(StoreApprovalTest, ARefusedChangeLeavesTheApproval) {
  const auto id = approved();
  EXPECT_EQ(refusal(move(id, 31, 60, 25)), Reason::ApprovalNeeded) << "its setup has begun";
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
}

TEST_F(StoreApprovalTest, TheMemberIsToldAndOfTheSetupOnlyOnceApproved) {
  using Event = model::NotificationEvent;
  want({model::kNotificationEvents.begin(), model::kNotificationEvents.end()});
  const auto id = approved();
  EXPECT_THAT(told(10), ElementsAre(Event::BookingApproved));
  EXPECT_THAT(told(560), ElementsAre(Event::BookingApproved, Event::SetupDue));
  ASSERT_TRUE(update(
      id, 20, [](CreateBooking& command) { command.attendance = model::Attendance::Unattended; }));
  EXPECT_THAT(told(560), ElementsAre(Event::BookingApproved, Event::BookingChanged))
      << "it waits again";
  ASSERT_TRUE(decide(id, BookingEvent::Reject, 30));
  EXPECT_THAT(told(30),
              ElementsAre(Event::BookingApproved, Event::BookingChanged, Event::BookingRejected));
}

TEST_F(StoreApprovalTest, NothingIsChargedForWhatWasNotApproved) {
  const auto id = booked(kAcme, 600, 660);
  ASSERT_TRUE(decide(id, BookingEvent::Reject, 30));
  const auto sums = call<std::vector<UsageSum>>([&](auto done) {
    store_->sum_usage(
        {.windows = {{std::chrono::floor<std::chrono::seconds>(minutes_later(0)),
                      std::chrono::floor<std::chrono::seconds>(minutes_later(1000))}}},
        done);
  });
  ASSERT_TRUE(sums);
  for (const auto& sum : *sums) EXPECT_EQ(sum.counted.count(), 0);
}

TEST_F(StoreApprovalTest, WhatWaitsCanBeListedForAllTenants) {
  const auto waiting = booked(kAcme, 700, 760);
  approved();
  const auto page = call<Page<BookingRecord>>(
      [&](auto done) { store_->list_bookings({.state = BookingState::Requested}, done); });
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->items[0].booking.id, waiting);
}

TEST_F(StoreApprovalTest, WhatWasBookedBeforeTheBenchAskedForItStays) {
  ASSERT_TRUE(test::put_station(*store_));
  const auto id = booked(kAcme, 600, 660);
  auto station = test::two_benches();
  station.benches[0].needs_approval = true;
  ASSERT_TRUE(test::put_station(*store_, station));
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  ASSERT_TRUE(move(id, 600, 700, 20));
  EXPECT_EQ(state_of(id), BookingState::Requested);
}

}  // namespace
}  // namespace benchd::store
