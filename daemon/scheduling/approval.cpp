#include "daemon/scheduling/approval.hpp"

#include <algorithm>

namespace benchd::scheduling {

using model::BookingState;

namespace {

bool is_more(const model::Booking& booking, const BookingChange& change) {
  return change.benches || change.content || change.booked.start < booking.interval.start ||
         change.booked.end > booking.interval.end;
}

}  // namespace

Status check_approvable(const model::Booking& booking, UtcTime now) {
  if (occupied_start(booking) > now) return {};
  return fail(Reason::ApprovalNeeded,
              "The bench needs an approval before its time begins, setup included; choose a later "
              "start.");
}

Result<std::optional<BookingEvent>> event_of_change(const model::Booking& booking,
                                                    const BookingChange& change,
                                                    bool needs_approval) {
  switch (booking.state) {
    case BookingState::Requested:
      if (needs_approval) return std::nullopt;
      return BookingEvent::Approve;
    case BookingState::Confirmed:
      if (!needs_approval || !is_more(booking, change)) return std::nullopt;
      return BookingEvent::Request;
    case BookingState::Setup:
    case BookingState::InUse:
      if (!needs_approval || !is_more(booking, change)) return std::nullopt;
      return fail(Reason::ApprovalNeeded,
                  "More time of this bench needs an approval; book the time that follows.");
    default:
      return std::nullopt;
  }
}

}  // namespace benchd::scheduling
