#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Benches have 10 min of setup and 5 of teardown; an offer is held for 15 min.
class WaitlistTest : public StoreTest {
 protected:
  static UtcSeconds at(int minute) { return std::chrono::floor<seconds>(minutes_later(minute)); }

  // An hour of the bench between the minutes.
  static JoinWaitlist hour(const TenantId& tenant, int from, int until, int now = 0) {
    JoinWaitlist command{.wanted = wanted(tenant, 0, 0, now), .wait = {}};
    command.wanted.call.operation = Operation::JoinWaitlist;
    command.wanted.benches.clear();
    command.wait = {
        .window = {at(from), at(until)}, .length = minutes{60}, .candidates = {{kBench, "guard"}}};
    return command;
  }
  Result<BookingRecord> join(const JoinWaitlist& command) {
    return call<BookingRecord>([&](auto done) { store_->join_waitlist(command, done); });
  }
  BookingId waits(const JoinWaitlist& command) {
    const auto joined = join(command);
    EXPECT_TRUE(joined) << joined.error().to_string();
    if (joined) {
      EXPECT_EQ(joined->booking.state, BookingState::Waitlisted);
    }
    return command.wanted.id;
  }
  void cancel(const BookingId& id, const TenantId& tenant, int now) {
    ASSERT_TRUE(change({.call = by(tenant, Operation::CancelBooking, minutes_later(now)),
                        .tenant = tenant,
                        .booking = id,
                        .event = BookingEvent::Cancel}));
  }
  model::Interval time_of(const BookingId& id) { return look(id)->booking.interval; }
};

TEST_F(WaitlistTest, WhatIsFreeIsHeldAtOnce) {
  const auto joined = join(hour(kAcme, 60, 600));
  ASSERT_TRUE(joined) << joined.error().to_string();
  EXPECT_EQ(joined->booking.state, BookingState::Held);
  EXPECT_EQ(joined->booking.interval, (model::Interval{at(60), at(120)}));
  EXPECT_EQ(joined->layouts, std::vector<std::string>{"guard"});
  EXPECT_EQ(joined->expires, at(15));
  EXPECT_EQ(refusal(book(wanted(kRival, 60, 120))), Reason::SlotTaken);
}

TEST_F(WaitlistTest, TimeThatIsGivenUpIsHeldForWhoeverWaitsForIt) {
  const auto taken = booked(kRival, 60, 180);
  const auto id = waits(hour(kAcme, 60, 185));
  EXPECT_TRUE(look(id)->booking.benches.empty());
  cancel(taken, kRival, 1);
  const auto offered = look(id);
  ASSERT_TRUE(offered);
  EXPECT_EQ(offered->booking.state, BookingState::Held);
  EXPECT_EQ(offered->booking.benches, std::vector<BenchId>{kBench});
  EXPECT_EQ(offered->booking.interval, (model::Interval{at(60), at(120)}));
  EXPECT_EQ(offered->expires, at(16));
  EXPECT_EQ(refusal(book(wanted(kRival, 60, 120, 2))), Reason::SlotTaken);
  ASSERT_TRUE(change(id, BookingEvent::Confirm, 3, Operation::ConfirmBooking));
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  fire(16);
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
}

TEST_F(WaitlistTest, OneGetsTheOfferAndTheNextGetsItWhenItRunsOut) {
  const auto taken = booked(kRival, 60, 120);
  const auto first = waits(hour(kAcme, 60, 120, 1));
  const auto second = waits(hour(kAcme, 60, 120, 2));
  cancel(taken, kRival, 3);
  EXPECT_EQ(state_of(first), BookingState::Held);
  EXPECT_EQ(state_of(second), BookingState::Waitlisted);
  fire(18);
  EXPECT_EQ(state_of(first), BookingState::Waitlisted) << "it keeps its place";
  EXPECT_EQ(state_of(second), BookingState::Held);
  fire(33);
  EXPECT_EQ(state_of(first), BookingState::Held);
}

TEST_F(WaitlistTest, WhoLetsThreeOffersRunOutWaitsNoLonger) {
  const auto taken = booked(kRival, 600, 660);
  const auto first = waits(hour(kAcme, 600, 660, 1));
  const auto second = waits(hour(kAcme, 600, 660, 2));
  cancel(taken, kRival, 3);
  for (int now = 18; state_of(first) != BookingState::Expired; now += 15) {
    ASSERT_LT(now, 120);
    fire(now);
  }
  EXPECT_EQ(look(first)->booking.wait->offers, 3);
  EXPECT_NE(state_of(second), BookingState::Expired);
}

