// What of a booking may be changed, and when. Pure: told the time.
#pragma once

#include "daemon/base/result.hpp"
#include "daemon/model/booking.hpp"

namespace benchd::scheduling {

// What a change would touch.
struct BookingChange {
  model::Interval booked;  // as it is wanted
  bool benches = false;    // benches or layouts are others
  bool content = false;    // attendance, sequence, parameters, DUT
};

// Before its benches are occupied, everything may change. In SETUP and IN_USE the booking may still
// be lengthened or shortened, to no earlier than now: BOOKING_NOT_ACTIVE for more than that,
// SLOT_IN_PAST for an end that has passed. What is only said of it (title, member) may change as
// long as it is not over.
[[nodiscard]] Status check_change(const model::Booking& booking,
                                  const BookingChange& change,
                                  UtcTime now);

}  // namespace benchd::scheduling
