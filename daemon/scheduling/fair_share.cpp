#include "daemon/scheduling/fair_share.hpp"

#include <cmath>

namespace benchd::scheduling {

namespace {

double decay(std::chrono::seconds age, std::chrono::seconds half_life) {
  return std::exp2(-static_cast<double>(age.count()) / static_cast<double>(half_life.count()));
}

}  // namespace

void Usage::add(double amount, UtcSeconds when, std::chrono::seconds half_life) {
  if (when >= time_) {
    value_ = at(when, half_life) + amount;
    time_ = when;
  } else {
    value_ += amount * decay(time_ - when, half_life);
  }
}

double Usage::at(UtcSeconds now, std::chrono::seconds half_life) const {
  // Nothing is there before the first; and 1970 would be a long way to decay from.
  return value_ == 0 ? 0 : value_ * decay(now - time_, half_life);
}

std::map<TenantId, double> fair_share(std::span<const TenantUse> tenants) {
  double shares = 0;
  double usage = 0;
  for (const auto& each : tenants) {
    shares += each.shares;
    usage += each.usage;
  }
  std::map<TenantId, double> factors;
  for (const auto& each : tenants) {
    const double used = usage > 0 ? each.usage / usage : 0;
    const double due = shares > 0 ? each.shares / shares : 0;
    factors[each.tenant] = used <= 0 ? 1 : due <= 0 ? 0 : std::exp2(-used / due);
  }
  return factors;
}

}  // namespace benchd::scheduling
