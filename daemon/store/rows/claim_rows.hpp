// Claims of benches around a wanted time.
#pragma once

#include <optional>
#include <vector>

#include "daemon/scheduling/admission.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

// The last claim of the bench that starts before `end`: enough to admit or refuse.
[[nodiscard]] std::vector<model::Interval> predecessor(Database& database,
                                                       std::int64_t bench_row,
                                                       UtcSeconds end);

// Claims that end after `from` and start before `until`, sorted; at most `limit`.
[[nodiscard]] std::vector<model::Interval> claims_between(
    Database& database, std::int64_t bench_row, UtcSeconds from, UtcSeconds until, int limit);

// The first time from `from` on when all benches are free and open for `duration`, as far as a
// bounded look ahead tells.
[[nodiscard]] std::optional<model::Interval> find_common_free(
    Transaction& transaction,
    const std::vector<BenchRow>& benches,
    UtcSeconds from,
    std::chrono::seconds duration,
    UtcTime now,
    model::Attendance attendance = model::Attendance::Attended);
// Why there is none: OUTSIDE_HOURS where the hours alone leave none, else SLOT_TAKEN.
[[nodiscard]] Error why_none_free(Transaction& transaction,
                                  const std::vector<BenchRow>& benches,
                                  UtcSeconds from,
                                  std::chrono::seconds duration,
                                  model::Attendance attendance);

}  // namespace benchd::store::detail
