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

// The first thing that is wrong, in this order: UNKNOWN_BENCH (`bench` absent), SLOT_TOO_SHORT,
// BOOKING_TOO_LONG, SLOT_IN_PAST, SLOT_TAKEN. SLOT_TAKEN has `next_free` (RFC 3339, on the grid) as
// its only context, and only if `busy` reaches far enough to know it: the answer is the same
// whoever holds the slot. `busy` needs to hold at least the last claim that starts before the
// wanted end.
[[nodiscard]] Result<Admitted> admit(const SlotRequest& request,
                                     Busy busy,
                                     const std::optional<BenchRules>& bench,
                                     const Policy& policy,
                                     UtcTime now);

}  // namespace benchd::scheduling
