#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/rows/command_rows.hpp"
#include "daemon/store/rows/run_rows.hpp"
#include "daemon/store/rows/setup_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kActive = "SELECT name FROM runs WHERE bench = ? AND state < 4";

Status check_no_active_run(Database& db, const BenchRow& bench) {
  auto rows = db.query(kActive, bench.row);
  if (!rows.next()) return {};
  return fail(Reason::RunActive, "A run is active on this bench.",
              {{"bench", bench.record.id.text()}});
}

// As the first answer was: nothing had happened to it yet.
RunRecord as_created(RunRow row) {
  auto& record = row.record;
  auto& run = record.run;
  RunRecord first{.run = {.id = run.id,
                          .tenant = run.tenant,
                          .member = run.member,
                          .booking = run.booking,
                          .bench = run.bench,
                          .layout = run.layout,
                          .mode = run.mode,
                          .sequence = run.sequence,
                          .sequence_hash = run.sequence_hash,
                          .parameters = run.parameters,
                          .dut = run.dut,
                          .again_of = run.again_of,
                          .external_id = run.external_id,
                          .create_time = run.create_time,
                          .config_hash = run.config_hash},
                  .attended = record.attended,
                  .sequence_source = record.sequence_source,
                  .update_time = run.create_time,
                  .change = record.change};
  return first;
}

}  // namespace

Result<RunRecord> create_run(Transaction& transaction, const CreateRun& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto booking = get_booking_row(db, command.run.booking, command.run.tenant);
  if (!booking) return fail(booking.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = find_run(db, RunId{(*kept)->object}, command.run.tenant);
    if (!first) return fail(access::not_found_or_denied());
    load_content(db, *first);
    first->record.run.predicted = Nanoseconds{std::stoll((*kept)->answer)};
    auto record = as_created(*first);
    record.run.predicted = first->record.run.predicted;
    return record;
  }

  if (auto same = check_revision(*booking, command.booking_revision); !same) {
    return fail(same.error());
  }
  auto bench = get_bench_row(db, command.run.bench);
  if (!bench) return fail(bench.error());
  if (auto has = bench_of(*booking, bench->record.id); !has) return fail(has.error());
  if (bench->record.quarantined) {
    return fail(Reason::BenchQuarantined, "The bench is taken out of use.",
                {{"bench", bench->record.id.text()}});
  }
  if (auto free = check_no_active_run(db, *bench); !free) return fail(free.error());
  if (auto began = begin_act(transaction, *booking, command.call); !began) {
    return fail(began.error());
  }

  RunRow row{.bench_row = bench->row, .record = {.run = command.run}};
  row.record.run.state = model::RunState::Pending;
  row.record.run.create_time = command.call.now;
  row.record.run.revision = 1;
  row.record.update_time = command.call.now;
  row.record.attended = command.attended;
  row.record.sequence_source = command.sequence_source;
  insert_run(transaction, row, booking->tenant_row, booking->row);
  // The booking's record names its active run.
  update_booking(transaction, *booking, command.call.now);
  if (command.command) {
    static_cast<void>(insert_command(transaction, *bench, *command.command, command.run.booking,
                                     booking->row, true, command.call.now));
  }
  transaction.audit(command.call, name_of(row.record.run));
  transaction.keep(command.call, command.run.id.text(),
                   std::to_string(command.run.predicted.count()));
  return std::move(row.record);
}

}  // namespace benchd::store::detail
