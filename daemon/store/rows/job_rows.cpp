#include "daemon/store/rows/job_rows.hpp"

#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/rows/json.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kJobColumns =
    "SELECT j.id, j.tenant, j.name, t.name, j.member, j.class, j.state, j.sequence_owner,"
    " j.sequence, j.sequence_version, j.parameters, j.dut, j.benches, j.kind, j.needs, j.layout,"
    " j.fitting, j.attendance, j.earliest_s, j.maximum_s, j.predicted_s, j.retries, j.attempts,"
    " j.title, j.external_id, j.submit_us, j.update_us, j.plan_bench, j.plan_start_s,"
    " j.plan_end_s, j.plan_waits, j.plan_moved, j.booking, j.reason, j.message, j.revision,"
    " j.change, j.preemptible, j.preemptions FROM jobs j JOIN tenants t ON t.id = j.tenant ";
constexpr const char* kInsertJob =
    "INSERT INTO jobs (name, tenant, member, class, state, sequence_owner, sequence,"
    " sequence_version, parameters, dut, benches, kind, needs, layout, fitting, attendance,"
    " earliest_s, maximum_s, predicted_s, retries, title, external_id, submit_us, update_us,"
    " revision, change, preemptible)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kUpdateJob =
    "UPDATE jobs SET state = ?, attempts = ?, preemptions = ?, booking = ?, reason = ?, message = "
    "?, update_us = ?,"
    " revision = ?, change = ? WHERE id = ?";
// Should it come back into the queue, it has its place anew.
constexpr const char* kNoHead = "DELETE FROM job_heads WHERE job = ?";
constexpr const char* kUpdatePlan =
    "UPDATE jobs SET plan_bench = ?, plan_start_s = ?, plan_end_s = ?, plan_waits = ?,"
    " plan_moved = ? WHERE id = ?";

std::string encode_ids(const std::vector<BenchId>& benches) {
  std::vector<std::string> texts;
  for (const auto& bench : benches) texts.push_back(bench.text());
  return encode(texts);
}

std::vector<BenchId> decode_ids(const std::string& text) {
  std::vector<BenchId> benches;
  for (auto& each : decode_texts(text)) benches.emplace_back(std::move(each));
  return benches;
}

}  // namespace

std::string name_of(const model::Job& job) {
  return "tenants/" + job.tenant.text() + "/jobs/" + job.id.text();
}

std::string select_jobs(const std::string& where) { return kJobColumns + where; }

JobRow read_job(const Rows& rows) {
  JobRow row{.row = rows.integer(0), .tenant_row = rows.integer(1)};
  auto& record = row.record;
  auto& job = record.job;
  job.id = rows.id<model::JobId>(2);
  job.tenant = rows.id<TenantId>(3);
  job.member = rows.id<MemberId>(4);
  job.job_class = rows.enumerator<model::JobClass>(5);
  job.state = rows.enumerator<model::JobState>(6);
  job.sequence = {rows.id<TenantId>(7), rows.id<SequenceId>(8), static_cast<int>(rows.integer(9))};
  job.parameters = decode_parameters(rows.text(10));
  job.dut = rows.optional(11, &Rows::id<DutId>);
  job.benches = decode_ids(rows.text(12));
  job.kind = rows.text(13);
  job.needs = decode_needs(rows.text(14));
  job.layout = rows.text(15);
  job.fitting = decode_fitting(rows.text(16));
  job.attendance = rows.enumerator<model::Attendance>(17);
  job.earliest = rows.optional(18, &Rows::seconds);
  job.maximum = std::chrono::seconds{rows.integer(19)};
  job.predicted = std::chrono::seconds{rows.integer(20)};
  job.retries = static_cast<int>(rows.integer(21));
  job.attempts = static_cast<int>(rows.integer(22));
  record.title = rows.text(23);
  record.external_id = rows.text(24);
  job.submit_time = rows.time(25);
  job.update_time = rows.time(26);
  if (!rows.is_null(27)) {
    record.plan.bench = rows.id<BenchId>(27);
    record.plan.occupied = {rows.seconds(28), rows.seconds(29)};
  }
  record.plan.waits = rows.enumerator<scheduling::PlanCause>(30);
  record.plan.moved = rows.enumerator<scheduling::PlanCause>(31);
  record.booking = rows.optional(32, &Rows::id<BookingId>);
  record.reason = rows.text(33);
  record.message = rows.text(34);
  job.revision = static_cast<int>(rows.integer(35));
  record.change = rows.integer(36);
  job.preemptible = rows.boolean(37);
  job.preemptions = static_cast<int>(rows.integer(38));
  return row;
}

std::optional<JobRow> find_job(Database& database,
                               const model::JobId& id,
                               const std::optional<TenantId>& tenant) {
  static const std::string kByName =
      select_jobs("WHERE j.name = ?1 AND (?2 IS NULL OR t.name = ?2)");
  auto rows = database.query(kByName.c_str(), id, tenant);
  if (!rows.next()) return std::nullopt;
  return read_job(rows);
}

Result<JobRow> get_job_row(Database& database,
                           const model::JobId& id,
                           const std::optional<TenantId>& tenant) {
  auto job = find_job(database, id, tenant);
  if (!job) return fail(access::not_found_or_denied());
  return std::move(*job);
}

void insert_job(Transaction& transaction, JobRow& row) {
  auto& record = row.record;
  const auto& job = record.job;
  auto& db = transaction.db();
  record.change = transaction.change(ChangeKind::Job, job.id.text(), job.tenant);
  db.execute(kInsertJob, job.id, row.tenant_row, job.member, job.job_class, job.state,
             job.sequence.owner, job.sequence.id, job.sequence.version, encode(job.parameters),
             job.dut, encode_ids(job.benches), job.kind, encode(job.needs), job.layout,
             encode(job.fitting), job.attendance, job.earliest, job.maximum, job.predicted,
             job.retries, record.title, record.external_id, job.submit_time, job.update_time,
             job.revision, record.change, job.preemptible);
  row.row = db.last_row_id();
}

void update_job(Transaction& transaction, JobRow& row, UtcTime now) {
  auto& record = row.record;
  auto& job = record.job;
  job.revision += 1;
  job.update_time = now;
  record.change = transaction.change(ChangeKind::Job, job.id.text(), job.tenant);
  transaction.db().execute(kUpdateJob, job.state, job.attempts, job.preemptions, record.booking,
                           record.reason, record.message, now, job.revision, record.change,
                           row.row);
  update_plan(transaction, row.row, record.plan);
  if (job.state != model::JobState::Queued) transaction.db().execute(kNoHead, job.id);
}

void update_plan(Transaction& transaction, std::int64_t row, const JobPlanRecord& plan) {
  const bool planned = plan.bench.has_value();
  transaction.db().execute(
      kUpdatePlan, plan.bench, planned ? std::optional{plan.occupied.start} : std::nullopt,
      planned ? std::optional{plan.occupied.end} : std::nullopt, plan.waits, plan.moved, row);
}

}  // namespace benchd::store::detail
