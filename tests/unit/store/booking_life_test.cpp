#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class BookingLifeTest : public StoreTest {};

TEST_F(BookingLifeTest, ABookingGoesThroughItsStatesToCompleted) {
  const auto id = booked(kAcme, 60, 120);
  EXPECT_TRUE(fire(49).empty());
  ASSERT_EQ(fire(50).size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::Setup);
  ASSERT_TRUE(assign(id, 55));
  ASSERT_TRUE(change(id, BookingEvent::CheckIn, 60));
  EXPECT_EQ(look(id)->check_in_time, minutes_later(60));
  ASSERT_EQ(fire(120).size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::Teardown);
  auto ended = event(1, id);
  ended.mutable_grant_ended()->set_proved_safe(true);
  ASSERT_TRUE(tell({ended}, 121));
  EXPECT_EQ(state_of(id), BookingState::Completed);
  EXPECT_FALSE(bench()->quarantined);
  EXPECT_TRUE(book(wanted(kRival, 131, 150, 121))) << "the time is free again";
}

TEST_F(BookingLifeTest, AReleaseFreesTheRestOfTheTimeButTheTeardown) {
  const auto id = in_use();
  const auto moved = change(id, BookingEvent::Release, 80, Operation::ReleaseBooking);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->booking.booking.state, BookingState::Teardown);
  EXPECT_EQ(moved->booking.booking.claims.at(0).occupied.end, minutes_later(85));
  EXPECT_EQ(refusal(book(wanted(kRival, 94, 100, 80))), Reason::SlotTaken);
  EXPECT_TRUE(book(wanted(kRival, 95, 100, 80)));
}

TEST_F(BookingLifeTest, ACancelledBookingFreesItsTime) {
  const auto id = booked(kAcme, 60, 120);
  const auto moved = change(id, BookingEvent::Cancel, 10, Operation::CancelBooking);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->booking.booking.state, BookingState::Cancelled);
  EXPECT_TRUE(book(wanted(kRival, 60, 120, 10)));
  EXPECT_EQ(refusal(change(id, BookingEvent::Cancel, 11, Operation::CancelBooking)),
            Reason::BookingNotActive);
}

TEST_F(BookingLifeTest, ACancelAfterSetupHasBegunIsLate) {
  const auto id = booked(kAcme, 60, 120);
  // Nobody has fired the deadline yet; the time counts all the same.
  const auto moved = change(id, BookingEvent::Cancel, 55, Operation::CancelBooking);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->booking.booking.state, BookingState::LateCancelled);
}

TEST_F(BookingLifeTest, NobodyThereWithinTheGraceIsANoShowAndFreesTheTime) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  EXPECT_TRUE(fire(65).empty());
  ASSERT_EQ(fire(66).size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::NoShow) << "never granted: nothing to prove";
  EXPECT_TRUE(book(wanted(kRival, 76, 120, 66)));
}

TEST_F(BookingLifeTest, AGrantedNoShowMustBeProvedSafe) {
  const auto id = booked(kAcme, 60, 120);
  fire(50);
  ASSERT_TRUE(assign(id, 55));
  fire(66);
  EXPECT_EQ(state_of(id), BookingState::Teardown);
  EXPECT_EQ(look(id)->booking.heading_for, BookingState::NoShow);
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 67));
  EXPECT_EQ(state_of(id), BookingState::NoShow);
}

TEST_F(BookingLifeTest, ABenchThatIsNotProvedSafeInTimeIsQuarantined) {
  const auto id = in_use();
  fire(120);
  const auto moved = fire(125);
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].quarantined, std::vector<BenchId>{kBench});
  EXPECT_EQ(moved[0].booking.booking.state, BookingState::Completed);
  EXPECT_EQ(state_of(id), BookingState::Completed);
  EXPECT_TRUE(bench()->quarantined);
  EXPECT_EQ(bench()->reason, "SAFE_STATE_UNPROVED");
  EXPECT_FALSE(bench(kOtherBench)->quarantined);
}

TEST_F(BookingLifeTest, AnUnprovedSafeStateQuarantinesTheBench) {
  const auto id = in_use();
  ASSERT_TRUE(change(id, BookingEvent::Release, 80, Operation::ReleaseBooking));
  auto ended = event(1, id);
  ended.mutable_grant_ended()->set_proved_safe(false);
  ASSERT_TRUE(tell({ended}, 81));
  EXPECT_EQ(state_of(id), BookingState::Completed);
  EXPECT_TRUE(bench()->quarantined);
}

TEST_F(BookingLifeTest, AGrantThatEndsLongBeforeTheBookingInterruptsIt) {
  const auto id = in_use();
  auto ended = event(1, id);
  ended.mutable_grant_ended()->set_proved_safe(true);
  ASSERT_TRUE(tell({ended}, 70));
  EXPECT_EQ(state_of(id), BookingState::Interrupted);
}

