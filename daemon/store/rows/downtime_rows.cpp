#include "daemon/store/rows/downtime_rows.hpp"

#include "daemon/scheduling/usage_entries.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kOutOfUse =
    "SELECT start_s, end_s FROM downtimes WHERE bench = ?1 AND start_s < ?3"
    " AND (end_s IS NULL OR end_s > ?2)";

// When one of the booking's benches could not be used in its booked time.
std::vector<model::Interval> out_of_use(Database& db, const BookingRow& booking) {
  const auto& booked = booking.record.booking.interval;
  std::vector<model::Interval> times;
  for (const auto& bench : booking.benches) {
    auto rows = db.query(kOutOfUse, bench.row, booked.start, booked.end);
    while (rows.next()) {
      times.push_back({rows.seconds(0), rows.is_null(1) ? UtcSeconds::max() : rows.seconds(1)});
    }
  }
  return scheduling::joined(std::move(times));
}

}  // namespace

std::optional<scheduling::Deadline> deadline_of(Transaction& transaction,
                                                const BookingRow& booking,
                                                UtcTime now) {
  const auto& value = booking.record.booking;
  std::vector<model::Interval> times;
  if (value.state == model::BookingState::Setup) times = out_of_use(transaction.db(), booking);
  return scheduling::next_deadline(value, transaction.policy(),
                                   std::chrono::floor<std::chrono::seconds>(now), times);
}

}  // namespace benchd::store::detail
