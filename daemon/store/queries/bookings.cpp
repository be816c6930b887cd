#include <limits>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/setup_rows.hpp"

namespace benchd::store::detail {

namespace {

// Look-ups in their indexes.
constexpr const char* kNextDeadline =
    "SELECT min(at) FROM (SELECT min(deadline_s) AS at FROM bookings WHERE deadline_s IS NOT NULL"
    " UNION ALL SELECT min(deadline_s) FROM outages WHERE deadline_s IS NOT NULL"
    " UNION ALL SELECT min(count_s) FROM downtimes WHERE count_s IS NOT NULL)";

struct Key {
  std::int64_t start = std::numeric_limits<std::int64_t>::max();
  std::int64_t row = std::numeric_limits<std::int64_t>::max();
};

Result<Key> booking_key(Database& database, const ListBookings& query) {
  if (query.page.token.empty()) return Key{};
  auto name = from_token(query.page.token);
  if (!name) return fail(name.error());
  const auto last = find_booking(database, BookingId{*name}, query.tenant);
  if (!last) return fail(bad_token());
  return Key{last->record.booking.interval.start.time_since_epoch().count(), last->row};
}

std::string list_bookings_sql(const ListBookings& query) {
  std::string where = query.tenant ? "WHERE b.tenant = (SELECT id FROM tenants WHERE name = ?1)"
                                   : "WHERE ?1 IS NULL";
  where += query.bench ? " AND b.id IN (SELECT bb.booking FROM booking_benches bb"
                         " JOIN benches n ON n.id = bb.bench WHERE n.name = ?2)"
                       : " AND ?2 IS NULL";
  where += query.series ? " AND b.series = ?6" : " AND ?6 IS NULL";
  where += query.state ? " AND b.state = ?7" : " AND ?7 IS NULL";
  if (query.open_only) where += " AND (b.state BETWEEN 1 AND 6 OR b.state = 16)";
  return select_bookings(where +
                         " AND (b.start_s, b.id) < (?3, ?4)"
                         " ORDER BY b.start_s DESC, b.id DESC LIMIT ?5");
}

}  // namespace

Result<BookingRecord> get_booking(Database& database, const GetBooking& query) {
  auto booking = get_booking_row(database, query.booking, query.tenant);
  if (!booking) return fail(booking.error());
  return std::move(booking->record);
}

Result<Page<BookingRecord>> list_bookings(Database& database, const ListBookings& query) {
  auto key = booking_key(database, query);
  if (!key) return fail(key.error());
  const int size = page_size(query.page);
  std::vector<BookingRecord> items;
  auto rows = database.query(list_bookings_sql(query), query.tenant, query.bench, key->start,
                             key->row, size + 1, query.series, query.state);
  while (rows.next()) items.push_back(read_booking(database, rows).record);
  return to_page(std::move(items), size,
                 [](const BookingRecord& record) { return record.booking.id.text(); });
}

Result<std::vector<BookingRecord>> list_changed_bookings(Database& database,
                                                         const ListChanges& query) {
  static const std::string kChanged = select_bookings(
      "WHERE b.change > ?1 AND (?2 IS NULL OR t.name = ?2) ORDER BY b.change LIMIT ?3");
  std::vector<BookingRecord> records;
  auto rows = database.query(kChanged.c_str(), query.after, query.tenant, query.limit);
  while (rows.next()) records.push_back(read_booking(database, rows).record);
  return records;
}

Result<std::vector<model::SetupRecord>> get_setup(Database& database, const GetSetup& query) {
  auto booking = get_booking_row(database, query.booking, query.tenant);
  if (!booking) return fail(booking.error());
  return setups_of(database, *booking);
}

Result<std::optional<UtcSeconds>> next_deadline(Database& database) {
  auto rows = database.query(kNextDeadline);
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return rows.seconds(0);
}

}  // namespace benchd::store::detail
