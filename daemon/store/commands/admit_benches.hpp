// The rule that decides whether benches may be booked, inside the write transaction.
#pragma once

#include <vector>

#include "daemon/scheduling/admission.hpp"
#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

struct AdmissionTimes {
  UtcTime earliest;  // a start before it lies in the past
  UtcTime now;
};

// UNKNOWN_BENCH; INVALID_ARGUMENT for none, or one that is named twice.
[[nodiscard]] Result<std::vector<BenchRow>> load_benches(Database& db,
                                                         const std::vector<BenchId>& wanted);

// All benches or none; the errors of scheduling::admit(), and BENCH_QUARANTINED. Claims that the
// booking has itself must be gone.
[[nodiscard]] Result<std::vector<scheduling::Admitted>> admit_benches(
    Transaction& transaction,
    const scheduling::SlotRequest& slot,
    const std::vector<BenchRow>& benches,
    const AdmissionTimes& times);

// The booking as it would be stored, for the times and benches that were admitted.
[[nodiscard]] BookingRow new_booking(const CreateBooking& command,
                                     const std::vector<BenchRow>& benches,
                                     const std::vector<scheduling::Admitted>& admitted);

}  // namespace benchd::store::detail
