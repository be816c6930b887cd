// The states of a booking, as one table.
//
//   HELD --Confirm--> CONFIRMED        REQUESTED --Approve--> CONFIRMED
//    |--HoldOver--> EXPIRED                |--Reject--------> REJECTED
//    |--Request---> REQUESTED              |--ApprovalOver--> EXPIRED
//    |--OfferOver-> WAITLISTED             |
//    `--Cancel----> CANCELLED              `--Cancel--------> CANCELLED
//
//   WAITLISTED --Offer--> HELD, --WaitOver--> EXPIRED, --Cancel--> CANCELLED
//
//   CONFIRMED --SetupDue--> SETUP --CheckIn--> IN_USE --End, Release--> TEARDOWN --> COMPLETED
//       |                     |                   `--Fault--> TEARDOWN --> INTERRUPTED
//       |                     |--GraceOver, End--> TEARDOWN --> NO_SHOW
//       |                     |--Cancel----------> TEARDOWN --> LATE_CANCELLED
//       |                     |--Release---------> TEARDOWN --> COMPLETED
//       |                     `--Fault-----------> TEARDOWN --> INTERRUPTED
//       |--Cancel--> CANCELLED
//       |--LateCancel--> LATE_CANCELLED
//       `--Request--> REQUESTED
//
// Displace leads from any state that holds its time, but TEARDOWN, to DISPLACED: from SETUP and
// IN_USE by way of TEARDOWN.
//
// Fault comes by time too, where the benches could not be used (grace.hpp).
//
// Preempt leads from SETUP and IN_USE by way of TEARDOWN to PREEMPTED.
//
// TEARDOWN ends with SafeProved, or with TeardownOver or SafeUnproved: then the bench is
// quarantined, and the booking still gets the final state it was heading for.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/base/result.hpp"
#include "daemon/model/booking.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

// Stored by number: only ever append.
enum class BookingEvent {
  SetupDue = 1,   // deadline: the occupied time has begun
  CheckIn = 2,    // explicit, or the first act: setup, arm, run, control
  GraceOver = 3,  // deadline: nobody checked in
  Cancel = 4,
  Release = 5,
  End = 6,            // deadline: the booked time is over
  Fault = 7,          // the bench cannot go on, or could not be used
  SafeProved = 8,     // the readings prove the safe state, or the bench was never granted
  SafeUnproved = 9,   // the station says that it cannot prove it
  TeardownOver = 10,  // deadline: not proved in time
  Confirm = 11,       // the tenant takes what was held for it
  HoldOver = 12,      // deadline: not confirmed in time
  Approve = 13,
  Reject = 14,
  ApprovalOver = 15,  // deadline: nobody approved in time
  LateCancel = 16,    // a Cancel too near to the start (cancel_event)
  Displace = 17,      // an outage takes its place
  Request = 18,       // it needs an approval (approval.hpp)
  Offer = 19,         // time has become free for it
  WaitOver = 20,      // deadline: none did in time
  OfferOver = 21,     // deadline: what was offered was not taken; it waits on
  Preempt = 22,       // its job is ended for one that comes before it
};
inline constexpr std::array kBookingEvents{
    BookingEvent::SetupDue,     BookingEvent::CheckIn,    BookingEvent::GraceOver,
    BookingEvent::Cancel,       BookingEvent::Release,    BookingEvent::End,
    BookingEvent::Fault,        BookingEvent::SafeProved, BookingEvent::SafeUnproved,
    BookingEvent::TeardownOver, BookingEvent::Confirm,    BookingEvent::HoldOver,
    BookingEvent::Approve,      BookingEvent::Reject,     BookingEvent::ApprovalOver,
    BookingEvent::LateCancel,   BookingEvent::Displace,   BookingEvent::Request,
    BookingEvent::Offer,        BookingEvent::WaitOver,   BookingEvent::OfferOver,
    BookingEvent::Preempt};

[[nodiscard]] std::string_view to_string(BookingEvent event);

struct BookingPhase {
  model::BookingState state = model::BookingState::Confirmed;
  model::BookingState heading_for = model::BookingState::Completed;
  friend bool operator==(const BookingPhase&, const BookingPhase&) = default;
};

// BOOKING_NOT_ACTIVE where the table has no such way. CheckIn while IN_USE changes nothing.
[[nodiscard]] Result<BookingPhase> transition(const BookingPhase& phase, BookingEvent event);

// The bench is to be quarantined after this.
[[nodiscard]] constexpr bool quarantines(BookingEvent event) {
  return event == BookingEvent::SafeUnproved || event == BookingEvent::TeardownOver;
}

struct Deadline {
  BookingEvent event{};
  UtcSeconds at;
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

// What happens next by time alone to a booking that entered its state at `now`, its claims already
// truncated. Stored as a row, fired once. Absent for final states. `out_of_use`: as for
// setup_deadline() (grace.hpp), for a booking in SETUP.
[[nodiscard]] std::optional<Deadline> next_deadline(
    const model::Booking& booking,
    const Policy& policy,
    UtcSeconds now,
    std::span<const model::Interval> out_of_use = {});

// Cancel, or LateCancel when others can hardly use the time any more: less than the notice is left
// until the benches are occupied. Who has just booked may think again.
[[nodiscard]] BookingEvent cancel_event(const model::Booking& booking,
                                        const Policy& policy,
                                        UtcTime now);

// When the first of its benches is occupied.
[[nodiscard]] UtcSeconds occupied_start(const model::Booking& booking);

// A tenth of the length, within the policy's bounds.
[[nodiscard]] std::chrono::seconds grace_of(const model::Interval& booked, const Policy& policy);

}  // namespace benchd::scheduling
