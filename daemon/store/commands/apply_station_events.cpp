#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/base/log.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/rows/run_rows.hpp"

namespace benchd::store::detail {

namespace {

using link::v1::Event;
using scheduling::BookingEvent;

constexpr const char* kAcknowledged =
    "SELECT acknowledged FROM journals WHERE station = ? AND journal = ?";
constexpr const char* kAcknowledge =
    "UPDATE journals SET acknowledged = ? WHERE station = ? AND journal = ?";

// A grant that ends this close to the booking's end has ended by its time: the station counts by
// its own monotonic clock.
constexpr auto kEndTolerance = std::chrono::seconds{60};

UtcTime time_of(const Event& event) {
  return UtcTime{std::chrono::seconds{event.utc_time().seconds()} +
                 std::chrono::microseconds{event.utc_time().nanos() / 1000}};
}

// One event with the rows that it is about.
struct Applied {
  const Event& event;
  UtcTime now{};
  BenchRow bench;
  std::optional<RunRow> run;
  std::optional<BookingRow> booking;
};

BookedBench* booked_bench(Applied& applied) {
  if (!applied.booking) return nullptr;
  const auto bench =
      std::ranges::find(applied.booking->benches, applied.bench.row, &BookedBench::row);
  return bench == applied.booking->benches.end() ? nullptr : &*bench;
}

void set_armed(Transaction& transaction, Applied& applied, bool armed) {
  auto* bench = booked_bench(applied);
  if (bench == nullptr || bench->armed == armed) return;
  if (armed && !model::is_holding(applied.booking->record.booking.state)) return;
  bench->armed = armed;
  update_bench_flags(transaction, *applied.booking);
  // Why it is not armed any more, until it is armed again.
  if (applied.event.has_disarmed()) {
    applied.booking->record.message = applied.event.disarmed().message();
  }
  update_booking(transaction, *applied.booking, applied.now);
}

void run_started(RunRow& run, const Event& event) {
  auto& value = run.record.run;
  value.state = model::RunState::Running;
  value.start_time = time_of(event);
  value.steps_total = event.run_started().steps_total();
  if (event.run_started().predicted_ns() > 0) {
    value.predicted = Nanoseconds{event.run_started().predicted_ns()};
  }
}

void run_finished(RunRow& run, const Event& event) {
  const auto& finished = event.run_finished();
  auto& value = run.record.run;
  value.state = finished.interrupted() ? model::RunState::Interrupted : model::RunState::Finished;
  value.verdict = static_cast<model::Verdict>(finished.verdict());
  value.reason = finished.reason();
  value.message = finished.message();
  run.record.segments_expected = finished.segments();
  run.record.end_time = time_of(event);
}

// What the event says of its run; true for the booking's sake when its active run has ended.
bool apply_to_run(Transaction& transaction, Applied& applied) {
  if (!applied.run) return false;
  auto& run = *applied.run;
  auto& value = run.record.run;
  const auto& event = applied.event;
  const bool ends = event.event_case() == Event::kRunFinished;
  // A station that died just after it had told the end tells it again.
  if (ends &&
      (value.state == model::RunState::Finished ||
       (value.state == model::RunState::Interrupted && event.run_finished().interrupted()))) {
    return false;
  }
  value.elapsed = std::max(value.elapsed, Nanoseconds{event.elapsed_ns()});
  switch (event.event_case()) {
    case Event::kRunStarted:
      if (value.state == model::RunState::Pending) run_started(run, event);
      break;
    case Event::kStepStarted:
      run.record.step_path = event.step_started().path();
      run.record.step_title = event.step_started().title();
      break;
    case Event::kStepFinished:
      value.steps_done = event.step_finished().steps_done();
      break;
    case Event::kSafeStateEntered:
      run.record.safe_state = event.safe_state_entered().report();
      break;
    case Event::kRunFinished:
      run_finished(run, event);
      break;
    default:
      break;
  }
  append_run_event(transaction, run, event);
  update_run(transaction, run, applied.now);
  return ends;
}

// The grant of one bench of a booking has ended; the booking's teardown with that of the last.
void grant_ended(Transaction& transaction, Applied& applied) {
  auto* bench = booked_bench(applied);
  if (bench == nullptr) return;
  auto& booking = *applied.booking;
  const auto& ended = applied.event.grant_ended();
  const Cause cause{.now = applied.now, .message = ended.message()};
  catch_up(transaction, booking, applied.now);
  const auto state = booking.record.booking.state;
  if (state == model::BookingState::Setup || state == model::BookingState::InUse) {
    const bool by_time = booking.record.booking.interval.end <= applied.now + kEndTolerance;
    static_cast<void>(apply_event(transaction, booking,
                                  by_time ? BookingEvent::End : BookingEvent::Fault, cause));
  }
  if (booking.record.booking.state != model::BookingState::Teardown) return;

  bench->safe = ended.proved_safe() ? Safe::Proved : Safe::Unproved;
  bench->armed = false;
  update_bench_flags(transaction, booking);
  const auto& benches = booking.benches;
  if (std::ranges::any_of(benches, [](const auto& b) { return b.safe == Safe::Unknown; })) return;
  const bool proved =
      std::ranges::all_of(benches, [](const auto& b) { return b.safe == Safe::Proved; });
  static_cast<void>(apply_event(
      transaction, booking, proved ? BookingEvent::SafeProved : BookingEvent::SafeUnproved, cause));
}

void apply_to_bench(Transaction& transaction, Applied& applied) {
  const auto& event = applied.event;
  switch (event.event_case()) {
    case Event::kArmed:
      set_armed(transaction, applied, true);
      break;
    case Event::kDisarmed:
      set_armed(transaction, applied, false);
      break;
    case Event::kSafeStateEntered:
      set_armed(transaction, applied, false);
      if (!event.safe_state_entered().report().proved()) {
        quarantine(transaction, applied.bench.row, applied.bench.record.id,
                   wire_name(Reason::SafeStateUnproved),
                   event.safe_state_entered().report().message());
      }
      break;
    case Event::kGrantEnded:
      grant_ended(transaction, applied);
      break;
    default:
      break;
  }
}

// A station speaks only for its own benches, and for runs and bookings on them.
bool speaks_for(const Applied& applied, std::int64_t station) {
  if (applied.bench.station_row != station) return false;
  return !applied.run || applied.run->bench_row == applied.bench.row;
}

void apply_one(Transaction& transaction, std::int64_t station, const Event& event, UtcTime now) {
  auto bench = get_bench_row(transaction.db(), BenchId{event.bench()});
  if (!bench) {
    log::warn("store: event of an unknown bench bench={} number={}", event.bench(), event.number());
    return;
  }
  Applied applied{.event = event, .now = now, .bench = std::move(*bench)};
  if (!event.run().empty()) {
    applied.run = find_run(transaction.db(), RunId{event.run()}, std::nullopt);
  }
  if (!event.booking().empty()) {
    applied.booking = find_booking(transaction.db(), BookingId{event.booking()}, std::nullopt);
  }
  if (!speaks_for(applied, station)) {
    log::warn("store: event of another station's bench bench={} number={}", event.bench(),
              event.number());
    return;
  }
  const bool run_has_ended = apply_to_run(transaction, applied);
  apply_to_bench(transaction, applied);
  // The booking's record names its active run.
  if (run_has_ended && applied.booking) update_booking(transaction, *applied.booking, now);
}

}  // namespace

Result<std::int64_t> apply_station_events(Transaction& transaction,
                                          const ApplyStationEvents& command) {
  auto& db = transaction.db();
  const auto station = find_station_row(db, command.station);
  if (!station) return fail(access::not_found_or_denied());
  std::int64_t acknowledged = 0;
  {
    auto rows = db.query(kAcknowledged, station, command.journal_id);
    if (!rows.next()) return fail(access::not_found_or_denied());
    acknowledged = rows.integer(0);
  }
  std::int64_t before = 0;
  for (const auto& event : command.events) {
    if (event.number() <= before) {
      return fail(Reason::InvalidArgument, "The events of a journal must come in order.");
    }
    before = event.number();
    if (event.number() <= acknowledged) continue;
    apply_one(transaction, *station, event, command.now);
    acknowledged = event.number();
  }
  db.execute(kAcknowledge, acknowledged, station, command.journal_id);
  return acknowledged;
}

}  // namespace benchd::store::detail
