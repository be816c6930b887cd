#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/downtime.hpp"
#include "daemon/store/commands/outage_events.hpp"

namespace benchd::store::detail {

namespace {

// A process that was down for long catches up in several transactions, so that others get theirs.
constexpr int kMostAtOnce = 200;
// Request ids are good for at least a day.
constexpr auto kKeepRequests = std::chrono::days{7};

constexpr const char* kForget = "DELETE FROM requests WHERE create_us < ?";

std::optional<BookingRow> first_due(Database& db, UtcTime now) {
  static const std::string kDue =
      select_bookings("WHERE b.deadline_s <= ? ORDER BY b.deadline_s, b.id LIMIT 1");
  auto rows = db.query(kDue.c_str(), std::chrono::floor<std::chrono::seconds>(now));
  if (!rows.next()) return std::nullopt;
  return read_booking(db, rows);
}

}  // namespace

Result<std::vector<BookingMoved>> fire_deadlines(Transaction& transaction,
                                                 const FireDeadlines& command) {
  auto& db = transaction.db();
  fire_outages(transaction, command.now);
  count_long_downs(transaction);
  std::vector<BookingMoved> moved;
  while (std::ssize(moved) < kMostAtOnce) {
    auto booking = first_due(db, command.now);
    if (!booking) break;
    // One deadline at a time, so that those of several bookings fire in the order of their times.
    auto quarantined = apply_deadline(transaction, *booking, command.now);
    if (!quarantined) {
      booking->deadline.reset();
      update_booking(transaction, *booking, command.now);
      continue;
    }
    moved.push_back({std::move(booking->record), std::move(*quarantined)});
  }
  db.execute(kForget, command.now - kKeepRequests);
  return moved;
}

}  // namespace benchd::store::detail
