// What tenants and members have of what they may have, from rows. Each part is one look-up by
// index, so that a booking pays only for the limits that it comes near to.
#pragma once

#include <cstdint>

#include "daemon/scheduling/limits.hpp"
#include "daemon/store/database.hpp"

namespace benchd::store::detail {

// Fills in bookings and colleagues. Answers the bench-time of all claims of the tenant.
std::chrono::seconds read_bookings(Database& database,
                                   std::int64_t tenant_row,
                                   const MemberId& member,
                                   scheduling::Standing& standing);
// Fills in bench-time held.
void read_held(Database& database,
               std::int64_t tenant_row,
               const MemberId& member,
               scheduling::Standing& standing);
// Fills in jobs in the queue.
void read_jobs(Database& database,
               std::int64_t tenant_row,
               const MemberId& member,
               scheduling::Standing& standing);
// Fills in bench-time ahead, and what its cap is made from.
void read_ahead(Database& database,
                std::int64_t tenant_row,
                UtcTime now,
                const scheduling::Policy& policy,
                scheduling::Standing& standing);

}  // namespace benchd::store::detail
