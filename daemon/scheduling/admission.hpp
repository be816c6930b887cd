// Whether a booking may be made. Pure: told the time and the claims around.
#pragma once

#include <optional>

#include "daemon/base/result.hpp"
#include "daemon/scheduling/intervals.hpp"

namespace benchd::scheduling {

struct SlotRequest {
  UtcTime start{};
  UtcTime end{};
  model::Attendance attendance = model::Attendance::Attended;
};

struct Admitted {
  model::Interval booked;
  model::Interval occupied;
};

// What is known of a bench's claims: all those that end after the wanted (occupied) start and start
// before `known_until`, at least the last one that starts before the wanted end.
struct Neighbours {
  Busy busy;
  UtcSeconds known_until = UtcSeconds::max();
};

// The first thing that is wrong, in this order: UNKNOWN_BENCH (`bench` absent), SLOT_TOO_SHORT,
// BOOKING_TOO_LONG, SLOT_IN_PAST, OUTSIDE_HOURS, SLOT_TAKEN. The last two have `next_free` (RFC
// 3339, on the grid or where hours begin) as their only context, if the neighbours reach far enough
// to know it: the answer is the same whoever holds the slot.
[[nodiscard]] Result<Admitted> admit(const SlotRequest& request,
                                     const Neighbours& neighbours,
                                     const std::optional<BenchRules>& bench,
                                     const Policy& policy,
                                     UtcTime now);

// What is wrong with a time whatever the bench: SLOT_TOO_SHORT, BOOKING_TOO_LONG, SLOT_IN_PAST.
[[nodiscard]] Status check_times(const model::Interval& booked, const Policy& policy, UtcTime now);

// The errors of a taken slot, and of one that the hours do not allow; the only place that words
// them.
[[nodiscard]] Error slot_taken(std::optional<UtcSeconds> next_free);
[[nodiscard]] Error outside_hours(model::Attendance attendance,
                                  std::optional<UtcSeconds> next_free);

// How far ahead it is looked for a time that fits.
inline constexpr std::chrono::days kLookAhead{60};

}  // namespace benchd::scheduling
