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
// Held time counts whether it was used or not; time that a fault of the bench has cost does not.
// States SETUP, IN_USE, TEARDOWN, COMPLETED, NO_SHOW.
constexpr const char* kUses =
    "SELECT t.name, b.member, bb.occupied_start_s, bb.occupied_end_s FROM bookings b"
    " JOIN booking_benches bb ON bb.booking = b.id JOIN tenants t ON t.id = b.tenant"
    " WHERE b.start_s > ? AND b.start_s <= ? AND b.state BETWEEN 4 AND 8";
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
    out.leaves_at_latest = occupied.end;
  }
  return out;
}

void read_uses(Database& db, QueueState& state, UtcSeconds now, const scheduling::Policy& policy) {
  std::set<TenantId> taking_part;
  for (const auto& job : state.jobs) taking_part.insert(job.job.tenant);
  std::map<TenantId, scheduling::Usage> tenants;
  std::map<std::pair<TenantId, MemberId>, scheduling::Usage> members;
  const auto half_life = policy.usage_half_life;
  auto rows = db.query(kUses, now - kHalfLives * half_life, now);
  while (rows.next()) {
    const auto tenant = rows.id<TenantId>(0);
    if (!taking_part.contains(tenant)) continue;
    const auto start = rows.seconds(2);
    const auto end = std::min(rows.seconds(3), now);
    if (end <= start) continue;
    const auto amount = static_cast<double>((end - start).count());
    tenants[tenant].add(amount, end, half_life);
    members[{tenant, rows.id<MemberId>(1)}].add(amount, end, half_life);
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
