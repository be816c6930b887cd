// Whether a booking may be made. Pure: told the time and the claims around.
#pragma once

#include <optional>

#include "daemon/base/result.hpp"
#include "daemon/scheduling/intervals.hpp"

namespace benchd::scheduling {

struct SlotRequest {
  UtcTime start{};
  UtcTime end{};
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
// BOOKING_TOO_LONG, SLOT_IN_PAST, SLOT_TAKEN. SLOT_TAKEN has `next_free` (RFC 3339, on the grid) as
// its only context, if the neighbours reach far enough to know it: the answer is the same whoever
// holds the slot.
[[nodiscard]] Result<Admitted> admit(const SlotRequest& request,
                                     const Neighbours& neighbours,
                                     const std::optional<BenchRules>& bench,
                                     const Policy& policy,
                                     UtcTime now);

// The error of a taken slot; the only place that words it.
[[nodiscard]] Error slot_taken(std::optional<UtcSeconds> next_free);

}  // namespace benchd::scheduling
