#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class UpdateBookingTest : public StoreTest {
 protected:
  std::vector<model::Interval> busy(const BenchId& bench = kBench) {
    auto claims = call<std::vector<BenchBusy>>([&](auto done) {
      store_->list_claims({{bench},
                           {std::chrono::floor<std::chrono::seconds>(minutes_later(-600)),
                            std::chrono::floor<std::chrono::seconds>(minutes_later(6000))}},
                          done);
    });
    EXPECT_TRUE(claims);
    return claims ? claims->at(0).busy : std::vector<model::Interval>{};
  }
  static model::Interval between(int start, int end) {
    return {std::chrono::floor<std::chrono::seconds>(minutes_later(start)),
            std::chrono::floor<std::chrono::seconds>(minutes_later(end))};
  }
};

TEST_F(UpdateBookingTest, AMovedBookingOccupiesItsNewTimeAndNothingElse) {
  const auto id = booked(kAcme, 60, 120);
  const auto moved = move(id, 90, 180);
  ASSERT_TRUE(moved) << moved.error().to_string();
  EXPECT_EQ(moved->booking.interval, between(90, 180));
  EXPECT_EQ(moved->booking.revision, 2);
  open_again();
  EXPECT_EQ(look(id)->booking.interval, between(90, 180));
  EXPECT_EQ(busy(), std::vector{between(80, 185)});
  EXPECT_TRUE(book(wanted(kRival, 0, 75)));
}

TEST_F(UpdateBookingTest, ARefusedMoveLeavesTheBookingAsItWas) {
  const auto id = booked(kAcme, 60, 120);
  booked(kRival, 200, 240);
  EXPECT_EQ(refusal(move(id, 150, 210)), Reason::SlotTaken);
  EXPECT_EQ(refusal(move(id, -60, 120)), Reason::SlotInPast);
  EXPECT_EQ(refusal(move(id, 60, 60)), Reason::SlotTooShort);
  EXPECT_EQ(look(id)->booking.interval, between(60, 120));
  EXPECT_EQ(look(id)->booking.revision, 1);
  EXPECT_EQ(busy(), (std::vector{between(50, 125), between(190, 245)}));
}

TEST_F(UpdateBookingTest, TheRefusalOfAMoveIsThatOfABookingWhoeverHoldsTheTime) {
  const auto own = booked(kAcme, 60, 120);
  booked(kRival, 200, 240);
  const auto moved = move(own, 200, 260);
  const auto made = book(wanted(kRival, 200, 260));
  ASSERT_FALSE(moved);
  ASSERT_FALSE(made);
  EXPECT_EQ(moved.error(), made.error());
}

TEST_F(UpdateBookingTest, ABookingMovesToAnotherBench) {
  const auto id = booked(kAcme, 60, 120);
  const auto moved = update(id, 0, [](CreateBooking& command) { command.benches = {kOtherBench}; });
  ASSERT_TRUE(moved) << moved.error().to_string();
  EXPECT_EQ(busy(), std::vector<model::Interval>{});
  EXPECT_EQ(busy(kOtherBench), std::vector{between(50, 125)});
  EXPECT_EQ(moved->booking.benches, std::vector{kOtherBench});
}

TEST_F(UpdateBookingTest, AUsedBookingIsLengthenedInPlaceAndEndsThen) {
  const auto id = in_use();
  const auto longer = move(id, 60, 150, 100);
  ASSERT_TRUE(longer) << longer.error().to_string();
  EXPECT_EQ(longer->booking.state, BookingState::InUse);
  EXPECT_TRUE(longer->granted);
  EXPECT_EQ(busy(), std::vector{between(50, 155)});
  fire(130);
  EXPECT_EQ(state_of(id), BookingState::InUse);
  fire(150);
  EXPECT_EQ(state_of(id), BookingState::Teardown);
}

TEST_F(UpdateBookingTest, AUsedBookingCannotGrowIntoAnothersTime) {
  const auto id = in_use();
  booked(kRival, 150, 200, 61);
  EXPECT_EQ(refusal(move(id, 60, 140, 100)), Reason::SlotTaken);
  EXPECT_TRUE(move(id, 60, 135, 100));  // its teardown and the other's setup just fit
  EXPECT_EQ(busy(), (std::vector{between(50, 140), between(140, 205)}));
}

TEST_F(UpdateBookingTest, AUsedBookingIsShortenedAndOthersGetTheTime) {
  const auto id = in_use();
  EXPECT_EQ(refusal(move(id, 60, 99, 100)), Reason::SlotInPast);
  ASSERT_TRUE(move(id, 60, 101, 100));
  EXPECT_TRUE(book(wanted(kRival, 116, 140, 100)));
}

TEST_F(UpdateBookingTest, ABookingThatIsOverIsNotChanged) {
  const auto id = booked(kAcme, 60, 120);
  ASSERT_TRUE(change(id, BookingEvent::Cancel, 0, Operation::CancelBooking));
  EXPECT_EQ(refusal(move(id, 90, 150)), Reason::BookingNotActive);
  // Its time came and went, though nobody has looked since.
  const auto forgotten = booked(kAcme, 60, 120);
  EXPECT_EQ(refusal(move(forgotten, 200, 260, 130)), Reason::BookingNotActive);
}

