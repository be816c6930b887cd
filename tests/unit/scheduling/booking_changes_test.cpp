#include "daemon/scheduling/booking_changes.hpp"

#include <gtest/gtest.h>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::BookingState;

model::Booking booking(BookingState state) {
  model::Booking value;
  value.state = state;
  value.interval = {at(100), at(160)};
  return value;
}

Reason refusal(const Status& status) { return status ? Reason::Internal : status.error().reason; }

TEST(BookingChangesTest, EverythingMayChangeBeforeTheBenchesAreOccupied) {
  for (const auto state : {BookingState::Requested, BookingState::Held, BookingState::Confirmed}) {
    EXPECT_TRUE(check_change(booking(state), {{at(300), at(400)}, true, true}, at(50)));
  }
}

TEST(BookingChangesTest, ABookingThatHasBegunKeepsItsStartBenchesAndContent) {
  for (const auto state : {BookingState::Setup, BookingState::InUse}) {
    const auto value = booking(state);
    EXPECT_TRUE(check_change(value, {{at(100), at(200)}}, at(120)));
    EXPECT_TRUE(check_change(value, {{at(100), at(130)}}, at(120)));
    EXPECT_EQ(refusal(check_change(value, {{at(101), at(160)}}, at(120))),
              Reason::BookingNotActive);
    EXPECT_EQ(refusal(check_change(value, {{at(100), at(160)}, true, false}, at(120))),
              Reason::BookingNotActive);
    EXPECT_EQ(refusal(check_change(value, {{at(100), at(160)}, false, true}, at(120))),
              Reason::BookingNotActive);
  }
}

TEST(BookingChangesTest, ABookingCannotBeMadeToHaveEnded) {
  const auto value = booking(BookingState::InUse);
  EXPECT_EQ(refusal(check_change(value, {{at(100), at(120)}}, at(120))), Reason::SlotInPast);
  EXPECT_TRUE(check_change(value, {{at(100), at(120, 1)}}, at(120)));
  // Its title may still be mended in the second in which it ends.
  EXPECT_TRUE(check_change(value, {{at(100), at(160)}}, at(160)));
}

TEST(BookingChangesTest, NothingChangesInTeardownAndAfterTheEnd) {
  for (const auto state : {BookingState::Teardown, BookingState::Completed, BookingState::Cancelled,
                           BookingState::Expired, BookingState::Waitlisted}) {
    EXPECT_EQ(refusal(check_change(booking(state), {{at(100), at(160)}}, at(50))),
              Reason::BookingNotActive);
  }
}

}  // namespace
}  // namespace benchd::scheduling
