// Two competing tenants and a station with two benches, in a store.
#pragma once

#include <string>
#include <utility>

#include "tests/support/store_calls.hpp"

namespace benchd::test {

inline const TenantId kAcme{"acme"};
inline const TenantId kRival{"rival"};
inline const StationId kStation{"rig-1"};
inline const BenchId kBench{"thrust-1"};
inline const BenchId kOtherBench{"thrust-2"};

// 2026-01-01 08:00 UTC and so many minutes.
inline UtcTime minutes_later(int minutes) {
  return std::chrono::sys_days{std::chrono::January / 1 / 2026} + std::chrono::hours{8} +
         std::chrono::minutes{minutes};
}

inline model::Site two_tenants() {
  return {.id = SiteId{"lab"},
          .tenants = {{kAcme, "Acme", {{MemberId{"mia"}, {model::Role::Member}}}},
                      {kRival, "Rival", {{MemberId{"rob"}, {model::Role::Member}}}}},
          .staff = {{MemberId{"olga"}, {model::Role::Operator}}}};
}

inline model::Station two_benches(std::chrono::seconds setup_time = std::chrono::minutes{10},
                                  std::chrono::seconds teardown_time = std::chrono::minutes{5}) {
  model::Station station{.id = kStation, .source = "station: {}", .config_hash = "h1"};
  for (const auto& id : {kBench, kOtherBench}) {
    model::Bench bench;
    bench.id = id;
    bench.setup_time = setup_time;
    bench.teardown_time = teardown_time;
    station.benches.push_back(std::move(bench));
  }
  return station;
}

inline store::Call by(const TenantId& tenant, access::Operation operation, UtcTime now) {
  const MemberId member{tenant == kAcme ? "mia" : "rob"};
  return {.caller = access::member_of(tenant, member, {model::Role::Member}),
          .operation = operation,
          .now = now};
}

inline Status put_site(store::Store& store, const model::Site& site = two_tenants()) {
  return call<void>(
      [&](auto done) { store.bootstrap({.call = {.now = minutes_later(0)}, .site = site}, done); });
}

inline Result<store::StationRecord> put_station(store::Store& store,
                                                const model::Station& station = two_benches()) {
  return call<store::StationRecord>([&](auto done) {
    store.register_station(
        {.call = {.now = minutes_later(0)}, .station = station, .journal_id = "j1"}, done);
  });
}

// Limits that no test and no load comes near to.
inline scheduling::Policy without_limits() {
  scheduling::Policy policy;
  policy.bookings_per_tenant = policy.bookings_per_member = 1'000'000'000;
  policy.jobs_per_tenant = policy.jobs_per_member = 1'000'000'000;
  policy.held_per_tenant = policy.held_per_member = std::chrono::years{100};
  policy.ahead_floor = std::chrono::years{100'000};
  return policy;
}

// A booking of thrust-1 by a member of the tenant, in minutes after 08:00.
inline store::CreateBooking wanted(const TenantId& tenant, int start, int end, int now = 0) {
  return {.call = by(tenant, access::Operation::CreateBooking, minutes_later(now)),
          .id = BookingId{new_random_id("b-")},
          .tenant = tenant,
          .member = MemberId{tenant == kAcme ? "mia" : "rob"},
          .benches = {kBench},
          .start = minutes_later(start),
          .end = minutes_later(end)};
}

}  // namespace benchd::test
