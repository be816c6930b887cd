// What a tenant, and each of its members, may have at once. Pure: told what they have.
//
// Every limit of a tenant holds whoever of its members asks: ten accounts get no more than one. A
// member's limit leaves something to its colleagues, so it does not hold for who has none.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/booking.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

struct LimitedUse {
  std::int64_t bookings = 0;    // that have not ended, those on the wait-list too
  std::chrono::seconds held{};  // bench-time of those that are HELD or REQUESTED
  std::int64_t jobs = 0;        // in the queue
};

struct Standing {
  LimitedUse tenant;
  LimitedUse member;             // who asks, or who is to have the booking
  bool has_colleagues = false;   // the tenant has further members who may book
  std::chrono::seconds ahead{};  // bench-time of the tenant's bookings that is capped
  std::int64_t no_shows = 0;     // of the tenant, within Policy::no_show_memory
  double share = 1;
  double all_shares = 1;     // of all tenants
  std::int64_t benches = 0;  // of the site
};

// What a wish adds. What it does not add to is not checked: a tenant that has too much may still
// shorten and cancel.
struct Growth {
  LimitedUse tenant;
  LimitedUse member;
  std::chrono::seconds ahead{};
};

// The part of a booking's occupied time that counts as bench-time ahead. What comes up soon is
// anybody's: nobody gains by leaving it empty.
[[nodiscard]] std::chrono::seconds time_ahead(const model::Interval& occupied,
                                              UtcTime now,
                                              const Policy& policy);

// What a tenant may have ahead: its share of the site's bench-time, times a factor; less after
// no-shows.
[[nodiscard]] std::chrono::seconds cap_ahead(const Standing& standing, const Policy& policy);
// No cap is less than this.
[[nodiscard]] std::chrono::seconds least_cap_ahead(const Policy& policy);

// One limit and how far it is used: seconds of bench-time, or a count.
struct Limit {
  std::string_view name;  // "bookings_per_tenant"; stable
  bool is_time = false;
  std::int64_t used = 0;
  std::int64_t allowed = 0;
};

// Those of the tenant, and those of the member where they hold.
[[nodiscard]] std::vector<Limit> limits_of(const Standing& standing, const Policy& policy);

// LIMIT_REACHED, with the first limit that the growth would exceed.
[[nodiscard]] Status check_limits(const Standing& standing,
                                  const Growth& growth,
                                  const Policy& policy);

}  // namespace benchd::scheduling
