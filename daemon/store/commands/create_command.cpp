#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/command_rows.hpp"
#include "daemon/store/rows/setup_rows.hpp"

namespace benchd::store::detail {

namespace {

// From the first Assign on, the end of the booking needs the bench's proof of safety.
void mark_granted(Transaction& transaction, BookingRow& booking, const Call& call) {
  if (booking.record.granted) return;
  booking.record.granted = true;
  update_booking(transaction, booking, call.now);
}

}  // namespace

Result<CommandRecord> create_command(Transaction& transaction, const CreateCommand& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = find_command(db, (*kept)->object);
    if (!first) return fail(access::not_found_or_denied());
    return std::move(*first);
  }

  auto bench = get_bench_row(db, BenchId{command.command.bench()});
  if (!bench) return fail(bench.error());
  std::optional<std::int64_t> booking_row;
  std::string object = "sites/-/benches/" + bench->record.id.text();
  if (command.booking) {
    auto booking = get_booking_row(db, *command.booking, command.tenant);
    if (!booking) return fail(booking.error());
    if (auto has = bench_of(*booking, bench->record.id); !has) return fail(has.error());
    if (command.command.has_assign()) mark_granted(transaction, *booking, command.call);
    booking_row = booking->row;
    object = name_of(booking->record.booking);
  }
  auto record = insert_command(transaction, *bench, command.command, command.booking, booking_row,
                               command.new_fence, command.call.now);
  transaction.audit(command.call, object);
  transaction.keep(command.call, record.command.command_id(), {});
  return record;
}

}  // namespace benchd::store::detail
