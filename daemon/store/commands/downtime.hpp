// Benches that cannot be used: quarantined, or their station is away.
#pragma once

#include "daemon/store/rows/downtime_rows.hpp"

namespace benchd::store::detail {

// The grace of whoever has the bench stops and goes on with it. In the usage ledger a quarantined
// bench is down at once, one whose station is away after `policy.down_after`, from the moment at
// which it was lost. Repeating changes nothing.
void begin_down(Transaction& transaction, std::int64_t bench_row, DownCause cause);
void end_down(Transaction& transaction, std::int64_t bench_row, DownCause cause);

// Those that have lasted long enough by now.
void count_long_downs(Transaction& transaction);

// Why a booking whose benches could not be used has ended.
[[nodiscard]] Reason why_out_of_use(Database& db, const BookingRow& booking);

}  // namespace benchd::store::detail
