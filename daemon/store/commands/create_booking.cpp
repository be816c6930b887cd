#include <algorithm>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/claim_rows.hpp"

namespace benchd::store::detail {

namespace {

using std::chrono::seconds;

Result<std::vector<BenchRow>> load_benches(Database& db, const std::vector<BenchId>& wanted) {
  std::vector<BenchRow> benches;
  for (const auto& id : wanted) {
    auto bench = get_bench_row(db, id);
    if (!bench) return fail(bench.error());
    const bool twice = std::ranges::any_of(
        benches, [&](const BenchRow& other) { return other.row == bench->row; });
    if (twice) return fail(Reason::InvalidArgument, "A bench is named twice: " + id.text() + ".");
    benches.push_back(std::move(*bench));
  }
  if (benches.empty()) return fail(Reason::InvalidArgument, "A booking needs at least one bench.");
  return benches;
}

Result<scheduling::SlotRequest> wanted_slot(Transaction& transaction,
                                            const CreateBooking& command,
                                            const std::vector<BenchRow>& benches) {
  if (!command.earliest) {
    return scheduling::SlotRequest{command.start, command.end, command.attendance};
  }
  const auto duration = std::chrono::ceil<seconds>(command.end - command.start);
  // Rounded down like a start that is given: what is booked from now on can be used at once.
  const auto from = std::chrono::floor<seconds>(std::max(*command.earliest, command.call.now));
  // A length that is never admitted is refused as such, not as taken.
  if (duration <= seconds{0} || duration > transaction.policy().longest_booking) {
    return scheduling::SlotRequest{from, from + duration, command.attendance};
  }
  const auto free =
      find_common_free(transaction, benches, from, duration, command.call.now, command.attendance);
  if (!free) return fail(why_none_free(transaction, benches, from, duration, command.attendance));
  return scheduling::SlotRequest{free->start, free->end, command.attendance};
}

Status check_quarantine(const BenchRow& bench, const model::Interval& occupied, UtcTime now) {
  if (!bench.record.quarantined || occupied.start > now) return {};
  return fail(Reason::BenchQuarantined, "The bench is taken out of use; choose a later time.",
              {{"bench", bench.record.id.text()}});
}

// All benches or none.
Result<std::vector<scheduling::Admitted>> admit_all(Transaction& transaction,
                                                    const scheduling::SlotRequest& slot,
                                                    const std::vector<BenchRow>& benches,
                                                    UtcTime now) {
  const auto booked = scheduling::round_outwards(slot.start, slot.end);
  std::vector<scheduling::Admitted> admitted;
  for (const auto& bench : benches) {
    const auto wanted = scheduling::occupied(booked, bench.rules);
    const auto before = predecessor(transaction.db(), bench.row, wanted.end);
    auto answer =
        scheduling::admit(slot, {before, wanted.end}, bench.rules, transaction.policy(), now);
    const auto reason = answer ? std::optional<Reason>{} : answer.error().reason;
    if (reason == Reason::SlotTaken || reason == Reason::OutsideHours) {
      const auto next = find_common_free(transaction, benches, booked.start, booked.length(),
                                         booked.start, slot.attendance);
      const auto start = next ? std::optional{next->start} : std::nullopt;
      return fail(reason == Reason::SlotTaken ? scheduling::slot_taken(start)
                                              : scheduling::outside_hours(slot.attendance, start));
    }
    if (!answer) return fail(answer.error());
    if (auto usable = check_quarantine(bench, answer->occupied, now); !usable) {
      return fail(usable.error());
    }
    admitted.push_back(*answer);
  }
  return admitted;
}

BookingRow new_booking(const CreateBooking& command,
                       const std::vector<BenchRow>& benches,
                       const std::vector<scheduling::Admitted>& admitted) {
  BookingRow row;
  auto& record = row.record;
  record.booking = {.id = command.id,
                    .tenant = command.tenant,
                    .member = command.member,
                    .benches = command.benches,
                    .layout = command.layouts.empty() ? std::string{} : command.layouts.front(),
                    .interval = admitted.front().booked,
                    .attendance = command.attendance,
                    .sequence = command.sequence,
                    .parameters = command.parameters,
                    .dut = command.dut,
                    .note = command.note,
                    .create_time = command.call.now,
                    .update_time = command.call.now};
  record.layouts = command.layouts;
  record.layouts.resize(benches.size());
  record.title = command.title;
  record.external_id = command.external_id;
  record.predicted = command.predicted;
  record.attended = command.attended;
  for (std::size_t at = 0; at < benches.size(); ++at) {
    const auto& bench = benches[at];
    record.booking.claims.push_back({bench.record.id, admitted[at].occupied, command.id});
    row.benches.push_back({.row = bench.row,
                           .id = bench.record.id,
                           .teardown_time = bench.rules.teardown_time,
                           .occupied = admitted[at].occupied});
  }
  return row;
}

}  // namespace

Result<BookingRecord> create_booking(Transaction& transaction, const CreateBooking& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = get_booking_row(db, BookingId{(*kept)->object}, command.tenant);
    if (!first) return fail(first.error());
    return from_snapshot(std::move(first->record), (*kept)->answer).booking;
  }

  const auto tenant = find_tenant_row(db, command.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  auto benches = load_benches(db, command.benches);
  if (!benches) return fail(benches.error());
  auto slot = wanted_slot(transaction, command, *benches);
  if (!slot) return fail(slot.error());
  auto admitted = admit_all(transaction, *slot, *benches, command.call.now);
  if (!admitted) return fail(admitted.error());

  auto booking = new_booking(command, *benches, *admitted);
  booking.tenant_row = *tenant;
  if (auto inserted = insert_booking(transaction, booking); !inserted) {
    return fail(inserted.error());
  }
  transaction.audit(command.call, name_of(booking.record.booking));
  if (!command.call.request_id.empty()) {
    transaction.keep(command.call, command.id.text(), snapshot(booking.record));
  }
  return std::move(booking.record);
}

}  // namespace benchd::store::detail
