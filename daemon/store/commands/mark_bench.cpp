#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/downtime.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kRelease =
    "UPDATE benches SET quarantined = 0, reason = '', message = '', change = ? WHERE id = ?";

}  // namespace

Result<BenchRecord> mark_bench(Transaction& transaction, const MarkBench& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto bench = get_bench_row(transaction.db(), command.bench);
  if (!bench) return fail(bench.error());
  if (command.quarantined) {
    quarantine(transaction, bench->row, command.bench, command.reason, command.message);
  } else {
    const auto change = transaction.change(ChangeKind::Bench, command.bench.text());
    transaction.db().execute(kRelease, change, bench->row);
    end_down(transaction, bench->row, DownCause::Quarantined);
    transaction.freed(command.bench);
  }
  transaction.audit(command.call, "sites/-/benches/" + command.bench.text());
  bench = get_bench_row(transaction.db(), command.bench);
  if (!bench) return fail(bench.error());
  bench->record.booking = find_active_booking(transaction.db(), bench->row);
  return std::move(bench->record);
}

}  // namespace benchd::store::detail
