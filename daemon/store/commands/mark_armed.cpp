#include <algorithm>
#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/setup_rows.hpp"

namespace benchd::store::detail {

namespace {

Status check_setup(Transaction& transaction, const BookingRow& booking, const BenchId& bench) {
  const auto setup = find_setup(transaction.db(), booking, bench);
  if (setup && setup->complete()) return {};
  Error error{Reason::SetupIncomplete, "The setup record is not complete.", {}, {}};
  if (setup && !setup->is_void) {
    for (const auto& check : setup->checks) {
      if (!check.complete) error.violations.push_back({check.item, check.message});
    }
  }
  return fail(std::move(error));
}

}  // namespace

Result<BookingRecord> mark_armed(Transaction& transaction, const MarkArmed& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto booking = get_booking_row(transaction.db(), command.booking, command.tenant);
  if (!booking) return fail(booking.error());
  auto bench = bench_of(*booking, command.bench);
  if (!bench) return fail(bench.error());
  if (command.armed) {
    if (auto began = begin_act(transaction, *booking, command.call); !began) {
      return fail(began.error());
    }
    if (auto ready = check_setup(transaction, *booking, command.bench); !ready) {
      return fail(ready.error());
    }
    booking->record.message.clear();  // why it was disarmed before
  }
  (*bench)->armed = command.armed;
  update_bench_flags(transaction, *booking);
  update_booking(transaction, *booking, command.call.now);
  transaction.audit(command.call, name_of(booking->record.booking));
  auto& armed = booking->record.armed;
  std::erase(armed, command.bench);
  if (command.armed) armed.push_back(command.bench);
  return std::move(booking->record);
}

}  // namespace benchd::store::detail
