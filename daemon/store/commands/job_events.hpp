// What happens to a job that is in the queue, or has a booking.
#pragma once

#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/job_rows.hpp"

namespace benchd::store::detail {

// JOB_NOT_QUEUED says what has become of it.
[[nodiscard]] Status check_queued(const JobRow& job);

// The booking of a job has ended: so has the job, or it is queued again. Does nothing for a booking
// without a job.
void end_attempt(Transaction& transaction, const BookingRecord& booking, UtcTime now);

}  // namespace benchd::store::detail
