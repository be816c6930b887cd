// Intervals of a bench's time, and the rule that no two claims of a bench overlap.
//
// `Busy` is what a bench's claims occupy: sorted by start, disjoint, half-open, never empty. Since
// accepted claims are disjoint, the last one that starts before a wanted end decides: O(log n).
#pragma once

#include <optional>
#include <span>

#include "daemon/model/booking.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

using Busy = std::span<const model::Interval>;

// Start down and end up to whole seconds, before any check.
[[nodiscard]] model::Interval round_outwards(UtcTime start, UtcTime end);

// [start - setup time, end + teardown time).
[[nodiscard]] model::Interval occupied(const model::Interval& booked, const BenchRules& bench);

// The claim that `wanted` overlaps; the last one if there are several.
[[nodiscard]] std::optional<model::Interval> find_conflict(Busy busy,
                                                           const model::Interval& wanted);

// What a claim occupies when its booking is given back at `now`: until now + teardown time, never
// longer than before, never nothing.
[[nodiscard]] model::Interval truncated(const model::Interval& claim,
                                        UtcSeconds now,
                                        std::chrono::seconds teardown_time);

}  // namespace benchd::scheduling
