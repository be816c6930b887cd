// Free times of a bench, or common to several. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/scheduling/intervals.hpp"

namespace benchd::scheduling {

struct Slot {
  model::Interval booked;
  // End of the free time that the slot begins in, on the grid, or of the hours; absent if nothing
  // follows in the window.
  std::optional<UtcSeconds> free_until;
  friend bool operator==(const Slot&, const Slot&) = default;
};

struct SlotQuery {
  std::chrono::seconds duration{};
  model::Interval window;  // slots lie within it
  std::size_t count = 10;
  model::Attendance attendance = model::Attendance::Attended;
};

// The first slot of each free time, soonest first, at most `query.count`; then, if there are fewer
// free times than asked for, no others: one gap gives one slot, and one a day where the bench has
// hours. A slot starts at the window's begin (or now), on the grid, or where the hours begin. Each
// would be admitted. `busy` holds every claim that touches the
// window widened by the bench's buffers.
[[nodiscard]] std::vector<Slot> find_slots(
    Busy busy, const BenchRules& bench, const SlotQuery& query, const Policy& policy, UtcTime now);

struct BenchClaims {
  BenchRules bench;
  Busy busy;
};

// A time at which several benches are free together.
struct JointSlot {
  Slot slot;                         // free_until: of the one that is free for the shortest time
  std::vector<std::size_t> benches;  // which: places in the list that was asked about, growing
  friend bool operator==(const JointSlot&, const JointSlot&) = default;
};

// As find_slots, for `how_many` of the benches at once: each slot names as many, the first of the
// list that are free and open for all of it. Empty for none, or for more than there are.
[[nodiscard]] std::vector<JointSlot> find_joint_slots(std::span<const BenchClaims> benches,
                                                      std::size_t how_many,
                                                      const SlotQuery& query,
                                                      const Policy& policy,
                                                      UtcTime now);

// The earliest start at which every bench is free and open for `duration`.
[[nodiscard]] std::optional<model::Interval> find_common_slot(
    std::span<const BenchClaims> benches,
    std::chrono::seconds duration,
    const model::Interval& window,
    const Policy& policy,
    UtcTime now,
    model::Attendance attendance = model::Attendance::Attended);

// RFC 3339, "2026-01-01T08:00:00Z".
[[nodiscard]] std::string to_rfc3339(UtcSeconds time);

}  // namespace benchd::scheduling
