// One new booking inside a transaction, for the commands that make them.
#pragma once

#include <vector>

#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

// What was wanted, as the ledger counts it if it is refused.
[[nodiscard]] model::Interval wanted_time(const CreateBooking& command);

// Admits and stores it, with its entry in the ledger, its notifications and its audit entry. The
// reasons of CreateBooking; nothing is written then.
[[nodiscard]] Result<BookingRow> book(Transaction& transaction,
                                      const CreateBooking& command,
                                      std::int64_t tenant,
                                      const std::vector<BenchRow>& benches);

}  // namespace benchd::store::detail
