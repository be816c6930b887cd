// Setup records. The newest of a bench counts; older and void ones are kept.
#pragma once

#include <optional>
#include <vector>

#include "daemon/store/rows/booking_rows.hpp"

namespace benchd::store::detail {

void insert_setup(Transaction& transaction,
                  const BookingRow& booking,
                  std::int64_t bench_row,
                  const model::SetupRecord& record);
// The newest of each bench.
[[nodiscard]] std::vector<model::SetupRecord> setups_of(Database& database,
                                                        const BookingRow& booking);
[[nodiscard]] std::optional<model::SetupRecord> find_setup(Database& database,
                                                           const BookingRow& booking,
                                                           const BenchId& bench);
[[nodiscard]] Result<BookedBench*> bench_of(BookingRow& booking, const BenchId& bench);

}  // namespace benchd::store::detail
