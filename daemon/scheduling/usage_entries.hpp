// What the usage ledger is told of a booking's life. Pure.
//
// An entry counts one interval of one bench's time for one tenant, or takes such a count back. What
// is charged of a bench, taken together, never overlaps: each second is paid by at most one
// booking, the last one that had it.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/scheduling/booking_states.hpp"

namespace benchd::scheduling {

// Stored by number: only ever append.
enum class UsageKind {
  Booked = 1,         // held at last, with buffers; taken back when cancelled in time or moved
  Setup = 2,          // from the begin of the setup buffer to the check-in
  Used = 3,           // from the check-in to the teardown
  Teardown = 4,       // until the bench was free again
  Idle = 5,           // the part of Used in which no run was active
  NoShow = 6,         // held, and nobody came
  LateCancelled = 7,  // given back too late
  Lost = 8,           // booked, and lost to a fault, an outage or preemption
  Waiting = 9,        // from the earliest time that would have done to the start
  Refused = 10,       // wanted, and taken by others
  Down = 11,          // the bench was out of use; nobody's
};
inline constexpr std::array kUsageKinds{
    UsageKind::Booked,  UsageKind::Setup,   UsageKind::Used,          UsageKind::Teardown,
    UsageKind::Idle,    UsageKind::NoShow,  UsageKind::LateCancelled, UsageKind::Lost,
    UsageKind::Waiting, UsageKind::Refused, UsageKind::Down};

[[nodiscard]] std::string_view to_string(UsageKind kind);

// Held time is charged whether it was used or not, buffers included; what a fault took is not.
[[nodiscard]] constexpr bool is_charged(UsageKind kind) {
  return kind == UsageKind::Setup || kind == UsageKind::Used || kind == UsageKind::Teardown ||
         kind == UsageKind::NoShow || kind == UsageKind::LateCancelled;
}

struct UsageEntry {
  UsageKind kind{};
  model::Interval time;
  bool takes_back = false;
  // Charged only as far as nobody else has this time in the end (see resold()).
  bool forfeit = false;

  [[nodiscard]] std::chrono::seconds counted() const {
    return takes_back ? -time.length() : time.length();
  }
  friend bool operator==(const UsageEntry&, const UsageEntry&) = default;
};

// One bench of a booking that moves on.
struct UsageStep {
  BookingPhase before;
  BookingPhase after;
  model::Interval held;  // as it was booked, before a teardown truncates it
  UtcSeconds since;      // end of the phase that the ledger knows last, or the begin of `held`
  UtcSeconds at;         // when it moved on; a deadline's own time, however late it was applied
  std::vector<model::Interval> runs;  // of this booking at this bench
};

// Only what is known at `at`: a no-show's forfeit may fall later.
[[nodiscard]] std::vector<UsageEntry> usage_of(const UsageStep& step);

// When an event of the booking that has this deadline took effect.
[[nodiscard]] UtcSeconds effective_time(BookingEvent event,
                                        const std::optional<Deadline>& deadline,
                                        UtcSeconds now);

// Sorted, disjoint, touching ones joined, empty ones left out.
[[nodiscard]] std::vector<model::Interval> joined(std::vector<model::Interval> intervals);
// The parts of `whole` that none of `taken` covers.
[[nodiscard]] std::vector<model::Interval> parts_without(const model::Interval& whole,
                                                         std::span<const model::Interval> taken);

// What corrects a forfeit: `covered` is had by others now, `recorded` (oldest first) are the
// corrections written so far. Nothing when the ledger is right already.
[[nodiscard]] std::vector<UsageEntry> resold(const UsageEntry& forfeit,
                                             std::span<const UsageEntry> recorded,
                                             std::span<const model::Interval> covered);

// A refused wish counts once: the entries that a further refusal of the same wish adds to those
// that are `counted` (seconds of its earlier entries). The longest time refused is what counts.
[[nodiscard]] std::vector<UsageEntry> refused_more(const model::Interval& wanted,
                                                   std::chrono::seconds counted);

}  // namespace benchd::scheduling
