// What the hours of a bench allow in a stretch of time. Pure but for the zones of the machine.
#pragma once

#include <optional>
#include <vector>

#include "daemon/scheduling/intervals.hpp"

namespace benchd::scheduling {

// Intervals are sorted, disjoint, and do not touch.
struct OpenTime {
  std::vector<model::Interval> open;
  std::vector<model::Interval> attended;  // open and staffed
};

// Clipped to the window; all of it where there is no rule.
[[nodiscard]] OpenTime expand(const model::Hours& hours, const model::Interval& window);

// The starts that one condition allows, as closed ranges, sorted.
struct StartRange {
  UtcSeconds first;
  UtcSeconds last;
};
using StartRanges = std::vector<StartRange>;

// What the hours demand of the start of a booking of this length that lies in the window:
//
//   ATTENDED    the occupied time, with setup and teardown, lies in open and staffed time
//   UNATTENDED  the setup time and the start, the end and the teardown time do; what is between
//               lies in open time, unless the bench may run unattended at any time
//
// All conditions must hold. The first one has the range that a booking begins in. None where there
// is no rule.
[[nodiscard]] std::vector<StartRanges> start_conditions(const BenchRules& bench,
                                                        model::Attendance attendance,
                                                        std::chrono::seconds length,
                                                        const model::Interval& window);

// The first allowed start at or after `from`.
[[nodiscard]] std::optional<UtcSeconds> next_start(const StartRanges& ranges, UtcSeconds from);
// The first that all conditions allow.
[[nodiscard]] std::optional<UtcSeconds> next_start(const std::vector<StartRanges>& conditions,
                                                   UtcSeconds from);

// Whether a booking at this time keeps to the hours of the bench.
[[nodiscard]] bool is_within_hours(const BenchRules& bench,
                                   model::Attendance attendance,
                                   const model::Interval& booked);

}  // namespace benchd::scheduling
