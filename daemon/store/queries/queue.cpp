#include <algorithm>
#include <set>
#include <utility>

#include "daemon/store/queries/all.hpp"
#include "daemon/store/rows/job_rows.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/tenant_use.hpp"

namespace benchd::store::detail {

namespace {

using std::chrono::seconds;

// What takes longer than predicted is expected to take as long again as it is late.
constexpr seconds kLeastLate = std::chrono::minutes{30};

constexpr const char* kClaims =
    "SELECT c.start_s, c.end_s, b.job IS NOT NULL, b.predicted_ns, b.name,"
    " b.state BETWEEN 4 AND 5, coalesce(j.preemptible, 0), coalesce(j.preemptions, 0)"
    " FROM claims c LEFT JOIN bookings b ON b.id = c.booking"
    " LEFT JOIN jobs j ON j.name = b.job WHERE c.bench = ? AND c.end_s > ? ORDER BY "
    "c.start_s";
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
    if (rows.boolean(5)) {
      out.running = QueueBench::Running{rows.id<BookingId>(4), occupied.start, rows.boolean(6),
                                        static_cast<int>(rows.integer(7))};
    }
    const auto late = now - expected;
    out.leaves =
        std::min(occupied.end, late < seconds{0} ? expected : now + std::max(late, kLeastLate));
  }
  return out;
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
  std::set<TenantId> taking_part;
  for (const auto& job : state.jobs) taking_part.insert(job.job.tenant);
  auto uses = read_uses(database, taking_part, whole, policy);
  state.tenants = std::move(uses.tenants);
  state.members = std::move(uses.members);
  auto heads = database.query(kHeads);
  while (heads.next()) {
    state.heads[{heads.id<TenantId>(0), heads.enumerator<model::JobClass>(1)}] = {
        heads.id<model::JobId>(2), heads.seconds(3)};
  }
  return state;
}

}  // namespace benchd::store::detail
