#include "daemon/store/rows/lookup.hpp"

#include "daemon/access/redaction.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kMember =
    "SELECT m.enabled AND t.enabled FROM members m JOIN tenants t ON t.id = m.tenant"
    " WHERE t.name = ? AND m.name = ?";
constexpr const char* kStaff = "SELECT enabled FROM staff WHERE name = ?";
constexpr const char* kTenant = "SELECT id FROM tenants WHERE name = ?";
constexpr const char* kStation = "SELECT id FROM stations WHERE name = ?";
constexpr const char* kBenchColumns =
    "SELECT n.id, n.station, n.name, s.name, s.config_hash, n.present, n.setup_time_s,"
    " n.teardown_time_s, n.quarantined, n.reason, n.message, n.fence, n.change, n.unattended,"
    " n.hours, (SELECT value FROM meta WHERE key = 'hours'), n.needs_approval"
    " FROM benches n JOIN stations s ON s.id = n.station ";
constexpr const char* kActiveBooking =
    "SELECT b.name FROM bookings b JOIN booking_benches bb ON bb.booking = b.id"
    " WHERE b.state BETWEEN 4 AND 6 AND bb.bench = ? ORDER BY b.start_s LIMIT 1";

// Those of the bench, and of the site.
model::Hours read_hours(const std::string& bench, const std::string& site) {
  const auto own = model::hours_from_text(bench);
  const auto of_site = model::hours_from_text(site);
  if (!own || !of_site) throw SqliteFailure(SQLITE_CORRUPT, "the hours of a bench are unreadable");
  return model::hours_of(*of_site, *own);
}

std::optional<std::int64_t> first_integer(Rows rows) {
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

}  // namespace

Status require_caller(Transaction& transaction, const Call& call) {
  if (!call.caller) return {};
  auto& db = transaction.db();
  std::optional<std::int64_t> enabled = 1;
  if (call.caller->kind == access::CallerKind::Member) {
    enabled = is_member(db, call.caller->tenant, call.caller->member) ? 1 : 0;
  } else if (call.caller->kind == access::CallerKind::Staff) {
    enabled = first_integer(db.query(kStaff, call.caller->member));
  }
  if (enabled.value_or(0) == 0) return fail(access::not_found_or_denied());
  return {};
}

bool is_member(Database& database, const TenantId& tenant, const MemberId& member) {
  return first_integer(database.query(kMember, tenant, member)).value_or(0) != 0;
}

std::optional<std::int64_t> find_tenant_row(Database& database, const TenantId& tenant) {
  return first_integer(database.query(kTenant, tenant));
}

std::optional<std::int64_t> find_station_row(Database& database, const StationId& station) {
  return first_integer(database.query(kStation, station));
}

std::string select_benches(const std::string& where) { return kBenchColumns + where; }

BenchRow read_bench(const Rows& rows) {
  BenchRow bench{.row = rows.integer(0), .station_row = rows.integer(1)};
  auto& record = bench.record;
  record.id = rows.id<BenchId>(2);
  record.station = rows.id<StationId>(3);
  record.config_hash = rows.text(4);
  record.present = rows.boolean(5);
  bench.rules = {.id = record.id,
                 .setup_time = std::chrono::seconds{rows.integer(6)},
                 .teardown_time = std::chrono::seconds{rows.integer(7)}};
  record.quarantined = rows.boolean(8);
  record.reason = rows.text(9);
  record.message = rows.text(10);
  record.fence = rows.integer(11);
  record.change = rows.integer(12);
  bench.rules.unattended = rows.boolean(13);
  bench.rules.hours = read_hours(rows.text(14), rows.text(15));
  bench.rules.needs_approval = rows.boolean(16);
  return bench;
}

Result<BenchRow> get_bench_row(Database& database, const BenchId& bench) {
  static const std::string kByName = select_benches("WHERE n.name = ?");
  auto rows = database.query(kByName.c_str(), bench);
  if (!rows.next() || !rows.boolean(5)) {
    return fail(
        Reason::UnknownBench,
        "There is no bench " + bench.text() + " at this site; `benchctl bench list` lists them.",
        {{"bench", bench.text()}});
  }
  return read_bench(rows);
}

std::optional<BookingId> find_active_booking(Database& database, std::int64_t bench_row) {
  auto rows = database.query(kActiveBooking, bench_row);
  if (!rows.next()) return std::nullopt;
  return rows.id<BookingId>(0);
}

}  // namespace benchd::store::detail
