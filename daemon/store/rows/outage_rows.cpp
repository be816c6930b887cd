#include "daemon/store/rows/outage_rows.hpp"

#include <algorithm>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/scheduling/admission.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kOutageColumns =
    "SELECT o.id, o.name, o.start_s, o.end_s, o.state, o.title, o.creator, o.create_us,"
    " o.update_us, o.revision, o.change, o.deadline_s FROM outages o ";
constexpr const char* kOutageBenches =
    "SELECT n.name FROM outage_benches ob JOIN benches n ON n.id = ob.bench"
    " WHERE ob.outage = ? ORDER BY ob.position";
constexpr const char* kOutageTimes =
    "SELECT n.name, t.start_s, t.end_s FROM outage_times t JOIN benches n ON n.id = t.bench"
    " WHERE t.outage = ? ORDER BY n.name, t.start_s";
constexpr const char* kInsertOutage =
    "INSERT INTO outages (name, start_s, end_s, state, title, creator, create_us, update_us,"
    " revision, change, deadline_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertOutageBench =
    "INSERT INTO outage_benches (outage, position, bench) VALUES (?, ?, ?)";
constexpr const char* kInsertOutageTime =
    "INSERT INTO outage_times (outage, bench, start_s, end_s) VALUES (?, ?, ?, ?)";
constexpr const char* kInsertOutageClaim =
    "INSERT INTO claims (bench, start_s, end_s, outage) VALUES (?, ?, ?, ?)";
constexpr const char* kUpdateOutage =
    "UPDATE outages SET state = ?, update_us = ?, revision = ?, change = ?, deadline_s = ?"
    " WHERE id = ?";
constexpr const char* kDropTimes = "DELETE FROM outage_times WHERE outage = ? AND start_s >= ?";
constexpr const char* kCutTimes =
    "UPDATE outage_times SET end_s = ?2 WHERE outage = ?1 AND end_s > ?2";
constexpr const char* kDropClaims = "DELETE FROM claims WHERE outage = ?";

}  // namespace

std::string name_of(const model::Outage& outage) { return "sites/-/outages/" + outage.id.text(); }

std::string select_outages(const std::string& where) { return kOutageColumns + where; }

OutageRow read_outage(Database& database, const Rows& rows) {
  OutageRow row{.row = rows.integer(0)};
  auto& outage = row.record.outage;
  outage.id = rows.id<OutageId>(1);
  outage.interval = {rows.seconds(2), rows.seconds(3)};
  outage.state = rows.enumerator<model::OutageState>(4);
  outage.title = rows.text(5);
  outage.creator = rows.text(6);
  outage.create_time = rows.time(7);
  outage.update_time = rows.time(8);
  outage.revision = static_cast<int>(rows.integer(9));
  row.record.change = rows.integer(10);
  row.deadline = rows.optional(11, &Rows::seconds);
  auto benches = database.query(kOutageBenches, row.row);
  while (benches.next()) outage.benches.push_back(benches.id<BenchId>(0));
  auto times = database.query(kOutageTimes, row.row);
  while (times.next()) {
    outage.times.push_back({times.id<BenchId>(0), {times.seconds(1), times.seconds(2)}});
  }
  return row;
}

Result<OutageRow> get_outage_row(Database& database, const OutageId& id) {
  static const std::string kByName = select_outages("WHERE o.name = ?");
  auto rows = database.query(kByName.c_str(), id);
  if (!rows.next()) return fail(access::not_found_or_denied());
  return read_outage(database, rows);
}

Status insert_outage(Transaction& transaction,
                     OutageRow& row,
                     const std::vector<BenchRow>& benches) {
  auto& db = transaction.db();
  auto& outage = row.record.outage;
  row.record.change = transaction.change(ChangeKind::Outage, outage.id.text());
  db.execute(kInsertOutage, outage.id, outage.interval.start, outage.interval.end, outage.state,
             outage.title, outage.creator, outage.create_time, outage.update_time, outage.revision,
             row.record.change, row.deadline);
  row.row = db.last_row_id();
  for (std::size_t at = 0; at < benches.size(); ++at) {
    db.execute(kInsertOutageBench, row.row, at, benches[at].row);
  }
  for (const auto& time : outage.times) {
    const auto bench = std::ranges::find_if(
        benches, [&](const BenchRow& each) { return each.record.id == time.bench; });
    db.execute(kInsertOutageTime, row.row, bench->row, time.occupied.start, time.occupied.end);
    try {
      db.execute(kInsertOutageClaim, bench->row, time.occupied.start, time.occupied.end, row.row);
    } catch (const SqliteFailure& failure) {
      if (failure.primary() != SQLITE_CONSTRAINT) throw;
      return fail(scheduling::slot_taken(std::nullopt));
    }
  }
  return {};
}

void update_outage(Transaction& transaction, OutageRow& row, UtcTime now) {
  auto& outage = row.record.outage;
  outage.revision += 1;
  outage.update_time = now;
  row.record.change = transaction.change(ChangeKind::Outage, outage.id.text());
  transaction.db().execute(kUpdateOutage, outage.state, now, outage.revision, row.record.change,
                           row.deadline, row.row);
}

void truncate_outage(Transaction& transaction, OutageRow& row, UtcSeconds now) {
  auto& db = transaction.db();
  db.execute(kDropTimes, row.row, now);
  db.execute(kCutTimes, row.row, now);
  auto& times = row.record.outage.times;
  std::erase_if(times, [&](const model::OutageTime& time) { return time.occupied.start >= now; });
  for (auto& time : times) time.occupied.end = std::min(time.occupied.end, now);
}

void delete_claims(Transaction& transaction, const OutageRow& outage) {
  for (const auto& bench : outage.record.outage.benches) transaction.freed(bench);
  transaction.db().execute(kDropClaims, outage.row);
}

}  // namespace benchd::store::detail
