#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/scheduling/slots.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/outage_events.hpp"
#include "daemon/store/rows/claim_rows.hpp"

namespace benchd::store::detail {

namespace {

using model::Interval;
using model::OverlapChoice;

constexpr const char* kInTheWay =
    "SELECT b.name, o.name FROM claims c LEFT JOIN bookings b ON b.id = c.booking"
    " LEFT JOIN outages o ON o.id = c.outage"
    " WHERE c.bench = ?1 AND c.start_s < ?3 AND c.end_s > ?2 AND c.start_s >= coalesce("
    "   (SELECT max(start_s) FROM claims WHERE bench = ?1 AND start_s <= ?2), ?2)"
    " ORDER BY c.start_s";
// An outage of a year over a bench that is booked by the quarter of an hour.
constexpr int kMostClaims = 50'000;

// What tells the tenant; it does not say who, or why.
constexpr const char* kDisplaced =
    "The bench is taken out of use in that time; `benchctl slot find` offers others.";

Result<std::vector<BenchRow>> load_benches_of_outage(Database& db,
                                                     const std::vector<BenchId>& wanted) {
  std::vector<BenchRow> benches;
  for (const auto& id : wanted) {
    auto bench = get_bench_row(db, id);
    if (!bench) return fail(bench.error());
    const auto same = [&](const BenchRow& other) { return other.row == bench->row; };
    if (std::ranges::none_of(benches, same)) benches.push_back(std::move(*bench));
  }
  if (benches.empty()) return fail(Reason::InvalidArgument, "An outage needs at least one bench.");
  return benches;
}

Result<Interval> check_time(const CreateOutage& command, const scheduling::Policy& policy) {
  const auto interval = scheduling::round_outwards(command.start, command.end);
  if (interval.empty()) {
    return fail(Reason::SlotTooShort,
                "The outage has no length: its end must lie after its start.");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(command.call.now);
  if (interval.start < now - policy.start_tolerance || interval.end <= now) {
    return fail(Reason::SlotInPast, "The outage would begin in the past, at " +
                                        scheduling::to_rfc3339(interval.start) +
                                        "; leave the start out for one that begins now.");
  }
  return interval;
}

struct InTheWay {
  std::vector<std::string> bookings;  // names in the store, each once
  std::vector<std::string> outages;
};

InTheWay find_in_the_way(Database& db, const std::vector<BenchRow>& benches, const Interval& time) {
  InTheWay found;
  for (const auto& bench : benches) {
    auto rows = db.query(kInTheWay, bench.row, time.start, time.end);
    while (rows.next()) {
      auto& list = rows.is_null(0) ? found.outages : found.bookings;
      auto name = rows.text(rows.is_null(0) ? 1 : 0);
      if (std::ranges::find(list, name) == list.end()) list.push_back(std::move(name));
    }
  }
  return found;
}

struct Affected {
  BookingRow booking;
  OverlapChoice choice = OverlapChoice::Refuse;
};

// With the deadlines applied that are due: one that has ended by them is not in the way.
Result<std::vector<Affected>> load_affected(Transaction& transaction,
                                            const CreateOutage& command,
                                            const std::vector<std::string>& names) {
  std::vector<Affected> affected;
  for (const auto& name : names) {
    auto booking = get_booking_row(transaction.db(), BookingId{name}, std::nullopt);
    if (!booking) return fail(booking.error());
    catch_up(transaction, *booking, command.call.now);
    const auto state = booking->record.booking.state;
    if (!model::is_holding(state)) continue;
    const auto chosen = command.choices.find(BookingId{name});
    auto choice = chosen == command.choices.end() ? command.others : chosen->second;
    // It is on its way out; the outage begins when it has left.
    if (state == model::BookingState::Teardown) choice = OverlapChoice::Shrink;
    affected.push_back({std::move(*booking), choice});
  }
  for (const auto& [id, choice] : command.choices) {
    if (std::ranges::find(names, id.text()) != names.end()) continue;
    return fail(Reason::InvalidArgument,
                "Booking " + id.text() + " is not in the way of this outage; leave it out.",
                {{"booking", id.text()}});
  }
  return affected;
}

// Nothing of the content of a booking: whose, when, and its state.
std::string description_of(const Affected& each) {
  const auto& booking = each.booking.record.booking;
  return std::string{model::to_string(booking.state)} + ", " +
         scheduling::to_rfc3339(booking.interval.start) + " to " +
         scheduling::to_rfc3339(booking.interval.end) +
         (each.choice == OverlapChoice::Refuse     ? ": refuses the outage"
          : each.choice == OverlapChoice::Displace ? ": would be displaced"
                                                   : ": the outage would be shrunk around it");
}

Status check_choices(const std::vector<Affected>& affected) {
  const auto refuses = [](const Affected& each) { return each.choice == OverlapChoice::Refuse; };
  const auto count = std::ranges::count_if(affected, refuses);
  if (count == 0) return {};
  Error error{Reason::OutageRefused,
              std::to_string(count) +
                  (count == 1 ? " booking is in the way of the outage"
                              : " bookings are in the way of the outage") +
                  "; choose for each whether it is displaced or the outage is shrunk around it.",
              {{"count", std::to_string(count)}},
              {}};
  for (const auto& each : affected) {
    error.violations.push_back({name_of(each.booking.record.booking), description_of(each)});
  }
  return fail(std::move(error));
}

Status displace(Transaction& transaction, const CreateOutage& command, std::vector<Affected>& all) {
  for (auto& each : all) {
    if (each.choice != OverlapChoice::Displace) continue;
    auto moved = apply_event(transaction, each.booking, scheduling::BookingEvent::Displace,
                             {.now = command.call.now,
                              .call = &command.call,
                              .reason = std::string{wire_name(Reason::BenchOutage)},
                              .message = kDisplaced});
    if (!moved) return fail(moved.error());
  }
  return {};
}

// What the claims that remain leave of the outage.
std::vector<model::OutageTime> times_of(Database& db,
                                        const std::vector<BenchRow>& benches,
                                        const Interval& interval) {
  std::vector<model::OutageTime> times;
  for (const auto& bench : benches) {
    auto from = interval.start;
    for (const auto& claim :
         claims_between(db, bench.row, interval.start, interval.end, kMostClaims)) {
      if (from < claim.start) times.push_back({bench.record.id, {from, claim.start}});
      from = claim.end;
    }
    if (from < interval.end) times.push_back({bench.record.id, {from, interval.end}});
  }
  return times;
}

OutageRow new_outage(const CreateOutage& command,
                     const std::vector<BenchRow>& benches,
                     const Interval& interval) {
  OutageRow row;
  auto& outage = row.record.outage;
  outage.id = command.id;
  outage.interval = interval;
  for (const auto& bench : benches) outage.benches.push_back(bench.record.id);
  outage.title = command.title;
  if (command.call.caller) outage.creator = command.call.caller->name();
  outage.create_time = command.call.now;
  outage.update_time = command.call.now;
  return row;
}

std::string encode_affected(const std::vector<AffectedBooking>& affected) {
  auto list = nlohmann::json::array();
  for (const auto& each : affected) {
    list.push_back({each.booking.booking.id.text(), static_cast<int>(each.choice)});
  }
  return list.dump();
}

Result<OutageCreated> first_answer(Database& db, const KeptAnswer& kept) {
  auto outage = get_outage_row(db, OutageId{kept.object});
  if (!outage) return fail(outage.error());
  OutageCreated created{.outage = std::move(outage->record), .affected = {}};
  for (const auto& each : nlohmann::json::parse(kept.answer)) {
    auto booking = get_booking_row(db, BookingId{each.at(0).get<std::string>()}, std::nullopt);
    if (!booking) return fail(booking.error());
    created.affected.push_back(
        {std::move(booking->record), static_cast<OverlapChoice>(each.at(1).get<int>())});
  }
  return created;
}

}  // namespace

Result<OutageCreated> create_outage(Transaction& transaction, const CreateOutage& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) return first_answer(db, **kept);

