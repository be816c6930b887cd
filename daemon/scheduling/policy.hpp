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
