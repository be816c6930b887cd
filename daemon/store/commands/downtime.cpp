#include "daemon/store/commands/downtime.hpp"

#include <algorithm>

#include "daemon/store/commands/record_usage.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kOpen =
    "SELECT id, start_s, count_s FROM downtimes WHERE bench = ? AND cause = ? AND end_s IS NULL";
constexpr const char* kBegin =
    "INSERT INTO downtimes (bench, cause, start_s, count_s) VALUES (?, ?, ?, ?)";
constexpr const char* kEnd = "UPDATE downtimes SET end_s = ?, count_s = NULL WHERE id = ?";
constexpr const char* kCountsStill =
    "SELECT 1 FROM downtimes WHERE bench = ? AND end_s IS NULL AND count_s IS NULL";
constexpr const char* kToCount =
    "SELECT id, bench, start_s FROM downtimes WHERE count_s <= ? ORDER BY count_s, id";
constexpr const char* kCounted = "UPDATE downtimes SET count_s = NULL WHERE id = ?";
constexpr const char* kForgetDowns = "DELETE FROM downtimes WHERE end_s < ?";
constexpr const char* kPutOff =
    "UPDATE bookings SET deadline_s = ?, deadline_event = ? WHERE id = ?";

UtcSeconds whole_now(const Transaction& transaction) {
  return std::chrono::floor<std::chrono::seconds>(transaction.now());
}

// Nobody's revision changes by it: a deadline in SETUP is not shown.
void put_off_grace(Transaction& transaction, std::int64_t bench_row) {
  static const std::string kInSetup = select_bookings(
      "JOIN booking_benches bb ON bb.booking = b.id WHERE bb.bench = ? AND b.state = 4");
  auto& db = transaction.db();
  std::vector<BookingRow> bookings;
  {
    auto rows = db.query(kInSetup.c_str(), bench_row);
    while (rows.next()) bookings.push_back(read_booking(db, rows));
  }
  for (const auto& booking : bookings) {
    const auto deadline = deadline_of(transaction, booking, transaction.now());
    if (!deadline || deadline == booking.deadline) continue;
    db.execute(kPutOff, deadline->at, deadline->event, booking.row);
  }
}

}  // namespace

void begin_down(Transaction& transaction, std::int64_t bench_row, DownCause cause) {
  auto& db = transaction.db();
  if (db.query(kOpen, bench_row, cause).next()) return;
  const auto now = whole_now(transaction);
  std::optional<UtcSeconds> counts_from;
  if (cause == DownCause::StationAway) counts_from = now + transaction.policy().down_after;
  db.execute(kBegin, bench_row, cause, now, counts_from);
  if (!counts_from) record_down(transaction, bench_row, now);
  put_off_grace(transaction, bench_row);
}

void end_down(Transaction& transaction, std::int64_t bench_row, DownCause cause) {
  auto& db = transaction.db();
  const auto now = whole_now(transaction);
  {
    std::int64_t row = 0;
    UtcSeconds since{};
    std::optional<UtcSeconds> counts_from;
    {
      auto rows = db.query(kOpen, bench_row, cause);
      if (!rows.next()) return;
      row = rows.integer(0);
      since = rows.seconds(1);
      counts_from = rows.optional(2, &Rows::seconds);
    }
    if (counts_from && *counts_from <= now) record_down(transaction, bench_row, since);
    db.execute(kEnd, std::max(since, now), row);
  }
  if (!db.query(kCountsStill, bench_row).next()) record_up(transaction, bench_row);
  put_off_grace(transaction, bench_row);
}

void count_long_downs(Transaction& transaction) {
  struct Down {
    std::int64_t row;
    std::int64_t bench;
    UtcSeconds since;
  };
  auto& db = transaction.db();
  std::vector<Down> downs;
  {
    auto rows = db.query(kToCount, whole_now(transaction));
    while (rows.next()) downs.push_back({rows.integer(0), rows.integer(1), rows.seconds(2)});
  }
  for (const auto& down : downs) {
    record_down(transaction, down.bench, down.since);
    db.execute(kCounted, down.row);
  }
  // No booking that waits for somebody began before.
  db.execute(kForgetDowns, whole_now(transaction) - transaction.policy().longest_booking);
}

Reason why_out_of_use(Database& db, const BookingRow& booking) {
  const bool quarantined = std::ranges::any_of(booking.benches, [&](const BookedBench& bench) {
    return db.query(kOpen, bench.row, DownCause::Quarantined).next();
  });
  return quarantined ? Reason::BenchQuarantined : Reason::BenchOffline;
}

}  // namespace benchd::store::detail
