#include <algorithm>
#include <utility>

#include "daemon/scheduling/approval.hpp"
#include "daemon/store/commands/admit_benches.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/check_limits.hpp"
#include "daemon/store/commands/notify.hpp"
#include "daemon/store/commands/record_usage.hpp"

namespace benchd::store::detail {

namespace {

bool same_benches(const BookingRecord& record, const CreateBooking& wanted) {
  return record.booking.benches == wanted.benches && record.layouts == wanted.layouts;
}

bool same_content(const model::Booking& booking, const CreateBooking& wanted) {
  return booking.attendance == wanted.attendance && booking.sequence == wanted.sequence &&
         booking.parameters == wanted.parameters && booking.dut == wanted.dut;
}

// What the row is to become. A booking that has begun keeps the start of what it occupies, and
// what is known of its benches.
BookingRow changed_row(const BookingRow& before,
                       const CreateBooking& wanted,
                       const std::vector<BenchRow>& benches,
                       const std::vector<scheduling::Admitted>& admitted) {
  auto row = before;
  auto& record = row.record;
  auto& booking = record.booking;
  const bool same = same_benches(before.record, wanted);
  const bool begun = before.record.booking.state == model::BookingState::Setup ||
                     before.record.booking.state == model::BookingState::InUse;
  booking.member = wanted.member;
  booking.interval = admitted.front().booked;
  booking.attendance = wanted.attendance;
  booking.sequence = wanted.sequence;
  booking.parameters = wanted.parameters;
  booking.dut = wanted.dut;
  record.title = wanted.title;
  record.external_id = wanted.external_id;
  record.predicted = wanted.predicted;
  record.attended = wanted.attended;
  booking.benches = wanted.benches;
  record.layouts = wanted.layouts;
  booking.claims.clear();
  if (!same) row.benches.assign(benches.size(), {});
  for (std::size_t at = 0; at < benches.size(); ++at) {
    auto occupied = admitted[at].occupied;
    if (begun) occupied.start = before.benches[at].occupied.start;
    row.benches[at].row = benches[at].row;
    row.benches[at].id = benches[at].record.id;
    row.benches[at].teardown_time = benches[at].rules.teardown_time;
    row.benches[at].occupied = occupied;
    row.benches[at].needs_approval = benches[at].rules.needs_approval;
    booking.claims.push_back({benches[at].record.id, occupied, booking.id});
  }
  return row;
}

bool any_needs_approval(const std::vector<BenchRow>& benches) {
  return std::ranges::any_of(benches,
                             [](const BenchRow& each) { return each.rules.needs_approval; });
}

// The booking moves on with its change.
Status apply_change(BookingRow& row, std::optional<scheduling::BookingEvent> event, UtcTime now) {
  auto& booking = row.record.booking;
  if (event) {
    const auto after = scheduling::transition({booking.state, booking.heading_for}, *event);
    if (!after) return fail(after.error());
    booking.state = after->state;
    booking.heading_for = after->heading_for;
    if (*event == scheduling::BookingEvent::Request) booking.request_time = now;
  }
  if (booking.state != model::BookingState::Requested) return {};
  return scheduling::check_approvable(booking, now);
}

}  // namespace

Result<BookingRecord> update_booking(Transaction& transaction, const UpdateBooking& command) {
  const auto& wanted = command.wanted;
  const auto& call = wanted.call;
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, call); !known) return fail(known.error());
  auto before = get_booking_row(db, wanted.id, wanted.tenant);
  if (!before) return fail(before.error());
  auto kept = transaction.find_kept(call);
  if (!kept) return fail(kept.error());
  if (*kept) return from_snapshot(std::move(before->record), (*kept)->answer).booking;

  if (auto same = check_revision(*before, command.revision); !same) return fail(same.error());
  catch_up(transaction, *before, call.now);
  const auto& booking = before->record.booking;
  const auto booked = scheduling::round_outwards(wanted.start, wanted.end);
  const scheduling::BookingChange change{.booked = booked,
                                         .benches = !same_benches(before->record, wanted),
                                         .content = !same_content(booking, wanted)};
  if (auto allowed = scheduling::check_change(booking, change, call.now); !allowed) {
    return fail(allowed.error());
  }
  if (wanted.member != booking.member && !is_member(db, wanted.tenant, wanted.member)) {
    return fail(Reason::InvalidArgument, "member: is no member of the tenant",
                {{"field", "member"}});
  }

  auto benches = load_benches(db, wanted.benches);
  if (!benches) return fail(benches.error());
  const auto event = scheduling::event_of_change(booking, change, any_needs_approval(*benches));
  if (!event) return fail(event.error());
  std::vector<scheduling::Admitted> admitted;
  if (booked == booking.interval && same_benches(before->record, wanted)) {
    // Its own time stays its own, whatever the rules say by now.
    for (const auto& bench : before->benches) admitted.push_back({booked, bench.occupied});
  } else {
    delete_claims(transaction, *before);
    const UtcTime start = booking.interval.start;
    const auto earliest = booked.start == start ? std::min(start, call.now) : call.now;
    auto checked = admit_benches(transaction, {wanted.start, wanted.end, wanted.attendance},
                                 *benches, {.earliest = earliest, .now = call.now});
    if (!checked) return fail(checked.error());
    admitted = std::move(*checked);
  }

  auto after = changed_row(*before, wanted, *benches, admitted);
  if (auto applied = apply_change(after, *event, call.now); !applied) return fail(applied.error());
  const auto within = check_booking_limits(transaction, &*before, after, call.now);
  if (!within) return fail(within.error());
  if (auto written = rewrite_booking(transaction, *before, after, call.now); !written) {
    return fail(written.error());
  }
  if (after.record.booking.claims != before->record.booking.claims || *event) {
    const auto& value = before->record.booking;
    record_left(transaction, *before, after);
    record_usage(transaction, after, {value.state, value.heading_for},
                 std::chrono::floor<std::chrono::seconds>(call.now));
    notify_changed(transaction, after);
  }
  transaction.audit(call, name_of(after.record.booking));
  if (!call.request_id.empty()) {
    transaction.keep(call, wanted.id.text(), snapshot(after.record));
  }
  return std::move(after.record);
}

}  // namespace benchd::store::detail
