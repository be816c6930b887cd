#include <limits>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/run_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kEvents =
    "SELECT number, event FROM run_events WHERE run = ? AND number > ? ORDER BY number LIMIT ?";
constexpr const char* kSegments =
    "SELECT number, size, sha256, path FROM segments WHERE run = ? ORDER BY number";

std::string list_runs_sql(const ListRuns& query) {
  std::string where = query.tenant ? "WHERE r.tenant = (SELECT id FROM tenants WHERE name = ?1)"
                                   : "WHERE ?1 IS NULL";
  where += query.booking ? " AND r.booking = (SELECT id FROM bookings WHERE name = ?2)"
                         : " AND ?2 IS NULL";
  if (query.active_only) where += " AND r.state < 4";
  return select_runs(where + " AND r.id < ?3 ORDER BY r.id DESC LIMIT ?4");
}

}  // namespace

Result<RunRecord> get_run(Database& database, const GetRun& query) {
  auto run = find_run(database, query.run, query.tenant);
  if (!run) return fail(access::not_found_or_denied());
  load_content(database, *run);
  return std::move(run->record);
}

Result<Page<RunRecord>> list_runs(Database& database, const ListRuns& query) {
  auto before = std::numeric_limits<std::int64_t>::max();
  if (!query.page.token.empty()) {
    auto name = from_token(query.page.token);
    if (!name) return fail(name.error());
    const auto last = find_run(database, RunId{*name}, query.tenant);
    if (!last) return fail(bad_token());
    before = last->row;
  }
  const int size = page_size(query.page);
  std::vector<RunRecord> items;
  auto rows = database.query(list_runs_sql(query), query.tenant, query.booking, before, size + 1);
  while (rows.next()) items.push_back(read_run(rows).record);
  return to_page(std::move(items), size,
                 [](const RunRecord& record) { return record.run.id.text(); });
}

Result<std::vector<RunEventRecord>> list_run_events(Database& database,
                                                    const ListRunEvents& query) {
  const auto run = find_run(database, query.run, query.tenant);
  if (!run) return fail(access::not_found_or_denied());
  std::vector<RunEventRecord> events;
  auto rows = database.query(kEvents, run->row, query.after, query.limit);
  while (rows.next()) {
    events.push_back({.number = rows.integer(0)});
    events.back().event.ParseFromString(rows.text(1));
  }
  return events;
}

Result<std::vector<SegmentRecord>> list_segments(Database& database, const ListSegments& query) {
  const auto run = find_run(database, query.run, query.tenant);
  if (!run) return fail(access::not_found_or_denied());
  std::vector<SegmentRecord> segments;
  auto rows = database.query(kSegments, run->row);
  while (rows.next()) {
    segments.push_back({.run = query.run,
                        .tenant = run->record.run.tenant,
                        .index = static_cast<int>(rows.integer(0)),
                        .size = static_cast<std::uint64_t>(rows.integer(1)),
                        .sha256 = rows.text(2),
                        .path = rows.text(3)});
  }
  return segments;
}

}  // namespace benchd::store::detail
