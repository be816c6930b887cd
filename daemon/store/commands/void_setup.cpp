#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/setup_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kVoid = "UPDATE setups SET void = 1 WHERE booking = ? AND bench = ?";

}  // namespace

Result<BookingRecord> void_setup(Transaction& transaction, const VoidSetup& command) {
  auto booking = get_booking_row(transaction.db(), command.booking, std::nullopt);
  if (!booking) return fail(booking.error());
  auto bench = bench_of(*booking, command.bench);
  if (!bench) return fail(bench.error());
  transaction.db().execute(kVoid, booking->row, (*bench)->row);
  booking->record.message = command.message;
  update_booking(transaction, *booking, command.call.now);
  transaction.audit_site(command.call.now, "VoidSetup", name_of(booking->record.booking));
  return std::move(booking->record);
}

}  // namespace benchd::store::detail
