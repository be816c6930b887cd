#include "daemon/store/rows/limit_rows.hpp"

namespace benchd::store::detail {

namespace {

using std::chrono::seconds;

// Colleagues are who may book; who is only a viewer ([1]) takes nothing.
constexpr const char* kOpen =
    "SELECT t.open_bookings, t.open_s, coalesce(m.open_bookings, 0),"
    " EXISTS (SELECT 1 FROM members o WHERE o.tenant = t.id AND o.enabled = 1 AND o.name <> ?2"
    "   AND o.roles <> '[1]')"
    " FROM tenants t LEFT JOIN members m ON m.tenant = t.id AND m.name = ?2 WHERE t.id = ?1";
constexpr const char* kHeldTime =
    "SELECT coalesce(sum(bb.occupied_end_s - bb.occupied_start_s), 0),"
    " coalesce(sum((bb.occupied_end_s - bb.occupied_start_s) * (b.member = ?2)), 0)"
    " FROM bookings b JOIN booking_benches bb ON bb.booking = b.id"
    " WHERE b.tenant = ?1 AND b.state BETWEEN 1 AND 2";
constexpr const char* kQueued =
    "SELECT count(*), coalesce(sum(member = ?2), 0) FROM jobs INDEXED BY jobs_queued_by_tenant"
    " WHERE tenant = ?1 AND state = 1";
constexpr const char* kAhead =
    "SELECT (SELECT coalesce(sum(bb.occupied_end_s - max(bb.occupied_start_s, ?2)), 0)"
    "   FROM bookings b JOIN booking_benches bb ON bb.booking = b.id"
    "   WHERE b.tenant = ?1 AND b.state BETWEEN 1 AND 6 AND bb.occupied_end_s > ?2),"
    " (SELECT count(*) FROM bookings WHERE tenant = ?1 AND state = 8 AND start_s > ?3),"
    " t.share, (SELECT sum(share) FROM tenants WHERE enabled = 1),"
    " (SELECT value FROM meta WHERE key = 'benches') FROM tenants t WHERE t.id = ?1";

}  // namespace

seconds read_bookings(Database& database,
                      std::int64_t tenant_row,
                      const MemberId& member,
                      scheduling::Standing& standing) {
  auto rows = database.query(kOpen, tenant_row, member);
  if (!rows.next()) return {};
  standing.tenant.bookings = rows.integer(0);
  standing.member.bookings = rows.integer(2);
  standing.has_colleagues = rows.boolean(3);
  return seconds{rows.integer(1)};
}

void read_held(Database& database,
               std::int64_t tenant_row,
               const MemberId& member,
               scheduling::Standing& standing) {
  auto rows = database.query(kHeldTime, tenant_row, member);
  if (!rows.next()) return;
  standing.tenant.held = seconds{rows.integer(0)};
  standing.member.held = seconds{rows.integer(1)};
}

void read_jobs(Database& database,
               std::int64_t tenant_row,
               const MemberId& member,
               scheduling::Standing& standing) {
  auto rows = database.query(kQueued, tenant_row, member);
  if (!rows.next()) return;
  standing.tenant.jobs = rows.integer(0);
  standing.member.jobs = rows.integer(1);
}

void read_ahead(Database& database,
                std::int64_t tenant_row,
                UtcTime now,
                const scheduling::Policy& policy,
                scheduling::Standing& standing) {
  const auto today = std::chrono::floor<seconds>(now);
  auto rows =
      database.query(kAhead, tenant_row, today + policy.ahead_from, today - policy.no_show_memory);
  if (!rows.next()) return;
  standing.ahead = seconds{rows.integer(0)};
  standing.no_shows = rows.integer(1);
  standing.share = rows.real(2);
  standing.all_shares = rows.real(3);
  standing.benches = rows.integer(4);
}

}  // namespace benchd::store::detail