TEST_F(WaitlistTest, WhoHasUsedLessComesFirst) {
  const auto used = booked(kAcme, 30, 90);
  fire(20);
  ASSERT_TRUE(change(used, BookingEvent::CheckIn, 30));
  ASSERT_TRUE(change(used, BookingEvent::Release, 80));
  const auto taken = booked(kAcme, 200, 260, 91);
  const auto acme = waits(hour(kAcme, 200, 260, 92));
  const auto rival = waits(hour(kRival, 200, 260, 93));
  cancel(taken, kAcme, 94);
  EXPECT_EQ(state_of(acme), BookingState::Waitlisted);
  EXPECT_EQ(state_of(rival), BookingState::Held);
}

TEST_F(WaitlistTest, AnOfferThatNobodyNeedsToAnswerIsABooking) {
  const auto taken = booked(kRival, 30, 90);
  auto command = hour(kAcme, 11, 95);
  command.wait.auto_accept = true;
  const auto id = waits(command);
  cancel(taken, kRival, 1);
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  EXPECT_EQ(time_of(id).start, at(11));
}

TEST_F(WaitlistTest, NoOfferBeginsBeforeItCanBeAnswered) {
  const auto taken = booked(kRival, 30, 300);
  const auto id = waits(hour(kAcme, 30, 300));
  cancel(taken, kRival, 28);
  EXPECT_EQ(state_of(id), BookingState::Held);
  EXPECT_GE(time_of(id).start, at(43));
}

TEST_F(WaitlistTest, WhatNeverBecomesFreeExpiresWithItsLastStart) {
  booked(kRival, 60, 300);
  const auto id = waits(hour(kAcme, 60, 200));
  fire(139);
  EXPECT_EQ(state_of(id), BookingState::Waitlisted);
  fire(140);
  EXPECT_EQ(state_of(id), BookingState::Expired);
}

TEST_F(WaitlistTest, ItCanBeGivenUpAndNotChanged) {
  booked(kRival, 60, 300);
  const auto id = waits(hour(kAcme, 60, 200));
  auto wish = wanted(kAcme, 400, 460);
  wish.id = id;
  EXPECT_EQ(refusal(call<BookingRecord>([&](auto done) {
              store_->update_booking({.wanted = wish, .revision = std::nullopt}, done);
            })),
            Reason::BookingNotActive);
  cancel(id, kAcme, 1);
  EXPECT_EQ(state_of(id), BookingState::Cancelled);
}

TEST_F(WaitlistTest, TheWaitSurvivesARestart) {
  const auto taken = booked(kRival, 60, 120);
  const auto id = waits(hour(kAcme, 60, 120));
  open_again();
  cancel(taken, kRival, 1);
  EXPECT_EQ(state_of(id), BookingState::Held);
}

TEST_F(WaitlistTest, TimeGivenBackByAnEarlyReleaseIsOffered) {
  const auto taken = booked(kRival, 30, 400);
  fire(20);
  const auto id = waits(hour(kAcme, 60, 405, 25));
  ASSERT_TRUE(change({.call = by(kRival, Operation::CheckIn, minutes_later(30)),
                      .tenant = kRival,
                      .booking = taken,
                      .event = BookingEvent::CheckIn}));
  ASSERT_TRUE(change({.call = by(kRival, Operation::ReleaseBooking, minutes_later(100)),
                      .tenant = kRival,
                      .booking = taken,
                      .event = BookingEvent::Release}));
  EXPECT_EQ(state_of(id), BookingState::Held);
  EXPECT_GE(time_of(id).start, at(115));
}

TEST_F(WaitlistTest, TimeThatNobodyCameForIsOffered) {
  booked(kRival, 30, 400);
  fire(20);
  const auto id = waits(hour(kAcme, 60, 405, 25));
  fire(59);
  EXPECT_EQ(state_of(id), BookingState::Waitlisted);
  fire(60);  // the grace is over
  EXPECT_EQ(state_of(id), BookingState::Held);
}

TEST_F(WaitlistTest, ARepeatedCallGetsTheFirstAnswer) {
  const auto taken = booked(kRival, 60, 120);
  auto command = hour(kAcme, 60, 120);
  command.wanted.call.request_id = "r-1";
  waits(command);
  cancel(taken, kRival, 1);
  const auto again = join(command);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->booking.id, command.wanted.id);
  EXPECT_EQ(again->booking.state, BookingState::Waitlisted);
}

}  // namespace
}  // namespace benchd::store
