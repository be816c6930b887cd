// When benches could not be used, and what that means for who has them.
#pragma once

#include <optional>
#include <vector>

#include "daemon/store/rows/booking_rows.hpp"

namespace benchd::store::detail {

// Stored by number: only ever append. Outages are none of them: they never overlap a booking.
enum class DownCause { Quarantined = 1, StationAway = 2 };

// What next_deadline() says of the booking, whose benches may have been out of use.
[[nodiscard]] std::optional<scheduling::Deadline> deadline_of(Transaction& transaction,
                                                              const BookingRow& booking,
                                                              UtcTime now);

}  // namespace benchd::store::detail
