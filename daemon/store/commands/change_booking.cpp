#include <utility>

#include "daemon/scheduling/approval.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

// SafeProved said of the whole booking is said of each bench.
void mark_proved(BookingRow& booking) {
  for (auto& bench : booking.benches) bench.safe = Safe::Proved;
}

// What the tenant's word comes to by the policy and the benches.
scheduling::BookingEvent event_of(const Transaction& transaction,
                                  const BookingRow& booking,
                                  const ChangeBooking& command) {
  switch (command.event) {
    case scheduling::BookingEvent::Cancel:
      return scheduling::cancel_event(booking.record.booking, transaction.policy(),
                                      command.call.now);
    case scheduling::BookingEvent::Confirm:
      return scheduling::confirm_event(needs_approval(booking));
    default:
      return command.event;
  }
}

}  // namespace

Result<BookingMoved> change_booking(Transaction& transaction, const ChangeBooking& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto booking = get_booking_row(transaction.db(), command.booking, command.tenant);
  if (!booking) return fail(booking.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) return from_snapshot(std::move(booking->record), (*kept)->answer);

  if (auto same = check_revision(*booking, command.revision); !same) return fail(same.error());
  auto quarantined = catch_up(transaction, *booking, command.call.now);
  if (command.event == scheduling::BookingEvent::SafeProved) mark_proved(*booking);
  const auto event = event_of(transaction, *booking, command);
  if (event == scheduling::BookingEvent::Request) {
    auto time = scheduling::check_approvable(booking->record.booking, command.call.now);
    if (!time) return fail(time.error());
  }
  auto moved = apply_event(transaction, *booking, event,
                           {.now = command.call.now,
                            .call = &command.call,
                            .reason = command.reason,
                            .message = command.message});
  if (!moved) return fail(moved.error());
  quarantined.insert(quarantined.end(), moved->begin(), moved->end());
  if (!command.call.request_id.empty()) {
    transaction.keep(command.call, command.booking.text(), snapshot(booking->record, quarantined));
  }
  return BookingMoved{std::move(booking->record), std::move(quarantined)};
}

}  // namespace benchd::store::detail
