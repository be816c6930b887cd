// The orders that grant benches to a booking.
#pragma once

#include <functional>
#include <optional>

#include "daemon/site/stations.hpp"

namespace benchd::site {

[[nodiscard]] link::v1::Command assign_order(const store::BookingRecord& record,
                                             const std::optional<store::DutRecord>& dut,
                                             const BenchId& bench,
                                             UtcTime now);

// Tells the stations of a granted booking its end as `record` has it, and waits for their word. The
// fence stays, so a run goes on. Ends with the first error.
void renew_grant(SiteContext& context,
                 const store::Call& call,
                 const store::BookingRecord& record,
                 std::function<void(Status)> done);

}  // namespace benchd::site
