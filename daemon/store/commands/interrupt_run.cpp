#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/run_rows.hpp"

namespace benchd::store::detail {

Result<RunRecord> interrupt_run(Transaction& transaction, const InterruptRun& command) {
  auto run = find_run(transaction.db(), command.run, std::nullopt);
  if (!run) return fail(access::not_found_or_denied());
  auto& value = run->record.run;
  if (value.state >= model::RunState::Finished) {
    return fail(Reason::RunNotActive, "The run has already ended.");
  }
  value.state = model::RunState::Interrupted;
  value.verdict = model::Verdict::Error;
  value.reason = command.reason;
  value.message = command.message;
  run->record.end_time = command.call.now;
  update_run(transaction, *run, command.call.now);
  transaction.audit_site(command.call.now, "InterruptRun", name_of(value), command.reason);
  return std::move(run->record);
}

}  // namespace benchd::store::detail
