// Row ids of names, and small rows that several commands need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/scheduling/policy.hpp"
#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

// NOT_FOUND_OR_DENIED when the member or staff who calls is unknown or was disabled meanwhile.
[[nodiscard]] Status require_caller(Transaction& transaction, const Call& call);

[[nodiscard]] std::optional<std::int64_t> find_tenant_row(Database& database,
                                                          const TenantId& tenant);
[[nodiscard]] std::optional<std::int64_t> find_station_row(Database& database,
                                                           const StationId& station);

[[nodiscard]] bool is_member(Database& database, const TenantId& tenant, const MemberId& member);

struct BenchRow {
  std::int64_t row = 0;
  std::int64_t station_row = 0;
  scheduling::BenchRules rules;  // with the hours that hold for it
  BenchRecord record;            // without `booking`
};
// UNKNOWN_BENCH also for one that is no longer in its station's file.
[[nodiscard]] Result<BenchRow> get_bench_row(Database& database, const BenchId& bench);
[[nodiscard]] std::string select_benches(const std::string& where);
[[nodiscard]] BenchRow read_bench(const Rows& rows);
// The booking that uses the bench now.
[[nodiscard]] std::optional<BookingId> find_active_booking(Database& database,
                                                           std::int64_t bench_row);

}  // namespace benchd::store::detail
