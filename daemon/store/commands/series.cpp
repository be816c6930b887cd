#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/access/redaction.hpp"
#include "daemon/scheduling/slots.hpp"
#include "daemon/store/commands/admit_benches.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/create_booking.hpp"
#include "daemon/store/commands/record_usage.hpp"

namespace benchd::store::detail {

namespace {

using scheduling::BookingEvent;

CreateBooking occurrence(const CreateSeries& command, const std::pair<BookingId, UtcTime>& each) {
  auto booking = command.first;
  booking.id = each.first;
  booking.start = each.second;
  booking.end = each.second + (command.first.end - command.first.start);
  return booking;
}

bool can_be_skipped(Reason reason) {
  return reason == Reason::SlotTaken || reason == Reason::OutsideHours;
}

// One error for the series: that of the first start that cannot be had, and each of them.
Error refuse_series(const CreateSeries& command, const std::vector<SkippedOccurrence>& conflicts) {
  const auto& first = conflicts.front();
  Error error{first.why.reason, {}, {}, {}};
  error.message = std::to_string(conflicts.size()) + " of " +
                  std::to_string(command.occurrences.size()) +
                  " bookings of the series cannot be had, the first at " +
                  scheduling::to_rfc3339(first.booked.start) + "; nothing is booked.";
  for (const auto& each : conflicts) {
    error.violations.push_back({scheduling::to_rfc3339(each.booked.start), each.why.message});
  }
  return error;
}

std::string encode_created(const SeriesCreated& created) {
  auto bookings = nlohmann::json::array();
  for (const auto& each : created.bookings) {
    bookings.push_back({each.booking.id.text(), snapshot(each)});
  }
  auto skipped = nlohmann::json::array();
  for (const auto& each : created.skipped) {
    skipped.push_back({each.booked.start.time_since_epoch().count(),
                       each.booked.end.time_since_epoch().count(),
                       static_cast<int>(each.why.reason), each.why.message});
  }
  return nlohmann::json{bookings, skipped}.dump(-1, ' ', false,
                                                nlohmann::json::error_handler_t::replace);
}

Result<SeriesCreated> first_answer(Database& db, const TenantId& tenant, const KeptAnswer& kept) {
  SeriesCreated created;
  const auto answer = nlohmann::json::parse(kept.answer);
  for (const auto& each : answer.at(0)) {
    auto booking = get_booking_row(db, BookingId{each.at(0).get<std::string>()}, tenant);
    if (!booking) return fail(booking.error());
    created.bookings.push_back(
        from_snapshot(std::move(booking->record), each.at(1).get<std::string>()).booking);
  }
  const auto time = [](const nlohmann::json& value) {
    return UtcSeconds{std::chrono::seconds{value.get<std::int64_t>()}};
  };
  for (const auto& each : answer.at(1)) {
    created.skipped.push_back(
        {{time(each.at(0)), time(each.at(1))},
         {static_cast<Reason>(each.at(2).get<int>()), each.at(3).get<std::string>(), {}, {}}});
  }
  return created;
}

std::vector<BookingRow> later_bookings(Database& db, const CancelSeries& command) {
  static const std::string kLater = select_bookings(
      "WHERE b.series = ?1 AND t.name = ?2 AND b.start_s >= ?3 AND b.state < 4 ORDER BY b.start_s");
  std::vector<BookingRow> bookings;
  auto rows = db.query(kLater.c_str(), command.series, command.tenant,
                       std::chrono::ceil<std::chrono::seconds>(command.from));
  while (rows.next()) bookings.push_back(read_booking(db, rows));
  return bookings;
}

}  // namespace

Result<SeriesCreated> create_series(Transaction& transaction, const CreateSeries& command) {
  auto& db = transaction.db();
  const auto& call = command.first.call;
  if (auto known = require_caller(transaction, call); !known) return fail(known.error());
  auto kept = transaction.find_kept(call);
  if (!kept) return fail(kept.error());
  if (*kept) return first_answer(db, command.first.tenant, **kept);

  const auto tenant = find_tenant_row(db, command.first.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  auto benches = load_benches(db, command.first.benches);
  if (!benches) return fail(benches.error());

  SeriesCreated created;
  for (const auto& each : command.occurrences) {
    const auto wanted = occurrence(command, each);
    auto booking = book(transaction, wanted, *tenant, *benches);
    if (booking) {
      created.bookings.push_back(std::move(booking->record));
      continue;
    }
    if (!can_be_skipped(booking.error().reason)) return fail(booking.error());
    created.skipped.push_back({wanted_time(wanted), booking.error()});
  }
  const auto count_refusals = [&transaction, &command, tenant = *tenant, benches = *benches,
                               skipped = created.skipped](Reason) {
    for (const auto& each : skipped) {
      if (each.why.reason != Reason::SlotTaken) continue;
      record_refused(transaction, command.first, tenant, benches, each.booked);
    }
  };
  if (!created.skipped.empty() && (!command.skip_conflicting || created.bookings.empty())) {
    transaction.if_refused(count_refusals);
    return fail(refuse_series(command, created.skipped));
  }
  count_refusals(Reason::SlotTaken);
  transaction.keep(call, command.first.series->text(), encode_created(created));
  return created;
}

Result<std::vector<BookingRecord>> cancel_series(Transaction& transaction,
                                                 const CancelSeries& command) {
  auto& db = transaction.db();
  const auto& call = command.call;
  if (auto known = require_caller(transaction, call); !known) return fail(known.error());
  auto kept = transaction.find_kept(call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = first_answer(db, command.tenant, **kept);
    if (!first) return fail(first.error());
    return std::move(first->bookings);
  }
  SeriesCreated cancelled;
  for (auto& booking : later_bookings(db, command)) {
    catch_up(transaction, booking, call.now);
    if (booking.record.booking.state > model::BookingState::Confirmed) continue;
    const auto event =
        scheduling::cancel_event(booking.record.booking, transaction.policy(), call.now);
    auto moved = apply_event(transaction, booking, event, {.now = call.now, .call = &call});
    if (!moved) return fail(moved.error());
    cancelled.bookings.push_back(std::move(booking.record));
  }
  if (cancelled.bookings.empty()) {
    return fail(Reason::BookingNotActive, "No booking of the series is left to be cancelled.");
  }
  transaction.keep(call, command.series.text(), encode_created(cancelled));
  return std::move(cancelled.bookings);
}

}  // namespace benchd::store::detail
