#include "daemon/store/commands/notify.hpp"

#include <algorithm>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/notification_rows.hpp"

namespace benchd::store::detail {

namespace {

using model::BookingState;
using model::NotificationEvent;

constexpr auto kSoon = std::chrono::days{1};

constexpr const char* kForgetSetupDue =
    "DELETE FROM notifications WHERE booking = ? AND event = ? AND delivered_us IS NULL";
constexpr const char* kHolders =
    "SELECT booking FROM claims WHERE bench = ? AND start_s < ? AND end_s > ?";

void tell(Transaction& transaction, const BookingRow& booking, NotificationEvent event) {
  const auto& member = booking.record.booking.member;
  const auto settings = find_settings(transaction.db(), booking.tenant_row, member);
  if (!settings || std::ranges::find(settings->events, event) == settings->events.end()) return;
  insert_notification(transaction,
                      {.tenant_row = booking.tenant_row,
                       .member = member,
                       .event = event,
                       .booking_row = booking.row,
                       .due = transaction.now()},
                      *settings);
}

// Waits in the outbox until its time has come.
void plan_setup_due(Transaction& transaction, const BookingRow& booking) {
  transaction.db().execute(kForgetSetupDue, booking.row, NotificationEvent::SetupDue);
  if (booking.record.booking.state != BookingState::Confirmed) return;
  const UtcTime start = scheduling::occupied_start(booking.record.booking);
  const UtcTime due = start - transaction.policy().setup_notice;
  if (due <= transaction.now()) return;  // made at so short notice that nobody needs telling
  const auto& member = booking.record.booking.member;
  const auto settings = find_settings(transaction.db(), booking.tenant_row, member);
  if (!settings) return;
  const auto& events = settings->events;
  if (std::ranges::find(events, NotificationEvent::SetupDue) == events.end()) return;
  insert_notification(transaction,
                      {.tenant_row = booking.tenant_row,
                       .member = member,
                       .event = NotificationEvent::SetupDue,
                       .booking_row = booking.row,
                       .due = due,
                       .expires = start},
                      *settings);
}

bool by_its_member(const BookingRow& booking, const Cause& cause) {
  return cause.call != nullptr && cause.call->caller &&
         cause.call->caller->tenant == booking.record.booking.tenant &&
         cause.call->caller->member == booking.record.booking.member;
}

// What the way from one state to another means to the booking's member.
std::optional<NotificationEvent> event_of(const BookingRow& booking,
                                          const scheduling::BookingPhase& before,
                                          const Cause& cause) {
  const auto& value = booking.record.booking;
  if (before.state == BookingState::Teardown || value.state == before.state) return std::nullopt;
  switch (value.state) {
    case BookingState::Confirmed:
      return before.state == BookingState::Requested ? NotificationEvent::BookingApproved
                                                     : NotificationEvent::BookingConfirmed;
    case BookingState::Held:
      return NotificationEvent::OfferMade;
    case BookingState::Rejected:
      return NotificationEvent::BookingRejected;
    case BookingState::Expired:
      return NotificationEvent::BookingExpired;
    case BookingState::Setup:
    case BookingState::InUse:
      return std::nullopt;
    default:
      break;
  }
  switch (value.heading_for) {
    case BookingState::Cancelled:
    case BookingState::LateCancelled:
      if (by_its_member(booking, cause)) return std::nullopt;
      return NotificationEvent::BookingCancelled;
    case BookingState::Displaced:
      return NotificationEvent::BookingDisplaced;
    case BookingState::Preempted:
      return NotificationEvent::BookingPreempted;
    case BookingState::Interrupted:
      return NotificationEvent::BookingInterrupted;
    case BookingState::NoShow:
      return NotificationEvent::BookingNoShow;
    default:
      return std::nullopt;
  }
}

}  // namespace

void notify_booked(Transaction& transaction, const BookingRow& booking) {
  if (booking.record.booking.state != BookingState::Confirmed) return;
  tell(transaction, booking, NotificationEvent::BookingConfirmed);
  plan_setup_due(transaction, booking);
}

void notify_job_started(Transaction& transaction, const BookingRow& booking) {
  tell(transaction, booking, NotificationEvent::JobStarted);
}

void notify(Transaction& transaction,
            const BookingRow& booking,
            const scheduling::BookingPhase& before,
            const Cause& cause) {
  if (const auto event = event_of(booking, before, cause)) tell(transaction, booking, *event);
  const bool was = before.state == BookingState::Confirmed;
  const bool is = booking.record.booking.state == BookingState::Confirmed;
  if (was != is) plan_setup_due(transaction, booking);
}

void notify_changed(Transaction& transaction, const BookingRow& booking) {
  tell(transaction, booking, NotificationEvent::BookingChanged);
  plan_setup_due(transaction, booking);
}

void replan_setup_due(Transaction& transaction, std::int64_t tenant_row, const MemberId& member) {
  static const std::string kToCome =
      select_bookings("WHERE b.tenant = ? AND b.start_s > ? AND b.member = ? AND b.state = 3");
  auto& db = transaction.db();
  std::vector<BookingRow> bookings;
  {
    const auto now = std::chrono::floor<std::chrono::seconds>(transaction.now());
    auto rows = db.query(kToCome.c_str(), tenant_row, now, member);
    while (rows.next()) bookings.push_back(read_booking(db, rows));
  }
  for (const auto& booking : bookings) plan_setup_due(transaction, booking);
}

void notify_quarantined(Transaction& transaction, std::int64_t bench_row) {
  static const std::string kByRow = select_bookings("WHERE b.id = ?");
  auto& db = transaction.db();
  std::vector<std::int64_t> holders;
  {
    const auto now = std::chrono::floor<std::chrono::seconds>(transaction.now());
    auto rows = db.query(kHolders, bench_row, now + kSoon, now);
    while (rows.next()) holders.push_back(rows.integer(0));
  }
  for (const auto holder : holders) {
    std::optional<BookingRow> booking;
    {
      auto rows = db.query(kByRow.c_str(), holder);
      if (rows.next()) booking = read_booking(db, rows);
    }
    if (booking) tell(transaction, *booking, NotificationEvent::BenchQuarantined);
  }
}

}  // namespace benchd::store::detail
