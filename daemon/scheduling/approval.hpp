// Bookings of benches that need an approval. Pure: told the time.
//
// An approval is for benches, time and content as they were asked for: who wants more asks again,
// who wants less need not.
#pragma once

#include <optional>

#include "daemon/scheduling/booking_changes.hpp"
#include "daemon/scheduling/booking_states.hpp"

namespace benchd::scheduling {

// What taking a held booking comes to.
[[nodiscard]] constexpr BookingEvent confirm_event(bool needs_approval) {
  return needs_approval ? BookingEvent::Request : BookingEvent::Confirm;
}

// APPROVAL_NEEDED once what the booking occupies has begun: nobody could approve it in time.
[[nodiscard]] Status check_approvable(const model::Booking& booking, UtcTime now);

// What a change that check_change() allows comes to besides: what was approved and becomes more
// waits again, what waits on benches that need none is confirmed. `needs_approval`: one of the
// wanted benches does. APPROVAL_NEEDED for more time of a booking that has begun.
[[nodiscard]] Result<std::optional<BookingEvent>> event_of_change(const model::Booking& booking,
                                                                  const BookingChange& change,
                                                                  bool needs_approval);

}  // namespace benchd::scheduling
