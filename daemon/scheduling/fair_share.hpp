// How much of the benches each tenant has used lately, and the precedence that this leaves it.
// Pure: told the time.
#pragma once

#include <map>
#include <span>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

// Bench-seconds times the weight of the bench; what lies a half-life back counts half. Kept as one
// value with its time: decay is a factor, so it is exact whenever it is read.
class Usage {
 public:
  // `amount` < 0 gives back. `when` may lie before what was added last.
  void add(double amount, UtcSeconds when, std::chrono::seconds half_life);
  [[nodiscard]] double at(UtcSeconds now, std::chrono::seconds half_life) const;

 private:
  double value_ = 0;
  UtcSeconds time_{};
};

struct TenantUse {
  TenantId tenant;
  double shares = 1;  // in the proportion to the others that the site's manager has set
  double usage = 0;
};

// F = 2^(-U/S): U the tenant's part of all usage, S its part of all shares. 1 without any usage,
// 0.5 at exactly its share, towards 0 beyond. Only tenants that take part now belong into the list:
// the shares of the others are shared out among them. (Slurm, "Classic Fairshare Algorithm".)
[[nodiscard]] std::map<TenantId, double> fair_share(std::span<const TenantUse> tenants);

}  // namespace benchd::scheduling
