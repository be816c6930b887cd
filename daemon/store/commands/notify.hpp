// The outbox's writer: notifications in the transaction of what they tell of.
#pragma once

#include "daemon/model/notification.hpp"
#include "daemon/store/commands/booking_events.hpp"

namespace benchd::store::detail {

// A booking that was made.
void notify_booked(Transaction& transaction, const BookingRow& booking);
// The booking of a job whose turn has come.
void notify_job_started(Transaction& transaction, const BookingRow& booking);
// A booking that has moved on from `before`.
void notify(Transaction& transaction,
            const BookingRow& booking,
            const scheduling::BookingPhase& before,
            const Cause& cause);
// A booking that has other times or benches.
void notify_changed(Transaction& transaction, const BookingRow& booking);
// The member's settings have changed: what waits for the setup of its bookings follows.
void replan_setup_due(Transaction& transaction, std::int64_t tenant_row, const MemberId& member);
// Who has the bench now or within a day.
void notify_quarantined(Transaction& transaction, std::int64_t bench_row);

}  // namespace benchd::store::detail
