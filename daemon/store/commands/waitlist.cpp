#include <algorithm>
#include <set>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/base/log.hpp"
#include "daemon/scheduling/admission.hpp"
#include "daemon/scheduling/approval.hpp"
#include "daemon/scheduling/job_order.hpp"
#include "daemon/store/commands/admit_benches.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/check_limits.hpp"
#include "daemon/store/commands/notify.hpp"
#include "daemon/store/commands/record_usage.hpp"
#include "daemon/store/rows/claim_rows.hpp"
#include "daemon/store/rows/tenant_use.hpp"

namespace benchd::store::detail {

namespace {

using model::BookingState;
using scheduling::BookingEvent;
using std::chrono::seconds;

struct FreeTime {
  BenchRow bench;
  std::string layout;
  model::Interval booked;
};

// The first time on a candidate. Whoever must say yes gets the time to do so before it begins.
std::optional<FreeTime> find_free_time(Transaction& transaction,
                                       const model::Booking& booking,
                                       UtcTime now) {
  const auto& wait = *booking.wait;
  const auto notice = wait.auto_accept ? seconds{} : transaction.policy().offer_time;
  const auto from = std::max(wait.window.start, std::chrono::floor<seconds>(now) + notice);
  std::optional<FreeTime> best;
  for (const auto& candidate : wait.candidates) {
    auto bench = get_bench_row(transaction.db(), candidate.bench);
    if (!bench || bench->record.quarantined) continue;
    const auto free =
        find_common_free(transaction, {*bench}, from, wait.length, from, booking.attendance);
    if (!free || free->end > wait.window.end) continue;
    if (best && best->booked.start <= free->start) continue;
    best = FreeTime{std::move(*bench), candidate.layout, *free};
  }
  return best;
}

// As it would be with the time that was found; absent where that is not admitted after all.
std::optional<BookingRow> with_time(Transaction& transaction,
                                    const BookingRow& waiting,
                                    const FreeTime& free,
                                    UtcTime now) {
  auto admitted = admit_benches(
      transaction, {free.booked.start, free.booked.end, waiting.record.booking.attendance},
      {free.bench}, {.earliest = now, .now = now});
  if (!admitted) return std::nullopt;
  const auto& occupied = admitted->front().occupied;
  auto row = waiting;
  auto& value = row.record.booking;
  value.state = BookingState::Held;
  value.heading_for = BookingState::Completed;
  value.interval = admitted->front().booked;
  value.benches = {free.bench.record.id};
  value.layout = free.layout;
  value.claims = {{free.bench.record.id, occupied, value.id}};
  value.wait->offers += 1;
  value.wait->offered = std::chrono::floor<seconds>(now);
  row.record.layouts = {free.layout};
  row.benches = {{.row = free.bench.row,
                  .id = free.bench.record.id,
                  .teardown_time = free.bench.rules.teardown_time,
                  .occupied = occupied,
                  .needs_approval = free.bench.rules.needs_approval}};
  return row;
}

// Whether it has been offered time; then the row is the booking as it is now.
bool offer(Transaction& transaction, BookingRow& waiting, UtcTime now) {
  const auto& wait = *waiting.record.booking.wait;
  const auto free = find_free_time(transaction, waiting.record.booking, now);
  if (!free) return false;
  auto offered = with_time(transaction, waiting, *free, now);
  if (!offered || !check_booking_limits(transaction, &waiting, *offered, now)) return false;
  if (!rewrite_booking(transaction, waiting, *offered, now)) return false;
  const auto since =
      std::max(wait.window.start, std::chrono::floor<seconds>(waiting.record.booking.create_time));
  record_booked(transaction, *offered, since);
  const auto& value = offered->record.booking;
  transaction.audit_site(now, scheduling::to_string(BookingEvent::Offer), name_of(value));
  if (value.wait->auto_accept) {
    // CONFIRMED is what the member is told of then.
    auto taken = apply_event(transaction, *offered,
                             scheduling::confirm_event(needs_approval(*offered)), {.now = now});
    if (!taken) log::error("store: an offer cannot be taken ({})", taken.error().to_string());
  } else {
    notify(transaction, *offered, {BookingState::Waitlisted, BookingState::Completed},
           {.now = now});
  }
  waiting = std::move(*offered);
  return true;
}

bool is_served_by(const model::Wait& wait, const std::set<BenchId>& benches) {
  return std::ranges::any_of(wait.candidates, [&](const model::FittingBench& candidate) {
    return benches.contains(candidate.bench);
  });
}

std::vector<BookingRow> waiting_for(Transaction& transaction) {
  static const std::string kWaiting = select_bookings("WHERE b.state = 16 ORDER BY b.id");
  std::vector<BookingRow> waiting;
  auto rows = transaction.db().query(kWaiting.c_str());
  while (rows.next()) {
    auto booking = read_booking(transaction.db(), rows);
    const auto& value = booking.record.booking;
    if (!value.wait || transaction.passed_over().contains(value.id)) continue;
    if (is_served_by(*value.wait, transaction.freed())) waiting.push_back(std::move(booking));
  }
  return waiting;
}

// The order of the queue (job_order.hpp). A tenant's head has waited since it joined.
std::vector<std::size_t> in_order(Transaction& transaction,
                                  const std::vector<BookingRow>& waiting,
                                  UtcSeconds now) {
  std::vector<scheduling::QueuedJob> jobs;
  std::set<TenantId> tenants;
  scheduling::Heads heads;
  for (const auto& each : waiting) {
    const auto& value = each.record.booking;
    const model::JobId id{value.id.text()};
    const auto since = std::chrono::floor<seconds>(value.create_time);
    jobs.push_back({.id = id,
                    .tenant = value.tenant,
                    .member = value.member,
                    .submit_time = since,
                    .cost = static_cast<double>(value.wait->length.count())});
    tenants.insert(value.tenant);
    heads.try_emplace({value.tenant, model::JobClass::Normal}, scheduling::Head{id, since});
  }
  auto uses = read_uses(transaction.db(), tenants, now, transaction.policy());
  return scheduling::order_jobs({jobs, uses.tenants, std::move(uses.members), now}, heads,
                                transaction.policy());
}

Status check_wait(const model::Wait& wait, const scheduling::Policy& policy, UtcTime now) {
  const model::Interval last{wait.window.end - wait.length, wait.window.end};
  if (auto times = scheduling::check_times(last, policy, now); !times) return times;
  if (wait.window.length() < wait.length) {
    return fail(Reason::InvalidArgument, "The time to wait for is shorter than the booking.");
  }
  if (wait.candidates.empty()) return fail(Reason::InvalidArgument, "No bench is waited for.");
  return {};
}

BookingRow waiting_row(const JoinWaitlist& command, std::int64_t tenant) {
  const auto& wanted = command.wanted;
  BookingRow row{.tenant_row = tenant};
  auto& record = row.record;
  record.booking = {.id = wanted.id,
                    .tenant = wanted.tenant,
                    .member = wanted.member,
                    .interval = command.wait.window,
                    .attendance = wanted.attendance,
                    .state = BookingState::Waitlisted,
                    .heading_for = BookingState::Waitlisted,
                    .sequence = wanted.sequence,
                    .parameters = wanted.parameters,
                    .dut = wanted.dut,
                    .note = wanted.note,
                    .wait = command.wait,
                    .create_time = wanted.call.now,
                    .update_time = wanted.call.now};
  record.title = wanted.title;
  record.external_id = wanted.external_id;
  record.predicted = wanted.predicted;
  record.attended = wanted.attended;
  return row;
}

}  // namespace

Result<BookingRecord> join_waitlist(Transaction& transaction, const JoinWaitlist& command) {
  auto& db = transaction.db();
  const auto& call = command.wanted.call;
  if (auto known = require_caller(transaction, call); !known) return fail(known.error());
  auto kept = transaction.find_kept(call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = get_booking_row(db, BookingId{(*kept)->object}, command.wanted.tenant);
    if (!first) return fail(first.error());
    return from_snapshot(std::move(first->record), (*kept)->answer).booking;
  }
  const auto tenant = find_tenant_row(db, command.wanted.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  if (auto checked = check_wait(command.wait, transaction.policy(), call.now); !checked) {
    return fail(checked.error());
  }
  auto booking = waiting_row(command, *tenant);
  if (auto within = check_booking_limits(transaction, nullptr, booking, call.now); !within) {
    return fail(within.error());
  }
  if (auto inserted = insert_booking(transaction, booking); !inserted) {
    return fail(inserted.error());
  }
  transaction.audit(call, name_of(booking.record.booking));
  offer(transaction, booking, call.now);
  if (!call.request_id.empty()) {
    transaction.keep(call, command.wanted.id.text(), snapshot(booking.record));
  }
  return std::move(booking.record);
}

void offer_freed(Transaction& transaction) {
  if (transaction.freed().empty()) return;
  auto waiting = waiting_for(transaction);
  if (waiting.empty()) return;
  const auto now = transaction.now();
  for (const auto at : in_order(transaction, waiting, std::chrono::floor<seconds>(now))) {
    offer(transaction, waiting[at], now);
  }
}

}  // namespace benchd::store::detail
