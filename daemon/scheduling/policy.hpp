// Numbers of the booking rules. Defaults from the semantics of bookings; a site may set others.
#pragma once

#include <chrono>

#include "daemon/base/ids.hpp"
#include "daemon/model/station.hpp"

namespace benchd::scheduling {

struct Policy {
  std::chrono::seconds longest_booking = std::chrono::hours{24 * 30};
  // Times that a refusal or an offer names lie on this grid, which hides the exact times of others.
  std::chrono::seconds busy_grid = std::chrono::minutes{15};
  // How far a start may lie in the past: the way of a call that says "now".
  std::chrono::seconds start_tolerance{30};
  // Time to check in: a tenth of the length within these.
  std::chrono::seconds shortest_grace = std::chrono::minutes{5};
  std::chrono::seconds longest_grace = std::chrono::minutes{30};
  // Proving the safe state may take so long even where a bench has no teardown time. Never
  // lengthens a claim.
  std::chrono::seconds shortest_teardown{60};
  // A booking that is held, not yet confirmed, keeps others out for so long.
  std::chrono::seconds hold_time = std::chrono::minutes{10};
  // A booking that needs an approval waits for it for so long.
  std::chrono::seconds approval_time = std::chrono::hours{48};
  // Who cancels with less notice cancels late; not within the regret time after booking.
  std::chrono::seconds late_cancel_notice = std::chrono::hours{24};
  std::chrono::seconds regret_time = std::chrono::minutes{15};
  // So long before its setup begins the member of a booking is told.
  std::chrono::seconds setup_notice = std::chrono::minutes{30};
  // What lies so far back counts half in a tenant's usage. Bench sessions are longer than the batch
  // jobs for which others halve in 7 days.
  std::chrono::seconds usage_half_life = std::chrono::hours{24 * 14};
  // The first job of a tenant waits no longer than this for others of its class, whatever the
  // tenant has used.
  std::chrono::seconds longest_head_wait = std::chrono::hours{24 * 7};
};

// What the booking rules know of a bench.
struct BenchRules {
  BenchId id;
  std::chrono::seconds setup_time{};
  std::chrono::seconds teardown_time{};
};

[[nodiscard]] inline BenchRules rules_of(const model::Bench& bench) {
  return {bench.id, bench.setup_time, bench.teardown_time};
}

}  // namespace benchd::scheduling
