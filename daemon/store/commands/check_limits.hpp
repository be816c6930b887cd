// The limits of tenants and members, inside the write transaction.
#pragma once

#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/job_rows.hpp"

namespace benchd::store::detail {

// Whether the tenant may have the booking as it is to be stored. `before`: as it was, if it is
// changed; then only what grows is looked at. LIMIT_REACHED.
[[nodiscard]] Status check_booking_limits(Transaction& transaction,
                                          const BookingRow* before,
                                          const BookingRow& after,
                                          UtcTime now);

// Whether the tenant may have one more job in the queue. LIMIT_REACHED.
[[nodiscard]] Status check_job_limits(Transaction& transaction, const JobRow& job);

}  // namespace benchd::store::detail
