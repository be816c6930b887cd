// Runs, between rows and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

struct RunRow {
  std::int64_t row = 0;
  std::int64_t bench_row = 0;
  RunRecord record;
};

// "tenants/acme/runs/r-…".
[[nodiscard]] std::string name_of(const model::Run& run);
[[nodiscard]] std::string select_runs(const std::string& where);
// Without checks, rows and source.
[[nodiscard]] RunRow read_run(const Rows& rows);
[[nodiscard]] std::optional<RunRow> find_run(Database& database,
                                             const RunId& run,
                                             const std::optional<TenantId>& tenant);
// Adds checks and rows from the run's events, and the sequence's source text.
void load_content(Database& database, RunRow& run);

void insert_run(Transaction& transaction,
                RunRow& run,
                std::int64_t tenant_row,
                std::optional<std::int64_t> booking_row);
// Writes what can change, with the next revision and change number; seals a finished run whose
// segments are all stored.
void update_run(Transaction& transaction, RunRow& run, UtcTime now);
void append_run_event(Transaction& transaction, RunRow& run, const link::v1::Event& event);

}  // namespace benchd::store::detail
