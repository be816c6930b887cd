// The usage ledger's writer: entries in the transaction of what they tell of.
#pragma once

#include "daemon/scheduling/usage_entries.hpp"
#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

// A booking that was moved: what it had at benches where it is not any more.
void record_left(Transaction& transaction, const BookingRow& before, const BookingRow& after);

// A booking that was made. `waited_since`: the earliest time that would have done.
void record_booked(Transaction& transaction,
                   const BookingRow& booking,
                   std::optional<UtcSeconds> waited_since = std::nullopt);

// A booking that has moved on from `before`, or whose occupied time has changed; last of all that
// is written about it, since its claims decide who had the time of earlier no-shows. `at`: when it
// took effect (scheduling::effective_time).
void record_usage(Transaction& transaction,
                  const BookingRow& booking,
                  const scheduling::BookingPhase& before,
                  UtcSeconds at);

// A booking refused as SLOT_TAKEN, with the benches and the time that were wanted. It counts at
// each of the benches. Refusals of the same tenant and member for the same benches are one wish
// when the wanted time overlaps that of the wish's first refusal and comes within a day of it; the
// longest time wanted is what counts.
void record_refused(Transaction& transaction,
                    const CreateBooking& command,
                    std::int64_t tenant_row,
                    const std::vector<BenchRow>& benches,
                    const model::Interval& wanted);

// A bench that is out of use since then, and comes back into it. What was counted before is not
// counted again; repeating changes nothing.
void record_down(Transaction& transaction, std::int64_t bench_row, UtcSeconds since);
void record_up(Transaction& transaction, std::int64_t bench_row);

}  // namespace benchd::store::detail
