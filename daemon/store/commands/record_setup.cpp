#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/setup_rows.hpp"

namespace benchd::store::detail {

Result<BookingRecord> record_setup(Transaction& transaction, const RecordSetup& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto booking = get_booking_row(transaction.db(), command.record.booking, command.tenant);
  if (!booking) return fail(booking.error());
  auto bench = bench_of(*booking, command.record.bench);
  if (!bench) return fail(bench.error());
  if (auto began = begin_act(transaction, *booking, command.call); !began) {
    return fail(began.error());
  }
  booking->record.message.clear();  // why it had to be set up again
  insert_setup(transaction, *booking, (*bench)->row, command.record);
  update_booking(transaction, *booking, command.call.now);
  transaction.audit(command.call, name_of(booking->record.booking));
  return std::move(booking->record);
}

}  // namespace benchd::store::detail
