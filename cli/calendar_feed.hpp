// A calendar as an iCalendar feed (RFC 5545). libical stops here (docs/adr/0014).
#pragma once

#include <string>
#include <vector>

#include <benchd/v1/bench.pb.h>
#include <benchd/v1/booking.pb.h>

#include "cli/calendar_view.hpp"

namespace benchd::cli {

struct Feed {
  std::vector<v1::Booking> own;       // named, cancelled ones with that status
  std::vector<CalendarEntry> others;  // "busy" and the bench, nothing else
  UtcSeconds now{};
};

// Its lines are folded and end as the RFC has it. A booking keeps its UID for life, its SEQUENCE is
// its revision. The text is the same as long as the bookings are.
[[nodiscard]] std::string to_ical(const Feed& feed);

}  // namespace benchd::cli
