// How a booking moves on: the one place that applies the state table to rows.
#pragma once

#include <string>
#include <vector>

#include "daemon/store/rows/booking_rows.hpp"

namespace benchd::store::detail {

struct Cause {
  UtcTime now{};
  const Call* call = nullptr;  // null: the site itself, such as a deadline
  std::string reason;          // wire name, kept with the booking
  std::string message;
};

// Moves the booking on, with its claims, deadline and audit entry; the benches that are quarantined
// by it. On the way to TEARDOWN the claims are truncated, and a booking that was never granted goes
// on to its final state at once. BOOKING_NOT_ACTIVE.
[[nodiscard]] Result<std::vector<BenchId>> apply_event(Transaction& transaction,
                                                       BookingRow& booking,
                                                       scheduling::BookingEvent event,
                                                       const Cause& cause);

// Applies the deadline that the booking has.
[[nodiscard]] Result<std::vector<BenchId>> apply_deadline(Transaction& transaction,
                                                          BookingRow& booking,
                                                          UtcTime now);

// Applies the deadlines of this booking that are due, in order.
std::vector<BenchId> catch_up(Transaction& transaction, BookingRow& booking, UtcTime now);

// For an act inside a booking: deadlines first, the first act is the check-in. BOOKING_NOT_ACTIVE
// unless the booking is IN_USE then.
[[nodiscard]] Status begin_act(Transaction& transaction, BookingRow& booking, const Call& call);

// ETAG_MISMATCH unless the booking has this revision.
[[nodiscard]] Status check_revision(const BookingRow& booking, std::optional<int> revision);

void quarantine(Transaction& transaction,
                std::int64_t bench_row,
                const BenchId& bench,
                std::string_view reason,
                std::string_view message);

}  // namespace benchd::store::detail
