// Numbers of the booking rules. Defaults from the semantics of bookings; a site sets others in its
// policy file.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

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
  // Time that has become free is held so long for whoever waits for it; no offer begins sooner,
  // unless it is taken at once.
  std::chrono::seconds offer_time = std::chrono::minutes{15};
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
  // A preemptible job has its bench for at least so long.
  std::chrono::seconds protected_time = std::chrono::minutes{30};
  // What a tenant may have at once, whoever of its members asks, and of that each member
  // (limits.hpp): bookings that have not ended, jobs in the queue, and the bench-time of bookings
  // that are only held or wait for an approval: enough to ask for a week of two benches.
  std::int64_t bookings_per_tenant = 200;
  std::int64_t bookings_per_member = 100;
  std::int64_t jobs_per_tenant = 500;
  std::int64_t jobs_per_member = 250;
  std::chrono::seconds held_per_tenant = std::chrono::hours{24 * 14};
  std::chrono::seconds held_per_member = std::chrono::hours{24 * 7};
  // Bench-time that a tenant has booked from so far ahead on is capped at this part of its share of
  // what the benches have within the horizon, but no less than the floor. The horizon is the
  // longest booking, so that half a site's shares are enough for one of three weeks on its only
  // bench.
  std::chrono::seconds ahead_from = std::chrono::hours{24};
  std::chrono::seconds ahead_horizon = std::chrono::hours{24 * 30};
  std::chrono::seconds ahead_floor = std::chrono::hours{24 * 7};
  std::int64_t ahead_percent = 150;
  // So many no-shows within this time halve that cap.
  std::int64_t no_shows_that_halve = 3;
  std::chrono::seconds no_show_memory = std::chrono::hours{24 * 30};
  // A bench whose station is away for so long counts as out of use, from when it was lost.
  std::chrono::seconds down_after = std::chrono::minutes{5};
  friend bool operator==(const Policy&, const Policy&) = default;
};

// A number of the policy under the name that it has in the policy file and, with "_duration" behind
// it, on the API. Reading, checking, showing and hashing a policy all go by this list, and the
// next.
struct PolicyTime {
  std::string_view name;
  std::chrono::seconds Policy::*value;
  std::chrono::seconds least;
};
inline constexpr std::array kPolicyTimes{
    PolicyTime{"longest_booking", &Policy::longest_booking, std::chrono::seconds{1}},
    PolicyTime{"busy_grid", &Policy::busy_grid, std::chrono::seconds{1}},
    PolicyTime{"start_tolerance", &Policy::start_tolerance, std::chrono::seconds{0}},
    PolicyTime{"shortest_grace", &Policy::shortest_grace, std::chrono::seconds{0}},
    PolicyTime{"longest_grace", &Policy::longest_grace, std::chrono::seconds{0}},
    PolicyTime{"shortest_teardown", &Policy::shortest_teardown, std::chrono::seconds{1}},
    PolicyTime{"hold_time", &Policy::hold_time, std::chrono::seconds{1}},
    PolicyTime{"offer_time", &Policy::offer_time, std::chrono::seconds{1}},
    PolicyTime{"approval_time", &Policy::approval_time, std::chrono::seconds{1}},
    PolicyTime{"late_cancel_notice", &Policy::late_cancel_notice, std::chrono::seconds{0}},
    PolicyTime{"regret_time", &Policy::regret_time, std::chrono::seconds{0}},
    PolicyTime{"setup_notice", &Policy::setup_notice, std::chrono::seconds{1}},
    PolicyTime{"usage_half_life", &Policy::usage_half_life, std::chrono::seconds{1}},
    PolicyTime{"longest_head_wait", &Policy::longest_head_wait, std::chrono::seconds{0}},
    PolicyTime{"protected_time", &Policy::protected_time, std::chrono::seconds{0}},
    PolicyTime{"held_per_tenant", &Policy::held_per_tenant, std::chrono::seconds{0}},
    PolicyTime{"held_per_member", &Policy::held_per_member, std::chrono::seconds{0}},
    PolicyTime{"ahead_from", &Policy::ahead_from, std::chrono::seconds{0}},
    PolicyTime{"ahead_horizon", &Policy::ahead_horizon, std::chrono::seconds{0}},
    PolicyTime{"ahead_floor", &Policy::ahead_floor, std::chrono::seconds{0}},
    PolicyTime{"no_show_memory", &Policy::no_show_memory, std::chrono::seconds{0}},
    PolicyTime{"down_after", &Policy::down_after, std::chrono::seconds{1}},
};

// A number that counts; on the API under the same name.
struct PolicyCount {
  std::string_view name;
  std::int64_t Policy::*value;
  std::int64_t least;
};
inline constexpr std::array kPolicyCounts{
    PolicyCount{"bookings_per_tenant", &Policy::bookings_per_tenant, 1},
    PolicyCount{"bookings_per_member", &Policy::bookings_per_member, 1},
    PolicyCount{"jobs_per_tenant", &Policy::jobs_per_tenant, 0},
    PolicyCount{"jobs_per_member", &Policy::jobs_per_member, 0},
    PolicyCount{"ahead_percent", &Policy::ahead_percent, 0},
    PolicyCount{"no_shows_that_halve", &Policy::no_shows_that_halve, 1},
};

// One line for each number, "busy_grid=900 s" or "jobs_per_tenant=500", sorted by name: the same
// for policies that say the same, however their files are written.
[[nodiscard]] std::string canonical(const Policy& policy);
// "p-" and the beginning of the SHA-256 of that text.
[[nodiscard]] std::string version_of(const Policy& policy);

// What the booking rules know of a bench.
struct BenchRules {
  BenchId id;
  std::chrono::seconds setup_time{};
  std::chrono::seconds teardown_time{};
  bool unattended = false;  // what runs unattended may do so outside the open hours
  model::Hours hours;       // those that hold for the bench
  bool needs_approval = false;
};

// `site_hours` hold where the bench has none of its own.
[[nodiscard]] inline BenchRules rules_of(const model::Bench& bench,
                                         const model::Hours& site_hours) {
  return {bench.id,
          bench.setup_time,
          bench.teardown_time,
          bench.unattended,
          model::hours_of(site_hours, bench.hours),
          bench.needs_approval};
}

}  // namespace benchd::scheduling
