#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kStation =
    "INSERT INTO stations (name, config_source, config_hash, journal, change)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET config_source = excluded.config_source,"
    " config_hash = excluded.config_hash, journal = excluded.journal, change = excluded.change";
constexpr const char* kBenchOwner = "SELECT station FROM benches WHERE name = ?";
constexpr const char* kAbsent =
    "UPDATE benches SET present = 0, change = ? WHERE station = ? AND present = 1";
constexpr const char* kBench =
    "INSERT INTO benches (name, station, present, setup_time_s, teardown_time_s, unattended, hours,"
    " needs_approval, change) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET present = 1, setup_time_s = excluded.setup_time_s,"
    " teardown_time_s = excluded.teardown_time_s, unattended = excluded.unattended,"
    " hours = excluded.hours, needs_approval = excluded.needs_approval, change = excluded.change";
// What a share of the site is a share of.
constexpr const char* kCountBenches =
    "UPDATE meta SET value = (SELECT count(*) FROM benches WHERE present = 1)"
    " WHERE key = 'benches'";
constexpr const char* kFence =
    "UPDATE benches SET fence = max(fence, ?) WHERE name = ? AND station = ?";
constexpr const char* kNewJournal =
    "INSERT INTO journals (station, journal, acknowledged) VALUES (?, ?, 0)"
    " ON CONFLICT (station, journal) DO NOTHING";
constexpr const char* kAcknowledgedEvent =
    "SELECT acknowledged FROM journals WHERE station = ? AND journal = ?";

Status put_bench(Transaction& transaction, const model::Bench& bench, std::int64_t station) {
  auto& db = transaction.db();
  {
    auto owner = db.query(kBenchOwner, bench.id);
    if (owner.next() && owner.integer(0) != station) {
      return fail(Reason::NameTaken, "Another station has a bench named " + bench.id.text() + ".",
                  {{"bench", bench.id.text()}});
    }
  }
  const auto change = transaction.change(ChangeKind::Bench, bench.id.text());
  const auto hours = bench.hours.always() ? std::string{} : model::to_text(bench.hours);
  db.execute(kBench, bench.id, station, bench.setup_time, bench.teardown_time, bench.unattended,
             hours, bench.needs_approval, change);
  return {};
}

std::int64_t acknowledged(Database& db, std::int64_t station, const std::string& journal) {
  db.execute(kNewJournal, station, journal);
  auto rows = db.query(kAcknowledgedEvent, station, journal);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

Result<StationRecord> register_station(Transaction& transaction, const RegisterStation& command) {
  auto& db = transaction.db();
  const auto& station = command.station;
  const auto change = transaction.change(ChangeKind::Station, station.id.text());
  db.execute(kStation, station.id, station.source, station.config_hash, command.journal_id, change);
  const auto row = find_station_row(db, station.id).value_or(0);

  db.execute(kAbsent, change, row);
  for (const auto& bench : station.benches) {
    if (auto put = put_bench(transaction, bench, row); !put) return fail(put.error());
  }
  db.execute(kCountBenches);
  for (const auto& [bench, fence] : command.fences) db.execute(kFence, fence, bench, row);
  transaction.audit_site(command.call.now, "RegisterStation", "stations/" + station.id.text());
  return StationRecord{.id = station.id,
                       .config_source = station.source,
                       .config_hash = station.config_hash,
                       .journal_id = command.journal_id,
                       .acknowledged_event = acknowledged(db, row, command.journal_id),
                       .change = change};
}

}  // namespace benchd::store::detail