  auto benches = load_benches_of_outage(db, command.benches);
  if (!benches) return fail(benches.error());
  const auto interval = check_time(command, transaction.policy());
  if (!interval) return fail(interval.error());
  const auto found = find_in_the_way(db, *benches, *interval);
  if (!found.outages.empty()) {
    return fail(Reason::OutageOverlaps,
                "Outage " + found.outages.front() + " covers part of that time already.",
                {{"outage", found.outages.front()}});
  }
  auto affected = load_affected(transaction, command, found.bookings);
  if (!affected) return fail(affected.error());
  if (auto chosen = check_choices(*affected); !chosen) return fail(chosen.error());
  if (auto done = displace(transaction, command, *affected); !done) return fail(done.error());

  auto outage = new_outage(command, *benches, *interval);
  outage.record.outage.times = times_of(db, *benches, *interval);
  if (outage.record.outage.times.empty()) {
    return fail(Reason::SlotTooShort, "Bookings around which it is shrunk leave nothing of it.");
  }
  advance(transaction, outage, std::chrono::floor<std::chrono::seconds>(command.call.now));
  if (auto inserted = insert_outage(transaction, outage, *benches); !inserted) {
    return fail(inserted.error());
  }
  transaction.audit(command.call, name_of(outage.record.outage));
  OutageCreated created{.outage = std::move(outage.record), .affected = {}};
  for (auto& each : *affected) {
    created.affected.push_back({std::move(each.booking.record), each.choice});
  }
  transaction.keep(command.call, command.id.text(), encode_affected(created.affected));
  return created;
}

Result<OutageRecord> end_outage(Transaction& transaction, const EndOutage& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto outage = get_outage_row(transaction.db(), command.outage);
  if (!outage) return fail(outage.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) return std::move(outage->record);
  if (command.revision && *command.revision != outage->record.outage.revision) {
    return fail(Reason::EtagMismatch, "The outage has changed since it was read; read it again.");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(command.call.now);
  if (outage->record.outage.state == model::OutageState::Ended) {
    return fail(Reason::OutageEnded, "The outage has ended already.");
  }
  delete_claims(transaction, *outage);
  truncate_outage(transaction, *outage, now);
  outage->record.outage.state = model::OutageState::Ended;
  outage->deadline.reset();
  update_outage(transaction, *outage, command.call.now);
  transaction.audit(command.call, name_of(outage->record.outage));
  transaction.keep(command.call, command.outage.text(), {});
  return std::move(outage->record);
}

}  // namespace benchd::store::detail
