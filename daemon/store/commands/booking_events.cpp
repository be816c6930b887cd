#include "daemon/store/commands/booking_events.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/store/commands/downtime.hpp"
#include "daemon/store/commands/job_events.hpp"
#include "daemon/store/commands/notify.hpp"
#include "daemon/store/commands/record_usage.hpp"

namespace benchd::store::detail {

namespace {

using model::BookingState;
using scheduling::BookingEvent;

constexpr const char* kQuarantine =
    "UPDATE benches SET quarantined = 1, reason = ?, message = ?, change = ? WHERE id = ?";

UtcSeconds whole(UtcTime time) { return std::chrono::floor<std::chrono::seconds>(time); }

void audit_event(Transaction& transaction,
                 const BookingRow& booking,
                 BookingEvent event,
                 const Cause& cause) {
  const auto object = name_of(booking.record.booking);
  if (cause.call != nullptr) {
    transaction.audit(*cause.call, object);
  } else {
    transaction.audit_site(cause.now, scheduling::to_string(event), object, cause.reason);
  }
}

// A SafeUnproved or TeardownOver quarantines each bench that was not proved safe.
std::vector<BenchId> quarantine_unproved(Transaction& transaction, const BookingRow& booking) {
  std::vector<BenchId> quarantined;
  for (const auto& bench : booking.benches) {
    if (bench.safe == Safe::Proved) continue;
    quarantine(transaction, bench.row, bench.id, wire_name(Reason::SafeStateUnproved),
               "The safe state was not proved at the end of a booking.");
    quarantined.push_back(bench.id);
  }
  return quarantined;
}

void enter_final(Transaction& transaction, BookingRow& booking) {
  delete_claims(transaction, booking);
  for (auto& bench : booking.benches) bench.armed = false;
  booking.record.armed.clear();
  update_bench_flags(transaction, booking);
}

// What was offered is free for others; the booking waits as before.
void leave_offer(Transaction& transaction, BookingRow& booking) {
  const auto before = booking;
  auto& value = booking.record.booking;
  booking.benches.clear();
  value.benches.clear();
  value.claims.clear();
  value.layout.clear();
  booking.record.layouts.clear();
  value.interval = value.wait->window;
  // Without benches nothing can be taken.
  static_cast<void>(rewrite_content(transaction, before, booking));
}

}  // namespace

void quarantine(Transaction& transaction,
                std::int64_t bench_row,
                const BenchId& bench,
                std::string_view reason,
                std::string_view message) {
  const auto change = transaction.change(ChangeKind::Bench, bench.text());
  transaction.db().execute(kQuarantine, reason, message, change, bench_row);
  begin_down(transaction, bench_row, DownCause::Quarantined);
  notify_quarantined(transaction, bench_row);
  log::warn("store: bench quarantined bench={} reason={}", bench.text(), reason);
}

Result<std::vector<BenchId>> apply_event(Transaction& transaction,
                                         BookingRow& booking,
                                         BookingEvent event,
                                         const Cause& cause) {
  auto& value = booking.record.booking;
  const scheduling::BookingPhase before{value.state, value.heading_for};
  auto after = scheduling::transition(before, event);
  if (!after) return fail(after.error());
  std::vector<BenchId> quarantined;
  if (*after == before) return quarantined;  // a check-in while IN_USE

  const auto at = scheduling::effective_time(event, booking.deadline, whole(cause.now));
  const bool begins_teardown =
      before.state != BookingState::Teardown && after->state == BookingState::Teardown;
  if (begins_teardown && !booking.record.granted) after->state = after->heading_for;
  value.state = after->state;
  value.heading_for = after->heading_for;
  if (event == BookingEvent::CheckIn) booking.record.check_in_time = cause.now;
  if (event == BookingEvent::Request) value.request_time = cause.now;
  if (!cause.reason.empty()) booking.record.reason = cause.reason;
  if (!cause.message.empty()) booking.record.message = cause.message;

  if (begins_teardown) truncate_claims(transaction, booking, whole(cause.now));
  if (scheduling::quarantines(event)) quarantined = quarantine_unproved(transaction, booking);
  if (model::is_final(value.state)) enter_final(transaction, booking);
  if (value.state == BookingState::Waitlisted) {
    transaction.passed_over(value.id);
    delete_claims(transaction, booking);
  }
  booking.deadline = deadline_of(transaction, booking, cause.now);
  update_booking(transaction, booking, cause.now);
  record_usage(transaction, booking, before, at);
  notify(transaction, booking, before, cause);
  audit_event(transaction, booking, event, cause);
  if (value.state == BookingState::Waitlisted) leave_offer(transaction, booking);
  if (model::is_final(value.state)) end_attempt(transaction, booking.record, cause.now);
  return quarantined;
}

Result<std::vector<BenchId>> apply_deadline(Transaction& transaction,
                                            BookingRow& booking,
                                            UtcTime now) {
  const auto event = booking.deadline->event;
  Cause cause{.now = now};
  if (event == BookingEvent::Fault) {
    cause.reason = wire_name(why_out_of_use(transaction.db(), booking));
    cause.message = "The bench could not be used.";
  }
  return apply_event(transaction, booking, event, cause);
}

std::vector<BenchId> catch_up(Transaction& transaction, BookingRow& booking, UtcTime now) {
  std::vector<BenchId> quarantined;
  while (booking.deadline && booking.deadline->at <= now) {
    auto moved = apply_deadline(transaction, booking, now);
    // next_deadline() gives only events that the state has a way for.
    if (!moved) {
      log::error("store: deadline cannot be applied ({})", moved.error().to_string());
      booking.deadline.reset();
      update_booking(transaction, booking, now);
      break;
    }
    quarantined.insert(quarantined.end(), moved->begin(), moved->end());
  }
  return quarantined;
}

Status begin_act(Transaction& transaction, BookingRow& booking, const Call& call) {
  catch_up(transaction, booking, call.now);
  auto moved =
      apply_event(transaction, booking, BookingEvent::CheckIn, {.now = call.now, .call = &call});
  if (!moved) return fail(moved.error());
  return {};
}

Status check_revision(const BookingRow& booking, std::optional<int> revision) {
  if (!revision || *revision == booking.record.booking.revision) return {};
  return fail(Reason::EtagMismatch, "The booking has changed since it was read; read it again.");
}

}  // namespace benchd::store::detail
