// What outsiders get to see.
//
// What does not exist, what is forbidden and what is busy read the same to someone who may not
// know. Others than the holder see a bench as free, or busy until a time on a coarse grid.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "daemon/base/result.hpp"
#include "daemon/model/booking.hpp"
#include "daemon/model/run.hpp"

namespace benchd::access {

// The one form of NOT_FOUND_OR_DENIED: a fixed message, no context.
[[nodiscard]] Error not_found_or_denied();

// Up or down to a multiple of the grid since the epoch; a grid of 0 or less leaves it as it is.
[[nodiscard]] UtcSeconds round_up(UtcSeconds time, std::chrono::seconds grid);
[[nodiscard]] UtcSeconds round_down(UtcSeconds time, std::chrono::seconds grid);

struct FreeBusy {
  bool busy = false;
  std::optional<UtcSeconds> until;  // while busy: when it is next free, on the grid
  friend bool operator==(const FreeBusy&, const FreeBusy&) = default;
};

// Whether a bench is free at `now`. `claims` are its occupied intervals, sorted and disjoint.
// Claims that leave less than a grid step between them read as one.
[[nodiscard]] FreeBusy free_or_busy(std::span<const model::Interval> claims,
                                    UtcSeconds now,
                                    std::chrono::seconds grid);

// Occupied intervals widened to the grid and merged.
[[nodiscard]] std::vector<model::Interval> busy_on_grid(std::span<const model::Interval> claims,
                                                        std::chrono::seconds grid);

// For Reach::Masked: that there is a booking or run, whose, where, when and its state; nothing of
// its content.
[[nodiscard]] model::Booking masked(model::Booking booking);
[[nodiscard]] model::Run masked(model::Run run);

}  // namespace benchd::access
