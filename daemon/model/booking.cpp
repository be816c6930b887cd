#include "daemon/model/booking.hpp"

#include <algorithm>

namespace benchd::model {

std::string_view to_string(BookingState state) {
  switch (state) {
    case BookingState::Requested:
      return "REQUESTED";
    case BookingState::Held:
      return "HELD";
    case BookingState::Confirmed:
      return "CONFIRMED";
    case BookingState::Setup:
      return "SETUP";
    case BookingState::InUse:
      return "IN_USE";
    case BookingState::Teardown:
      return "TEARDOWN";
    case BookingState::Completed:
      return "COMPLETED";
    case BookingState::NoShow:
      return "NO_SHOW";
    case BookingState::Cancelled:
      return "CANCELLED";
    case BookingState::LateCancelled:
      return "LATE_CANCELLED";
    case BookingState::Expired:
      return "EXPIRED";
    case BookingState::Rejected:
      return "REJECTED";
    case BookingState::Displaced:
      return "DISPLACED";
    case BookingState::Preempted:
      return "PREEMPTED";
    case BookingState::Interrupted:
      return "INTERRUPTED";
    case BookingState::Waitlisted:
      return "WAITLISTED";
  }
  return "UNKNOWN";
}

bool SetupRecord::complete() const {
  return !is_void && std::ranges::all_of(checks, &SetupCheck::complete);
}

}  // namespace benchd::model
