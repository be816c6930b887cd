#include <utility>

#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/claim_rows.hpp"
#include "daemon/store/rows/command_rows.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kStations =
    "SELECT s.name, s.config_source, s.config_hash, s.journal, j.acknowledged, s.change"
    " FROM stations s JOIN journals j ON j.station = s.id AND j.journal = s.journal"
    " ORDER BY s.name";
// Far more than a window shows; a bound all the same.
constexpr int kMostClaims = 100'000;

constexpr const char* kOutagesOfBench =
    "SELECT start_s, end_s FROM claims WHERE bench = ? AND outage IS NOT NULL ORDER BY start_s";

BenchRecord with_booking(Database& database, BenchRow bench) {
  bench.record.booking = find_active_booking(database, bench.row);
  return std::move(bench.record);
}

}  // namespace

Result<BenchRecord> get_bench(Database& database, const BenchId& bench) {
  auto row = get_bench_row(database, bench);
  if (!row) return fail(row.error());
  auto record = with_booking(database, *row);
  auto rows = database.query(kOutagesOfBench, row->row);
  while (rows.next()) record.outages.push_back({rows.seconds(0), rows.seconds(1)});
  return record;
}

Result<Page<BenchRecord>> list_benches(Database& database, const ListBenches& query) {
  static const std::string kList =
      select_benches("WHERE n.present = 1 AND n.name > ? ORDER BY n.name LIMIT ?");
  auto after = from_token(query.page.token);
  if (!after) return fail(after.error());
  const int size = page_size(query.page);
  std::vector<BenchRecord> items;
  auto rows = database.query(kList.c_str(), *after, size + 1);
  while (rows.next()) items.push_back(with_booking(database, read_bench(rows)));
  return to_page(std::move(items), size,
                 [](const BenchRecord& record) { return record.id.text(); });
}

Result<std::vector<StationRecord>> list_stations(Database& database) {
  std::vector<StationRecord> stations;
  auto rows = database.query(kStations);
  while (rows.next()) {
    stations.push_back({.id = rows.id<StationId>(0),
                        .config_source = rows.text(1),
                        .config_hash = rows.text(2),
                        .journal_id = rows.text(3),
                        .acknowledged_event = rows.integer(4),
                        .change = rows.integer(5)});
  }
  return stations;
}

Result<std::vector<BenchBusy>> list_claims(Database& database, const ListClaims& query) {
  std::vector<BenchBusy> benches;
  for (const auto& id : query.benches) {
    auto bench = get_bench_row(database, id);
    if (!bench) return fail(bench.error());
    benches.push_back({id, claims_between(database, bench->row, query.window.start,
                                          query.window.end, kMostClaims)});
  }
  return benches;
}

Result<std::vector<CommandRecord>> list_pending_commands(Database& database,
                                                         const ListPendingCommands& query) {
  static const std::string kPending =
      select_commands("WHERE c.state = 1 AND c.station = ? ORDER BY c.id");
  std::vector<CommandRecord> commands;
  const auto station = find_station_row(database, query.station);
  if (!station) return commands;
  auto rows = database.query(kPending.c_str(), station);
  while (rows.next()) commands.push_back(read_command(rows));
  return commands;
}

}  // namespace benchd::store::detail
