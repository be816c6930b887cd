#include <limits>
#include <utility>

#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/job_rows.hpp"

namespace benchd::store::detail {

namespace {

// state 4: FINISHED; verdicts 1 and 2: PASS, FAIL.
constexpr const char* kLastDurations =
    "SELECT r.elapsed_ns FROM runs r JOIN tenants t ON t.id = r.tenant WHERE t.name = ?"
    " AND r.sequence_owner = ? AND r.sequence = ? AND r.state = 4 AND r.verdict IN (1, 2)"
    " ORDER BY r.id DESC LIMIT 2";

std::string list_jobs_sql(const ListJobs& query) {
  std::string where = query.tenant ? "WHERE j.tenant = (SELECT id FROM tenants WHERE name = ?1)"
                                   : "WHERE ?1 IS NULL";
  if (query.active_only) where += " AND j.state < 3";
  return select_jobs(where + " AND j.id < ?2 ORDER BY j.id DESC LIMIT ?3");
}

}  // namespace

Result<JobRecord> get_job(Database& database, const GetJob& query) {
  auto job = get_job_row(database, query.job, query.tenant);
  if (!job) return fail(job.error());
  return std::move(job->record);
}

Result<Page<JobRecord>> list_jobs(Database& database, const ListJobs& query) {
  auto before = std::numeric_limits<std::int64_t>::max();
  if (!query.page.token.empty()) {
    auto name = from_token(query.page.token);
    if (!name) return fail(name.error());
    const auto last = find_job(database, model::JobId{*name}, query.tenant);
    if (!last) return fail(bad_token());
    before = last->row;
  }
  const int size = page_size(query.page);
  std::vector<JobRecord> items;
  auto rows = database.query(list_jobs_sql(query), query.tenant, before, size + 1);
  while (rows.next()) items.push_back(read_job(rows).record);
  return to_page(std::move(items), size,
                 [](const JobRecord& record) { return record.job.id.text(); });
}

Result<std::vector<Nanoseconds>> last_durations(Database& database, const LastDurations& query) {
  std::vector<Nanoseconds> durations;
  auto rows = database.query(kLastDurations, query.tenant, query.sequence.owner, query.sequence.id);
  while (rows.next()) durations.push_back(rows.nanoseconds(0));
  return durations;
}

}  // namespace benchd::store::detail