TEST_F(BookingLifeTest, AGrantThatEndsByItsTimeCompletesTheBooking) {
  const auto id = in_use();
  auto ended = event(1, id);
  ended.mutable_grant_ended()->set_proved_safe(true);
  ASSERT_TRUE(tell({ended}, 120));
  EXPECT_EQ(state_of(id), BookingState::Completed);
}

TEST_F(BookingLifeTest, ABookingOfTwoBenchesIsOverWhenBothAreProvedSafe) {
  auto command = wanted(kAcme, 60, 120);
  command.benches = {kBench, kOtherBench};
  ASSERT_TRUE(book(command));
  fire(50);
  ASSERT_TRUE(assign(command.id, 55));
  ASSERT_TRUE(change(command.id, BookingEvent::CheckIn, 60));
  ASSERT_TRUE(change(command.id, BookingEvent::Release, 80, Operation::ReleaseBooking));
  auto first = event(1, command.id);
  first.mutable_grant_ended()->set_proved_safe(true);
  ASSERT_TRUE(tell({first}, 81));
  EXPECT_EQ(state_of(command.id), BookingState::Teardown);
  auto second = event(2, command.id);
  second.set_bench(kOtherBench.text());
  second.mutable_grant_ended()->set_proved_safe(false);
  ASSERT_TRUE(tell({second}, 82));
  EXPECT_EQ(state_of(command.id), BookingState::Completed);
  EXPECT_FALSE(bench(kBench)->quarantined) << "this one was proved";
  EXPECT_TRUE(bench(kOtherBench)->quarantined);
}

TEST_F(BookingLifeTest, AcrossAnEndANoShowAndAStartAStoreThatWasDownCatchesUpEachOnceInOrder) {
  const auto used = booked(kAcme, 15, 40);
  fire(5);
  ASSERT_TRUE(change(used, BookingEvent::CheckIn, 15));
  const auto unused = booked(kAcme, 60, 120, 15);
  const auto later = booked(kRival, 200, 260, 15);
  open_again();
  const auto moved = fire(205);
  std::vector<std::pair<BookingId, BookingState>> seen;
  for (const auto& each : moved)
    seen.emplace_back(each.booking.booking.id, each.booking.booking.state);
  EXPECT_EQ(seen, (std::vector<std::pair<BookingId, BookingState>>{{used, BookingState::Completed},
                                                                   {unused, BookingState::Setup},
                                                                   {unused, BookingState::NoShow},
                                                                   {later, BookingState::Setup}}));
  EXPECT_TRUE(fire(205).empty());
  open_again();
  EXPECT_TRUE(fire(205).empty());
}

TEST_F(BookingLifeTest, TheNextDeadlineIsTheEarliestOfAll) {
  const auto next = [&] {
    return *call<std::optional<UtcSeconds>>([&](auto done) { store_->next_deadline(done); });
  };
  EXPECT_FALSE(next());
  booked(kAcme, 300, 360);
  booked(kAcme, 60, 120);
  EXPECT_EQ(next(), minutes_later(50));
}

TEST_F(BookingLifeTest, AChangeOfAnotherRevisionIsRefused) {
  const auto id = booked(kAcme, 60, 120);
  ChangeBooking cancel{.call = by(kAcme, Operation::CancelBooking, minutes_later(1)),
                       .tenant = kAcme,
                       .booking = id,
                       .event = BookingEvent::Cancel,
                       .revision = 2};
  EXPECT_EQ(refusal(change(cancel)), Reason::EtagMismatch);
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  cancel.revision = 1;
  const auto moved = change(cancel);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->booking.booking.revision, 2);
}

TEST_F(BookingLifeTest, CheckingInTwiceChangesNothing) {
  const auto id = in_use();
  const auto before = look(id);
  ASSERT_TRUE(change(id, BookingEvent::CheckIn, 70));
  EXPECT_EQ(look(id)->booking.revision, before->booking.revision);
  EXPECT_EQ(look(id)->check_in_time, minutes_later(60));
}

TEST_F(BookingLifeTest, CheckInBeforeTheSetupTimeIsRefused) {
  const auto id = booked(kAcme, 60, 120);
  EXPECT_EQ(refusal(change(id, BookingEvent::CheckIn, 49)), Reason::BookingNotActive);
  EXPECT_TRUE(change(id, BookingEvent::CheckIn, 50));
}

TEST_F(BookingLifeTest, TheBenchNamesTheBookingThatUsesIt) {
  EXPECT_FALSE(bench()->booking);
  const auto id = in_use();
  EXPECT_EQ(bench()->booking, id);
  EXPECT_FALSE(bench(kOtherBench)->booking);
}

}  // namespace
}  // namespace benchd::store
