#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"

namespace benchd::store::detail {

namespace {

using scheduling::UsageKind;

constexpr std::int64_t kWeek = 7 * 86'400'000'000;    // microseconds
constexpr std::int64_t kMonday = 3 * 86'400'000'000;  // the epoch was a Thursday

constexpr const char* kList =
    "SELECT u.time_us, t.name, n.name, b.name, u.kind, u.start_s, u.end_s, u.seconds, u.forfeit,"
    " u.corrects IS NOT NULL FROM usage u JOIN benches n ON n.id = u.bench"
    " LEFT JOIN tenants t ON t.id = u.tenant LEFT JOIN bookings b ON b.id = u.booking WHERE ";
constexpr const char* kOne =
    "u.tenant = (SELECT id FROM tenants WHERE name = ?1) AND (?2 IS NULL OR n.name = ?2)";
constexpr const char* kAll = "?1 IS NULL AND (?2 IS NULL OR n.name = ?2)";
// An opening entry of a bench that is down has no length; the closing one has.
constexpr const char* kWindow = " AND u.end_s > ?3 AND u.start_s < ?4 AND u.seconds <> 0";
constexpr const char* kPage = " AND u.time_us >= ?5 ORDER BY u.time_us, u.id LIMIT ?6 OFFSET ?7";
constexpr const char* kSum =
    "SELECT t.name, n.name, u.kind, sum(CASE WHEN u.seconds < 0 THEN -1 ELSE 1 END"
    " * (min(u.end_s, ?4) - max(u.start_s, ?3))) FROM usage u JOIN benches n ON n.id = u.bench"
    " LEFT JOIN tenants t ON t.id = u.tenant WHERE ";
// A bench that is down now has an opening entry and no more.
constexpr const char* kDownNow =
    "SELECT n.name, max(0, ?2 - max(u.start_s, ?1)) FROM usage u JOIN benches n ON n.id = u.bench"
    " WHERE u.kind = 11 AND u.corrects IS NULL AND u.start_s < ?2"
    " AND NOT EXISTS (SELECT 1 FROM usage c WHERE c.corrects = u.id)";
constexpr const char* kPool =
    "SELECT n.name, sum(charged) FROM (SELECT bench, week, sum(charged) AS charged FROM"
    "   (SELECT bench, (time_us + ?3) / ?4 AS week, tenant, sum(seconds) AS charged FROM usage"
    "    WHERE time_us >= ?1 AND time_us < ?2 AND kind IN (2, 3, 4, 6, 7)"
    "    GROUP BY bench, week, tenant HAVING sum(seconds) > 0)"
    "   GROUP BY bench, week HAVING count(*) >= 3) p"
    " JOIN benches n ON n.id = p.bench GROUP BY n.name ORDER BY n.name";
// Where a page begins: after so many of the entries written at that time. Says nothing of how many
// entries others have.
struct Place {
  std::int64_t time_us = 0;
  std::int64_t passed = 0;
};

Result<Place> place_of(const std::string& token) {
  if (token.empty()) return Place{};
  auto text = from_token(token);
  if (!text) return fail(text.error());
  Place place;
  const char* end = text->data() + text->size();
  auto read = std::from_chars(text->data(), end, place.time_us);
  if (read.ec != std::errc{} || read.ptr == end || *read.ptr != '+') return fail(bad_token());
  read = std::from_chars(read.ptr + 1, end, place.passed);
  if (read.ec != std::errc{} || read.ptr != end || place.passed < 0) return fail(bad_token());
  return place;
}

UsageRecord read_usage(const Rows& rows) {
  return {.time = rows.time(0),
          .tenant = rows.optional(1, &Rows::id<TenantId>),
          .bench = rows.id<BenchId>(2),
          .booking = rows.optional(3, &Rows::id<BookingId>),
          .entry = {.kind = rows.enumerator<UsageKind>(4),
                    .time = {rows.seconds(5), rows.seconds(6)},
                    .takes_back = rows.integer(7) < 0,
                    .forfeit = rows.boolean(8)},
          .corrects = rows.boolean(9)};
}

// The place after the last item, which the page before may have begun in.
std::string token_after(const std::vector<UsageRecord>& items, const Place& begin) {
  const auto last = items.back().time;
  const auto time_us = last.time_since_epoch().count();
  auto passed = std::ranges::count(items, last, &UsageRecord::time);
  if (time_us == begin.time_us) passed += begin.passed;
  return to_token(std::to_string(time_us) + "+" + std::to_string(passed));
}

}  // namespace

Result<Page<UsageRecord>> list_usage(Database& database, const ListUsage& query) {
  auto place = place_of(query.page.token);
  if (!place) return fail(place.error());
  const int size = page_size(query.page);
  const auto sql = std::string{kList} + (query.tenant ? kOne : kAll) + kWindow + kPage;
  Page<UsageRecord> page;
  auto rows = database.query(sql, query.tenant, query.bench, query.window.start, query.window.end,
                             place->time_us, size + 1, place->passed);
  while (rows.next()) {
    if (std::ssize(page.items) == size) {
      page.next_token = token_after(page.items, *place);
      break;
    }
    page.items.push_back(read_usage(rows));
  }
  return page;
}

Result<std::vector<UsageSum>> sum_usage(Database& database, const SumUsage& query) {
  const auto sql = std::string{kSum} + (query.tenant ? kOne : kAll) + kWindow +
                   " GROUP BY u.tenant, u.bench, u.kind ORDER BY n.name, t.name, u.kind";
  std::vector<UsageSum> sums;
  for (std::size_t at = 0; at < query.windows.size(); ++at) {
    const auto& window = query.windows[at];
    {
      auto rows = database.query(sql, query.tenant, query.bench, window.start, window.end);
      while (rows.next()) {
        sums.push_back({.window = at,
                        .tenant = rows.optional(0, &Rows::id<TenantId>),
                        .bench = rows.id<BenchId>(1),
                        .kind = rows.enumerator<UsageKind>(2),
                        .counted = std::chrono::seconds{rows.integer(3)}});
      }
    }
    if (query.tenant) continue;
    const auto until = std::min(window.end, std::chrono::floor<std::chrono::seconds>(query.now));
    auto rows = database.query(kDownNow, window.start, until);
    while (rows.next()) {
      if (query.bench && *query.bench != rows.id<BenchId>(0)) continue;
      sums.push_back({.window = at,
                      .bench = rows.id<BenchId>(0),
                      .kind = UsageKind::Down,
                      .counted = std::chrono::seconds{rows.integer(1)}});
    }
  }
  return sums;
}

Result<std::vector<PooledUse>> pool_usage(Database& database, const PoolUsage& query) {
  const auto micros = [](UtcTime time) { return time.time_since_epoch().count(); };
  const auto from = micros(query.window.start) + kMonday;
  const auto until = std::min(micros(query.window.end), micros(query.now)) + kMonday;
  const auto first = (from + kWeek - 1) / kWeek * kWeek - kMonday;
  const auto last = until / kWeek * kWeek - kMonday;
  std::vector<PooledUse> pool;
  if (first >= last) return pool;
  auto rows = database.query(kPool, first, last, kMonday, kWeek);
  while (rows.next()) {
    pool.push_back({rows.id<BenchId>(0), std::chrono::seconds{rows.integer(1)}});
  }
  return pool;
}

}  // namespace benchd::store::detail
