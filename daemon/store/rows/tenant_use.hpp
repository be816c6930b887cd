// What tenants and members have used of the benches, as the usage ledger tells it.
#pragma once

#include <set>
#include <vector>

#include "daemon/scheduling/fair_share.hpp"
#include "daemon/scheduling/job_order.hpp"
#include "daemon/store/database.hpp"

namespace benchd::store::detail {

struct Uses {
  std::vector<scheduling::TenantUse> tenants;  // each that was asked about
  scheduling::MemberUse members;
};

// Bench-seconds that were charged, decayed to `now`.
[[nodiscard]] Uses read_uses(Database& db,
                             const std::set<TenantId>& tenants,
                             UtcSeconds now,
                             const scheduling::Policy& policy);

}  // namespace benchd::store::detail
