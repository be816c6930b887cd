#include "daemon/store/commands/admit_benches.hpp"

#include <algorithm>
#include <utility>

#include "daemon/store/rows/claim_rows.hpp"

namespace benchd::store::detail {

namespace {

Status check_quarantine(const BenchRow& bench, const model::Interval& occupied, UtcTime now) {
  if (!bench.record.quarantined || occupied.start > now) return {};
  return fail(Reason::BenchQuarantined, "The bench is taken out of use; choose a later time.",
              {{"bench", bench.record.id.text()}});
}

}  // namespace

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

Result<std::vector<scheduling::Admitted>> admit_benches(Transaction& transaction,
                                                        const scheduling::SlotRequest& slot,
                                                        const std::vector<BenchRow>& benches,
                                                        const AdmissionTimes& times) {
  const auto booked = scheduling::round_outwards(slot.start, slot.end);
  std::vector<scheduling::Admitted> admitted;
  for (const auto& bench : benches) {
    const auto wanted = scheduling::occupied(booked, bench.rules);
    const auto before = predecessor(transaction.db(), bench.row, wanted.end);
    auto answer = scheduling::admit(slot, {before, wanted.end}, bench.rules, transaction.policy(),
                                    times.earliest);
    const auto reason = answer ? std::optional<Reason>{} : answer.error().reason;
    if (reason == Reason::SlotTaken || reason == Reason::OutsideHours) {
      const auto next = find_common_free(transaction, benches, booked.start, booked.length(),
                                         times.now, slot.attendance);
      const auto start = next ? std::optional{next->start} : std::nullopt;
      return fail(reason == Reason::SlotTaken ? scheduling::slot_taken(start)
                                              : scheduling::outside_hours(slot.attendance, start));
    }
    if (!answer) return fail(answer.error());
    if (auto usable = check_quarantine(bench, answer->occupied, times.now); !usable) {
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
  const bool needs_approval =
      std::ranges::any_of(benches, [](const BenchRow& each) { return each.rules.needs_approval; });
  record.booking = {.id = command.id,
                    .tenant = command.tenant,
                    .member = command.member,
                    .benches = command.benches,
                    .layout = command.layouts.empty() ? std::string{} : command.layouts.front(),
                    .interval = admitted.front().booked,
                    .attendance = command.attendance,
                    .state = command.hold     ? model::BookingState::Held
                             : needs_approval ? model::BookingState::Requested
                                              : model::BookingState::Confirmed,
                    .sequence = command.sequence,
                    .parameters = command.parameters,
                    .dut = command.dut,
                    .note = command.note,
                    .series = command.series,
                    .create_time = command.call.now,
                    .update_time = command.call.now,
                    .request_time = command.call.now};
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
                           .occupied = admitted[at].occupied,
                           .needs_approval = bench.rules.needs_approval});
  }
  return row;
}

}  // namespace benchd::store::detail
