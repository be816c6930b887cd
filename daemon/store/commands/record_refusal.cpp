#include "daemon/store/commands/all.hpp"

namespace benchd::store::detail {

Status record_refusal(Transaction& transaction, const RecordRefusal& command) {
  transaction.audit(command.call, command.object, command.error.reason);
  return {};
}

}  // namespace benchd::store::detail
