#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "daemon/scheduling/fair_share.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/rows/job_rows.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

using std::chrono::seconds;

// What lies so many half-lives back counts less than a thousandth.
constexpr int kHalfLives = 10;
// What takes longer than predicted is expected to take as long again as it is late.
constexpr seconds kLeastLate = std::chrono::minutes{30};

constexpr const char* kClaims =
    "SELECT c.start_s, c.end_s, b.job IS NOT NULL, b.predicted_ns FROM claims c"
    " LEFT JOIN bookings b ON b.id = c.booking WHERE c.bench = ? AND c.end_s > ? ORDER BY "
    "c.start_s";
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
constexpr const char* kHeads =
    "SELECT t.name, h.class, h.job, h.since_s FROM job_heads h JOIN tenants t ON t.id = h.tenant";

QueueBench read_queue_bench(Database& db, const BenchRow& bench, UtcSeconds now) {
  QueueBench out{.rules = bench.rules};
  auto rows = db.query(kClaims, bench.row, now);
  while (rows.next()) {
    const model::Interval occupied{rows.seconds(0), rows.seconds(1)};
    if (!rows.boolean(2)) {
      out.fixed.push_back(occupied);
      continue;
    }
    const auto predicted =
        std::chrono::ceil<seconds>(rows.optional(3, &Rows::nanoseconds).value_or(Nanoseconds{}));
    const auto expected =
        occupied.start + bench.rules.setup_time + predicted + bench.rules.teardown_time;
    const auto late = now - expected;
    out.leaves =
        std::min(occupied.end, late < seconds{0} ? expected : now + std::max(late, kLeastLate));
  }
  return out;
}

void read_uses(Database& db, QueueState& state, UtcSeconds now, const scheduling::Policy& policy) {
  std::set<TenantId> taking_part;
  for (const auto& job : state.jobs) taking_part.insert(job.job.tenant);
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
  for (const auto& tenant : taking_part) {
    state.tenants.push_back({.tenant = tenant, .usage = tenants[tenant].at(now, half_life)});
  }
  for (const auto& [key, usage] : members) state.members[key] = usage.at(now, half_life);
}

}  // namespace

Result<QueueState> read_queue(Database& database, UtcTime now, const scheduling::Policy& policy) {
  static const std::string kQueued = select_jobs("WHERE j.state = 1 ORDER BY j.id");
  static const std::string kInService =
      select_benches("WHERE n.present = 1 AND n.quarantined = 0 ORDER BY n.name");
  const auto whole = std::chrono::floor<seconds>(now);
  QueueState state;
  {
    auto rows = database.query(kQueued.c_str());
    while (rows.next()) state.jobs.push_back(read_job(rows).record);
  }
  if (state.jobs.empty()) return state;
  std::vector<BenchRow> benches;
  {
    auto rows = database.query(kInService.c_str());
    while (rows.next()) benches.push_back(read_bench(rows));
  }
  for (const auto& bench : benches) {
    state.benches.push_back(read_queue_bench(database, bench, whole));
  }
  read_uses(database, state, whole, policy);
  auto heads = database.query(kHeads);
  while (heads.next()) {
    state.heads[{heads.id<TenantId>(0), heads.enumerator<model::JobClass>(1)}] = {
        heads.id<model::JobId>(2), heads.seconds(3)};
  }
  return state;
}

}  // namespace benchd::store::detail
