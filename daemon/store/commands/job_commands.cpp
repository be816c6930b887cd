// Jobs into the queue, out of it, and the plan.
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/check_limits.hpp"
#include "daemon/store/commands/job_events.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kClearHeads = "DELETE FROM job_heads";
constexpr const char* kInsertHead =
    "INSERT INTO job_heads (tenant, class, job, since_s) VALUES (?, ?, ?, ?)";

}  // namespace

Result<JobRecord> create_job(Transaction& transaction, const CreateJob& command) {
  auto& db = transaction.db();
  const auto& wanted = command.job.job;
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = get_job_row(db, model::JobId{(*kept)->object}, wanted.tenant);
    if (!first) return fail(first.error());
    return std::move(first->record);
  }
  const auto tenant = find_tenant_row(db, wanted.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  JobRow row{.tenant_row = *tenant, .record = command.job};
  row.record.job.state = model::JobState::Queued;
  row.record.job.submit_time = command.call.now;
  row.record.job.update_time = command.call.now;
  row.record.job.revision = 1;
  if (auto allowed = check_job_limits(transaction, row); !allowed) return fail(allowed.error());
  insert_job(transaction, row);
  transaction.audit(command.call, name_of(wanted));
  transaction.keep(command.call, wanted.id.text(), {});
  return std::move(row.record);
}

Result<JobRecord> cancel_job(Transaction& transaction, const CancelJob& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto job = get_job_row(transaction.db(), command.job, command.tenant);
  if (!job) return fail(job.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) return std::move(job->record);
  if (command.revision && *command.revision != job->record.job.revision) {
    return fail(Reason::EtagMismatch, "The job has changed since it was read; read it again.");
  }
  if (auto queued = check_queued(*job); !queued) return fail(queued.error());
  job->record.job.state = model::JobState::Cancelled;
  job->record.plan = {};
  update_job(transaction, *job, command.call.now);
  transaction.audit(command.call, name_of(job->record.job));
  transaction.keep(command.call, command.job.text(), {});
  return std::move(job->record);
}

Status write_plan(Transaction& transaction, const WritePlan& command) {
  auto& db = transaction.db();
  for (const auto& [id, plan] : command.plans) {
    const auto job = find_job(db, id, std::nullopt);
    if (job && job->record.job.state == model::JobState::Queued) {
      update_plan(transaction, job->row, plan);
    }
  }
  db.execute(kClearHeads);
  for (const auto& [key, head] : command.heads) {
    const auto tenant = find_tenant_row(db, key.first);
    if (tenant) db.execute(kInsertHead, *tenant, key.second, head.job, head.since);
  }
  return {};
}

}  // namespace benchd::store::detail
