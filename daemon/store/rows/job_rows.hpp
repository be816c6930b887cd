// Jobs, between rows and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

struct JobRow {
  std::int64_t row = 0;
  std::int64_t tenant_row = 0;
  JobRecord record;
};

// "tenants/acme/jobs/j-…".
[[nodiscard]] std::string name_of(const model::Job& job);

// `where` continues "SELECT … FROM jobs j JOIN tenants t …"; its parameters follow.
[[nodiscard]] std::string select_jobs(const std::string& where);
[[nodiscard]] JobRow read_job(const Rows& rows);
[[nodiscard]] std::optional<JobRow> find_job(Database& database,
                                             const model::JobId& id,
                                             const std::optional<TenantId>& tenant);
// NOT_FOUND_OR_DENIED.
[[nodiscard]] Result<JobRow> get_job_row(Database& database,
                                         const model::JobId& id,
                                         const std::optional<TenantId>& tenant);
void insert_job(Transaction& transaction, JobRow& job);
// Writes what changes in a job's life, its plan included, with the next revision and change number.
void update_job(Transaction& transaction, JobRow& job, UtcTime now);
// Only the plan: no revision, and nobody is told.
void update_plan(Transaction& transaction, std::int64_t row, const JobPlanRecord& plan);

}  // namespace benchd::store::detail
