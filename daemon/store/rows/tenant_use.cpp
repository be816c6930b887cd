#include "daemon/store/rows/tenant_use.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace benchd::store::detail {

namespace {

// What lies so many half-lives back counts less than a thousandth.
constexpr int kHalfLives = 10;
// What the ledger charges: setup, used, teardown, no-show, late cancelled; below zero what was
// given back.
constexpr const char* kCharged =
    "SELECT t.name, u.member, u.end_s, u.seconds FROM usage u JOIN tenants t ON t.id = u.tenant"
    " WHERE u.end_s > ? AND u.kind IN (2, 3, 4, 6, 7)";
// Whoever has a bench now is charged for all that it holds, from where the ledger ends: or one
// tenant would start a job on each bench before any of them has cost it anything.
constexpr const char* kHeld =
    "SELECT t.name, b.member, max(bb.occupied_start_s, coalesce((SELECT max(u.end_s) FROM usage u"
    "   WHERE u.booking = b.id AND u.bench = bb.bench AND u.kind IN (2, 3)), 0)),"
    " bb.occupied_end_s FROM bookings b JOIN booking_benches bb ON bb.booking = b.id"
    " JOIN tenants t ON t.id = b.tenant WHERE b.state BETWEEN 4 AND 6";
constexpr const char* kShares = "SELECT name, share FROM tenants ORDER BY name";

}  // namespace

Uses read_uses(Database& db,
               const std::set<TenantId>& taking_part,
               UtcSeconds now,
               const scheduling::Policy& policy) {
  Uses uses;
  std::map<TenantId, scheduling::Usage> tenants;
  std::map<std::pair<TenantId, MemberId>, scheduling::Usage> members;
  const auto half_life = policy.usage_half_life;
  const auto add = [&](const Rows& rows, double amount, UtcSeconds when) {
    const auto tenant = rows.id<TenantId>(0);
    if (!taking_part.contains(tenant)) return;
    tenants[tenant].add(amount, std::min(when, now), half_life);
    members[{tenant, rows.id<MemberId>(1)}].add(amount, std::min(when, now), half_life);
  };
  {
    auto rows = db.query(kCharged, now - kHalfLives * half_life);
    while (rows.next()) add(rows, static_cast<double>(rows.integer(3)), rows.seconds(2));
  }
  {
    auto rows = db.query(kHeld);
    while (rows.next()) {
      add(rows, static_cast<double>(rows.integer(3) - rows.integer(2)), rows.seconds(3));
    }
  }
  auto shares = db.query(kShares);
  while (shares.next()) {
    const auto tenant = shares.id<TenantId>(0);
    if (!taking_part.contains(tenant)) continue;
    uses.tenants.push_back(
        {.tenant = tenant, .shares = shares.real(1), .usage = tenants[tenant].at(now, half_life)});
  }
  for (const auto& [key, usage] : members) uses.members[key] = usage.at(now, half_life);
  return uses;
}

}  // namespace benchd::store::detail
