#include "daemon/scheduling/booking_changes.hpp"

#include <string>

#include "daemon/scheduling/slots.hpp"

namespace benchd::scheduling {

using model::BookingState;

Status check_change(const model::Booking& booking, const BookingChange& change, UtcTime now) {
  const std::string state{model::to_string(booking.state)};
  if (!model::is_holding(booking.state) || booking.state == BookingState::Teardown) {
    return fail(Reason::BookingNotActive, "The booking is " + state + "; it cannot be changed.",
                {{"state", state}});
  }
  const bool begun = booking.state == BookingState::Setup || booking.state == BookingState::InUse;
  if (!begun) return {};
  if (change.booked.start != booking.interval.start || change.benches || change.content) {
    return fail(Reason::BookingNotActive,
                "The booking is " + state + ": only its end, title and member may still change.",
                {{"state", state}});
  }
  if (change.booked.end == booking.interval.end || change.booked.end > now) return {};
  return fail(Reason::SlotInPast,
              "The booking would end in the past, at " + to_rfc3339(change.booked.end) +
                  "; `benchctl booking release` ends it now.",
              {{"end", to_rfc3339(change.booked.end)}});
}

}  // namespace benchd::scheduling