TEST_F(UpdateBookingTest, AnotherRevisionIsRefused) {
  const auto id = booked(kAcme, 60, 120);
  revision_ = 1;
  ASSERT_TRUE(move(id, 90, 150));
  EXPECT_EQ(refusal(move(id, 60, 120)), Reason::EtagMismatch);
}

TEST_F(UpdateBookingTest, ARepeatedRequestGetsTheFirstAnswerAndMovesNothing) {
  const auto id = booked(kAcme, 60, 120);
  const auto later = [](CreateBooking& command) { command.end = minutes_later(180); };
  const auto first = update(id, 0, later, "r1");
  ASSERT_TRUE(first);
  ASSERT_TRUE(move(id, 60, 90));
  const auto again = update(id, 0, later, "r1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->booking.interval, first->booking.interval);
  EXPECT_EQ(again->booking.claims.at(0).occupied, first->booking.claims.at(0).occupied);
  EXPECT_EQ(look(id)->booking.interval, between(60, 90));
}

TEST_F(UpdateBookingTest, ADryRunChangesNothing) {
  const auto id = booked(kAcme, 60, 120);
  const auto trial = update(id, 0, [](CreateBooking& command) {
    command.call.validate_only = true;
    command.end = minutes_later(180);
  });
  ASSERT_TRUE(trial);
  EXPECT_EQ(trial->booking.interval, between(60, 180));
  EXPECT_EQ(look(id)->booking.interval, between(60, 120));
  EXPECT_EQ(busy(), std::vector{between(50, 125)});
}

TEST_F(UpdateBookingTest, ItIsHandedOverWithinTheTenantOnly) {
  auto site = test::two_tenants();
  site.tenants[0].members.push_back({MemberId{"ana"}, {model::Role::Member}});
  ASSERT_TRUE(test::put_site(*store_, site));
  const auto id = booked(kAcme, 60, 120);
  const auto given =
      update(id, 0, [](CreateBooking& command) { command.member = MemberId{"ana"}; });
  ASSERT_TRUE(given) << given.error().to_string();
  EXPECT_EQ(look(id)->booking.member, MemberId{"ana"});
  EXPECT_EQ(
      refusal(update(id, 0, [](CreateBooking& command) { command.member = MemberId{"rob"}; })),
      Reason::InvalidArgument);
}

TEST_F(UpdateBookingTest, AnotherTenantsBookingIsNotThere) {
  const auto id = booked(kAcme, 60, 120);
  EXPECT_EQ(refusal(update(id, 0,
                           [](CreateBooking& command) {
                             command.call = by(kRival, Operation::UpdateBooking, minutes_later(0));
                             command.tenant = kRival;
                           })),
            Reason::NotFoundOrDenied);
}

TEST_F(UpdateBookingTest, HeldTimeKeepsOthersOutUntilItExpires) {
  auto command = wanted(kAcme, 60, 120);
  command.hold = true;
  const auto held = book(command);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->booking.state, BookingState::Held);
  EXPECT_EQ(held->expires, minutes_later(10));
  EXPECT_EQ(refusal(book(wanted(kRival, 60, 120, 9))), Reason::SlotTaken);
  fire(10);
  EXPECT_EQ(state_of(command.id), BookingState::Expired);
  EXPECT_TRUE(book(wanted(kRival, 60, 120, 10)));
}

TEST_F(UpdateBookingTest, HeldTimeThatIsConfirmedIsABooking) {
  auto command = wanted(kAcme, 60, 120);
  command.hold = true;
  ASSERT_TRUE(book(command));
  ASSERT_TRUE(change(command.id, BookingEvent::Confirm, 9, Operation::ConfirmBooking));
  fire(30);
  EXPECT_EQ(state_of(command.id), BookingState::Confirmed);
  EXPECT_EQ(refusal(change(command.id, BookingEvent::Confirm, 30, Operation::ConfirmBooking)),
            Reason::BookingNotActive);
}

TEST_F(UpdateBookingTest, WhoConfirmsTooLateIsTooLateThoughNobodyHasLookedSince) {
  auto command = wanted(kAcme, 60, 120);
  command.hold = true;
  ASSERT_TRUE(book(command));
  EXPECT_EQ(refusal(change(command.id, BookingEvent::Confirm, 10, Operation::ConfirmBooking)),
            Reason::BookingNotActive);
}

TEST_F(UpdateBookingTest, CancellingWithLittleNoticeIsLate) {
  const auto id = booked(kAcme, 60, 120);
  ASSERT_TRUE(change(id, BookingEvent::Cancel, 20, Operation::CancelBooking));
  EXPECT_EQ(state_of(id), BookingState::LateCancelled);
  const auto early = booked(kAcme, 60 + 2 * 1440, 120 + 2 * 1440);
  ASSERT_TRUE(change(early, BookingEvent::Cancel, 20, Operation::CancelBooking));
  EXPECT_EQ(state_of(early), BookingState::Cancelled);
}

}  // namespace
}  // namespace benchd::store
