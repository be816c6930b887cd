#include "daemon/scheduling/booking_states.hpp"

#include <map>
#include <vector>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::BookingState;
using Event = BookingEvent;
using std::chrono::minutes;

constexpr std::array kStates{
    BookingState::Requested,     BookingState::Held,      BookingState::Confirmed,
    BookingState::Setup,         BookingState::InUse,     BookingState::Teardown,
    BookingState::Completed,     BookingState::NoShow,    BookingState::Cancelled,
    BookingState::LateCancelled, BookingState::Expired,   BookingState::Rejected,
    BookingState::Displaced,     BookingState::Preempted, BookingState::Interrupted,
    BookingState::Waitlisted};

// Every way there is; all other pairs are refused.
const std::map<std::pair<BookingState, Event>, BookingPhase>& ways() {
  static const std::map<std::pair<BookingState, Event>, BookingPhase> kWays{
      {{BookingState::Confirmed, Event::SetupDue}, {BookingState::Setup, BookingState::Completed}},
      {{BookingState::Confirmed, Event::Cancel},
       {BookingState::Cancelled, BookingState::Cancelled}},
      {{BookingState::Confirmed, Event::LateCancel},
       {BookingState::LateCancelled, BookingState::LateCancelled}},
      {{BookingState::Held, Event::Confirm}, {BookingState::Confirmed, BookingState::Completed}},
      {{BookingState::Held, Event::HoldOver}, {BookingState::Expired, BookingState::Expired}},
      {{BookingState::Held, Event::Cancel}, {BookingState::Cancelled, BookingState::Cancelled}},
      {{BookingState::Held, Event::OfferOver},
       {BookingState::Waitlisted, BookingState::Waitlisted}},
      {{BookingState::Waitlisted, Event::Offer}, {BookingState::Held, BookingState::Completed}},
      {{BookingState::Waitlisted, Event::WaitOver}, {BookingState::Expired, BookingState::Expired}},
      {{BookingState::Waitlisted, Event::Cancel},
       {BookingState::Cancelled, BookingState::Cancelled}},
      {{BookingState::Held, Event::Request}, {BookingState::Requested, BookingState::Completed}},
      {{BookingState::Confirmed, Event::Request},
       {BookingState::Requested, BookingState::Completed}},
      {{BookingState::Setup, Event::Preempt}, {BookingState::Teardown, BookingState::Preempted}},
      {{BookingState::InUse, Event::Preempt}, {BookingState::Teardown, BookingState::Preempted}},
      {{BookingState::Requested, Event::Approve},
       {BookingState::Confirmed, BookingState::Completed}},
      {{BookingState::Requested, Event::Reject}, {BookingState::Rejected, BookingState::Rejected}},
      {{BookingState::Requested, Event::ApprovalOver},
       {BookingState::Expired, BookingState::Expired}},
      {{BookingState::Requested, Event::Cancel},
       {BookingState::Cancelled, BookingState::Cancelled}},
      {{BookingState::Setup, Event::CheckIn}, {BookingState::InUse, BookingState::Completed}},
      {{BookingState::Setup, Event::GraceOver}, {BookingState::Teardown, BookingState::NoShow}},
      {{BookingState::Setup, Event::Cancel}, {BookingState::Teardown, BookingState::LateCancelled}},
      {{BookingState::Setup, Event::Release}, {BookingState::Teardown, BookingState::Completed}},
      {{BookingState::Setup, Event::End}, {BookingState::Teardown, BookingState::NoShow}},
      {{BookingState::Setup, Event::Fault}, {BookingState::Teardown, BookingState::Interrupted}},
      {{BookingState::InUse, Event::CheckIn}, {BookingState::InUse, BookingState::Completed}},
      {{BookingState::InUse, Event::Release}, {BookingState::Teardown, BookingState::Completed}},
      {{BookingState::InUse, Event::End}, {BookingState::Teardown, BookingState::Completed}},
      {{BookingState::InUse, Event::Fault}, {BookingState::Teardown, BookingState::Interrupted}},
      {{BookingState::Requested, Event::Displace},
       {BookingState::Displaced, BookingState::Displaced}},
      {{BookingState::Held, Event::Displace}, {BookingState::Displaced, BookingState::Displaced}},
      {{BookingState::Confirmed, Event::Displace},
       {BookingState::Displaced, BookingState::Displaced}},
      {{BookingState::Setup, Event::Displace}, {BookingState::Teardown, BookingState::Displaced}},
      {{BookingState::InUse, Event::Displace}, {BookingState::Teardown, BookingState::Displaced}},
      {{BookingState::Teardown, Event::SafeProved}, {BookingState::NoShow, BookingState::NoShow}},
      {{BookingState::Teardown, Event::SafeUnproved}, {BookingState::NoShow, BookingState::NoShow}},
      {{BookingState::Teardown, Event::TeardownOver}, {BookingState::NoShow, BookingState::NoShow}},
  };
  return kWays;
}

TEST(BookingStatesTest, EveryPairOfStateAndEventGoesTheOneWayOrIsRefused) {
  for (const auto state : kStates) {
    for (const auto event : kBookingEvents) {
      const BookingPhase before{
          state, state == BookingState::Teardown ? BookingState::NoShow : BookingState::Completed};
      const auto after = transition(before, event);
      const auto way = ways().find({state, event});
      if (way == ways().end()) {
        ASSERT_FALSE(after) << model::to_string(state) << " " << to_string(event);
        EXPECT_EQ(after.error().reason, Reason::BookingNotActive);
      } else {
        ASSERT_TRUE(after) << model::to_string(state) << " " << to_string(event);
        EXPECT_EQ(*after, way->second) << model::to_string(state) << " " << to_string(event);
      }
    }
  }
}

