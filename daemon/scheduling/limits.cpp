#include "daemon/scheduling/limits.hpp"

#include <algorithm>
#include <string>

#include "daemon/units/duration.hpp"

namespace benchd::scheduling {

namespace {

using std::chrono::seconds;

// A limit with what a wish adds to it, and what is said of it.
struct GrowingLimit {
  Limit limit;
  std::int64_t growth = 0;
  bool of_member = false;
  const char* what;
  const char* next_step;
};

constexpr double kLargestCap = 1e15;  // seconds; keeps whole numbers whole

constexpr const char* kBookings = "bookings that have not ended";
constexpr const char* kEndOne = "Cancel one that is not needed, or wait until one has ended.";
constexpr const char* kHeld = "bench-time that is only held or waits for an approval";
constexpr const char* kConfirm = "Confirm or cancel what is held, or wait until it is approved.";
constexpr const char* kJobs = "jobs in the queue";
constexpr const char* kStartOne = "Cancel one that is not needed, or wait until one has started.";

std::vector<GrowingLimit> all_limits(const Standing& standing,
                                     const Growth& growth,
                                     const Policy& policy) {
  const auto& [tenant, member, has_colleagues, ahead, no_shows, share, all_shares, benches] =
      standing;
  std::vector<GrowingLimit> limits{
      {{"bookings_per_tenant", false, tenant.bookings, policy.bookings_per_tenant},
       growth.tenant.bookings,
       false,
       kBookings,
       kEndOne},
      {{"held_per_tenant", true, tenant.held.count(), policy.held_per_tenant.count()},
       growth.tenant.held.count(),
       false,
       kHeld,
       kConfirm},
      {{"ahead_per_tenant", true, ahead.count(), cap_ahead(standing, policy).count()},
       growth.ahead.count(),
       false,
       "bench-time booked ahead",
       "Book what comes up soon, which is not capped, book less, or queue a job."},
      {{"jobs_per_tenant", false, tenant.jobs, policy.jobs_per_tenant},
       growth.tenant.jobs,
       false,
       kJobs,
       kStartOne}};
  if (!has_colleagues) return limits;
  limits.insert(limits.end(),
                {{{"bookings_per_member", false, member.bookings, policy.bookings_per_member},
                  growth.member.bookings,
                  true,
                  kBookings,
                  kEndOne},
                 {{"held_per_member", true, member.held.count(), policy.held_per_member.count()},
                  growth.member.held.count(),
                  true,
                  kHeld,
                  kConfirm},
                 {{"jobs_per_member", false, member.jobs, policy.jobs_per_member},
                  growth.member.jobs,
                  true,
                  kJobs,
                  kStartOne}});
  return limits;
}

std::string amount(const Limit& limit, std::int64_t value) {
  return limit.is_time ? units::format_duration(seconds{value}) : std::to_string(value);
}

Error limit_reached(const GrowingLimit& found) {
  const auto& limit = found.limit;
  return {
      .reason = Reason::LimitReached,
      .message = std::string{found.of_member ? "The member" : "The tenant"} + " has " +
                 amount(limit, limit.used) + " of " + found.what + ", this adds " +
                 amount(limit, found.growth) + ", and " + amount(limit, limit.allowed) +
                 (found.of_member ? " are allowed. " : " are allowed for all members together. ") +
                 found.next_step,
      .context = {{"limit", std::string{limit.name}},
                  {"used", std::to_string(limit.used)},
                  {"wanted", std::to_string(found.growth)},
                  {"allowed", std::to_string(limit.allowed)}},
      .violations = {}};
}

}  // namespace

seconds time_ahead(const model::Interval& occupied, UtcTime now, const Policy& policy) {
  const auto from = std::chrono::floor<seconds>(now) + policy.ahead_from;
  return std::max(seconds{0}, occupied.end - std::max(occupied.start, from));
}

seconds cap_ahead(const Standing& standing, const Policy& policy) {
  const double part = standing.all_shares > 0 ? standing.share / standing.all_shares : 1;
  const double capacity =
      static_cast<double>(standing.benches) * static_cast<double>(policy.ahead_horizon.count());
  const double by_share = static_cast<double>(policy.ahead_percent) / 100 * part * capacity;
  const auto cap = std::max(policy.ahead_floor,
                            seconds{static_cast<std::int64_t>(std::min(by_share, kLargestCap))});
  return standing.no_shows >= policy.no_shows_that_halve ? cap / 2 : cap;
}

seconds least_cap_ahead(const Policy& policy) { return policy.ahead_floor / 2; }

std::vector<Limit> limits_of(const Standing& standing, const Policy& policy) {
  std::vector<Limit> limits;
  for (const auto& each : all_limits(standing, {}, policy)) limits.push_back(each.limit);
  return limits;
}

Status check_limits(const Standing& standing, const Growth& growth, const Policy& policy) {
  for (const auto& each : all_limits(standing, growth, policy)) {
    if (each.growth > 0 && each.limit.used + each.growth > each.limit.allowed) {
      return fail(limit_reached(each));
    }
  }
  return {};
}

}  // namespace benchd::scheduling
