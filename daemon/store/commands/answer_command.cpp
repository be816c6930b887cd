#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/command_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kAnswer =
    "UPDATE commands SET state = 2, result = ? WHERE name = ? AND state = 1";

}  // namespace

Result<CommandRecord> answer_command(Transaction& transaction, const AnswerCommand& command) {
  auto record = find_command(transaction.db(), command.result.command_id());
  if (!record || record->station != command.station) return fail(access::not_found_or_denied());
  if (record->state == CommandState::Answered) return std::move(*record);
  transaction.db().execute(kAnswer, Blob{command.result.SerializeAsString()},
                           command.result.command_id());
  transaction.change(ChangeKind::Command, command.result.command_id());
  record->state = CommandState::Answered;
  record->result = command.result;
  return std::move(*record);
}

}  // namespace benchd::store::detail
