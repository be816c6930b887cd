// Answers of calls whose work lies outside the store.
#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

Result<std::optional<std::string>> find_answer(Transaction& transaction, const Call& call) {
  if (auto known = require_caller(transaction, call); !known) return fail(known.error());
  auto kept = transaction.find_kept(call);
  if (!kept) return fail(kept.error());
  if (!*kept) return std::nullopt;
  return std::move((*kept)->answer);
}

Result<std::string> keep_answer(Transaction& transaction, const KeepAnswer& command) {
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) return std::move((*kept)->answer);
  transaction.keep(command.call, {}, command.answer);
  return command.answer;
}

}  // namespace benchd::store::detail
