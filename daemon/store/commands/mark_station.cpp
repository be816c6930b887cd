#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/downtime.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kBenchesOf = "SELECT id, present FROM benches WHERE station = ?";

}  // namespace

Status mark_station(Transaction& transaction, const MarkStation& command) {
  auto& db = transaction.db();
  const auto station = find_station_row(db, command.station);
  if (!station) return fail(access::not_found_or_denied());
  std::vector<std::pair<std::int64_t, bool>> benches;
  {
    auto rows = db.query(kBenchesOf, station);
    while (rows.next()) benches.emplace_back(rows.integer(0), rows.boolean(1));
  }
  for (const auto& [bench, present] : benches) {
    // A bench that its station does not have any more is not away with it.
    if (command.connected || !present) {
      end_down(transaction, bench, DownCause::StationAway);
    } else {
      begin_down(transaction, bench, DownCause::StationAway);
    }
  }
  transaction.change(ChangeKind::Station, command.station.text());
  return {};
}

}  // namespace benchd::store::detail
