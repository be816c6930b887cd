#include "daemon/store/commands/create_booking.hpp"

#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/scheduling/approval.hpp"
#include "daemon/store/commands/admit_benches.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/check_limits.hpp"
#include "daemon/store/commands/notify.hpp"
#include "daemon/store/commands/record_usage.hpp"
#include "daemon/store/rows/claim_rows.hpp"

namespace benchd::store::detail {

namespace {

using std::chrono::seconds;

// From when on it is to begin, where the first free time will do. Rounded down like a start that is
// given: what is booked from now on can be used at once.
std::optional<UtcSeconds> earliest_start(const CreateBooking& command) {
  if (!command.earliest) return std::nullopt;
  return std::chrono::floor<seconds>(std::max(*command.earliest, command.call.now));
}

// A wish that others' bookings refuse is demand that the ledger knows of.
void count_refusal(Transaction& transaction,
                   const CreateBooking& command,
                   std::int64_t tenant,
                   const std::vector<BenchRow>& benches) {
  transaction.if_refused([&transaction, &command, tenant, benches](Reason refusal) {
    if (refusal != Reason::SlotTaken) return;
    record_refused(transaction, command, tenant, benches, wanted_time(command));
  });
}

Result<scheduling::SlotRequest> wanted_slot(Transaction& transaction,
                                            const CreateBooking& command,
                                            const std::vector<BenchRow>& benches) {
  if (!command.earliest) {
    return scheduling::SlotRequest{command.start, command.end, command.attendance};
  }
  const auto duration = std::chrono::ceil<seconds>(command.end - command.start);
  const auto from = *earliest_start(command);
  // A length that is never admitted is refused as such, not as taken.
  if (duration <= seconds{0} || duration > transaction.policy().longest_booking) {
    return scheduling::SlotRequest{from, from + duration, command.attendance};
  }
  const auto free =
      find_common_free(transaction, benches, from, duration, command.call.now, command.attendance);
  if (!free) return fail(why_none_free(transaction, benches, from, duration, command.attendance));
  return scheduling::SlotRequest{free->start, free->end, command.attendance};
}

}  // namespace

model::Interval wanted_time(const CreateBooking& command) {
  const auto wanted = scheduling::round_outwards(command.start, command.end);
  const auto earliest = earliest_start(command);
  return earliest ? model::Interval{*earliest, *earliest + wanted.length()} : wanted;
}

Result<BookingRow> book(Transaction& transaction,
                        const CreateBooking& command,
                        std::int64_t tenant,
                        const std::vector<BenchRow>& benches) {
  auto slot = wanted_slot(transaction, command, benches);
  if (!slot) return fail(slot.error());
  const auto& now = command.call.now;
  auto admitted = admit_benches(transaction, *slot, benches, {.earliest = now, .now = now});
  if (!admitted) return fail(admitted.error());

  auto booking = new_booking(command, benches, *admitted);
  booking.tenant_row = tenant;
  if (needs_approval(booking)) {
    if (auto time = scheduling::check_approvable(booking.record.booking, now); !time) {
      return fail(time.error());
    }
  }
  if (auto allowed = check_booking_limits(transaction, nullptr, booking, now); !allowed) {
    return fail(allowed.error());
  }
  if (auto inserted = insert_booking(transaction, booking); !inserted) {
    return fail(inserted.error());
  }
  record_booked(transaction, booking, earliest_start(command));
  notify_booked(transaction, booking);
  transaction.audit(command.call, name_of(booking.record.booking));
  return booking;
}

Result<BookingRecord> create_booking(Transaction& transaction, const CreateBooking& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = get_booking_row(db, BookingId{(*kept)->object}, command.tenant);
    if (!first) return fail(first.error());
    return from_snapshot(std::move(first->record), (*kept)->answer).booking;
  }

  const auto tenant = find_tenant_row(db, command.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  auto benches = load_benches(db, command.benches);
  if (!benches) return fail(benches.error());
  count_refusal(transaction, command, *tenant, *benches);
  auto booking = book(transaction, command, *tenant, *benches);
  if (!booking) return fail(booking.error());
  if (!command.call.request_id.empty()) {
    transaction.keep(command.call, command.id.text(), snapshot(booking->record));
  }
  return std::move(booking->record);
}

}  // namespace benchd::store::detail