TEST(BookingStatesTest, NothingLeadsOutOfAFinalState) {
  for (const auto state : kStates) {
    if (!model::is_final(state)) continue;
    for (const auto event : kBookingEvents) EXPECT_FALSE(transition({state, state}, event));
  }
}

TEST(BookingStatesTest, OnlyAnUnprovedSafeStateQuarantines) {
  for (const auto event : kBookingEvents) {
    EXPECT_EQ(quarantines(event), event == Event::SafeUnproved || event == Event::TeardownOver);
  }
}

model::Booking booking(BookingState state, int length_minutes) {
  model::Booking value;
  value.state = state;
  value.interval = {at(100), at(100 + length_minutes)};
  value.claims = {{BenchId{"thrust-1"}, {at(90), at(100 + length_minutes + 5)}, value.id}};
  return value;
}

TEST(DeadlinesTest, AConfirmedBookingIsSetUpWhenItsOccupiedTimeBegins) {
  EXPECT_EQ(next_deadline(booking(BookingState::Confirmed, 60), {}, at(0)),
            (Deadline{Event::SetupDue, at(90)}));
}

TEST(DeadlinesTest, TheGraceIsATenthOfTheLengthWithinFiveAndThirtyMinutes) {
  EXPECT_EQ(next_deadline(booking(BookingState::Setup, 20), {}, at(90))->at, at(105));
  EXPECT_EQ(next_deadline(booking(BookingState::Setup, 100), {}, at(90))->at, at(110));
  EXPECT_EQ(next_deadline(booking(BookingState::Setup, 1000), {}, at(90))->at, at(130));
  EXPECT_EQ(next_deadline(booking(BookingState::Setup, 100), {}, at(90))->event, Event::GraceOver);
}

TEST(DeadlinesTest, ABookingShorterThanItsGraceEndsFirst) {
  EXPECT_EQ(next_deadline(booking(BookingState::Setup, 3), {}, at(90)),
            (Deadline{Event::End, at(103)}));
}

TEST(DeadlinesTest, AnUnattendedBookingHasNoGrace) {
  auto value = booking(BookingState::Setup, 100);
  value.attendance = model::Attendance::Unattended;
  EXPECT_EQ(next_deadline(value, {}, at(90)), (Deadline{Event::End, at(200)}));
}

TEST(DeadlinesTest, AUsedBookingEndsAtItsEnd) {
  EXPECT_EQ(next_deadline(booking(BookingState::InUse, 60), {}, at(120)),
            (Deadline{Event::End, at(160)}));
}

TEST(DeadlinesTest, TeardownHasItsBufferAndAtLeastAMinute) {
  EXPECT_EQ(next_deadline(booking(BookingState::Teardown, 60), {}, at(160)),
            (Deadline{Event::TeardownOver, at(165)}));
  EXPECT_EQ(next_deadline(booking(BookingState::Teardown, 60), {}, at(400)),
            (Deadline{Event::TeardownOver, at(401)}));
}

TEST(DeadlinesTest, AFinalStateHasNone) {
  for (const auto state : kStates) {
    if (model::is_final(state)) {
      EXPECT_FALSE(next_deadline(booking(state, 60), {}, at(0)));
    }
  }
}

TEST(DeadlinesTest, HeldTimeExpiresAfterItsTimeOrWhenItWouldBegin) {
  auto value = booking(BookingState::Held, 60);
  value.create_time = at(0);
  EXPECT_EQ(next_deadline(value, {}, at(0)), (Deadline{Event::HoldOver, at(10)}));
  value.create_time = at(95);
  EXPECT_EQ(next_deadline(value, {}, at(95)), (Deadline{Event::HoldOver, at(100)}));
}

TEST(DeadlinesTest, ARequestExpiresAfterItsTimeOrWhenItsSetupWouldBegin) {
  auto value = booking(BookingState::Requested, 60);  // occupied from 90 on
  value.create_time = at(-1000);
  value.request_time = at(0);
  Policy policy;
  policy.approval_time = minutes{20};
  EXPECT_EQ(next_deadline(value, policy, at(0)), (Deadline{Event::ApprovalOver, at(20)}));
  policy.approval_time = minutes{100};
  EXPECT_EQ(next_deadline(value, policy, at(0)), (Deadline{Event::ApprovalOver, at(90)}));
}

TEST(LateCancelTest, IsOneWithLessNoticeThanThePolicyAsksForOnceTheRegretTimeIsOver) {
  Policy policy;
  policy.late_cancel_notice = minutes{60};
  policy.regret_time = minutes{15};
  auto value = booking(BookingState::Confirmed, 60);  // occupied from 90 on
  value.create_time = at(0);
  EXPECT_EQ(cancel_event(value, policy, at(29, 59)), Event::Cancel);
  EXPECT_EQ(cancel_event(value, policy, at(30)), Event::LateCancel);
  value.create_time = at(80);
  EXPECT_EQ(cancel_event(value, policy, at(94, 59)), Event::Cancel);
  EXPECT_EQ(cancel_event(value, policy, at(95)), Event::LateCancel);
  value.state = BookingState::Held;
  EXPECT_EQ(cancel_event(value, policy, at(95)), Event::Cancel);
}

}  // namespace
}  // namespace benchd::scheduling
