#include "daemon/scheduling/admission.hpp"

#include "daemon/scheduling/open_time.hpp"
#include "daemon/scheduling/slots.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::scheduling {

namespace {

using std::chrono::seconds;

// The earliest time from which a booking of this length would be admitted, as far as is known.
std::optional<UtcSeconds> next_free(const model::Interval& booked,
                                    const Neighbours& neighbours,
                                    const BenchRules& bench,
                                    model::Attendance attendance,
                                    const Policy& policy,
                                    UtcTime now) {
  auto until = booked.start + kLookAhead;
  if (!neighbours.busy.empty()) {
    until = std::max(until, neighbours.busy.back().end + bench.setup_time + policy.busy_grid);
  }
  const auto slots = find_slots(neighbours.busy, bench,
                                {.duration = booked.length(),
                                 .window = {booked.start, until + booked.length()},
                                 .count = 1,
                                 .attendance = attendance},
                                policy, now);
  if (slots.empty()) return std::nullopt;
  if (occupied(slots.front().booked, bench).end > neighbours.known_until) return std::nullopt;
  return slots.front().booked.start;
}

}  // namespace

Error slot_taken(std::optional<UtcSeconds> next_free) {
  if (!next_free) return {Reason::SlotTaken, "The time is taken.", {}, {}};
  const auto text = to_rfc3339(*next_free);
  return {Reason::SlotTaken,
          "The time is taken; next free at " + text + ".",
          {{"next_free", text}},
          {}};
}

Error outside_hours(model::Attendance attendance, std::optional<UtcSeconds> next_free) {
  Error error{Reason::OutsideHours,
              attendance == model::Attendance::Attended
                  ? "An attended booking must lie within the hours in which the bench is open and "
                    "staffed, with its setup and teardown time"
                  : "An unattended booking must begin and end while the bench is open and staffed, "
                    "with its setup and teardown time",
              {},
              {}};
  if (!next_free) {
    error.message += "; no time of this length fits.";
    return error;
  }
  const auto text = to_rfc3339(*next_free);
  error.message += "; the next time that fits is at " + text + ".";
  error.context = {{"next_free", text}};
  return error;
}

Status check_times(const model::Interval& booked, const Policy& policy, UtcTime now) {
  if (booked.empty()) {
    return fail(Reason::SlotTooShort,
                "The booking has no length: its end must lie after its start.");
  }
  if (booked.length() > policy.longest_booking) {
    return fail(Reason::BookingTooLong,
                "The booking is longer than this site allows: at most " +
                    units::format_duration(policy.longest_booking) + ".",
                {{"longest_s", std::to_string(policy.longest_booking.count())}});
  }
  if (booked.start < std::chrono::floor<seconds>(now) - policy.start_tolerance) {
    return fail(Reason::SlotInPast,
                "The booking would begin in the past, at " + to_rfc3339(booked.start) + ".",
                {{"start", to_rfc3339(booked.start)}});
  }
  return {};
}

Result<Admitted> admit(const SlotRequest& request,
                       const Neighbours& neighbours,
                       const std::optional<BenchRules>& bench,
                       const Policy& policy,
                       UtcTime now) {
  if (!bench) {
    return fail(Reason::UnknownBench,
                "There is no such bench at this site; `benchctl bench list` lists them.");
  }
  const auto booked = round_outwards(request.start, request.end);
  if (auto times = check_times(booked, policy, now); !times) return fail(times.error());

  const auto wanted = occupied(booked, *bench);
  const auto next = [&] {
    return next_free(booked, neighbours, *bench, request.attendance, policy, now);
  };
  if (!is_within_hours(*bench, request.attendance, booked)) {
    return fail(outside_hours(request.attendance, next()));
  }
  if (!find_conflict(neighbours.busy, wanted)) return Admitted{booked, wanted};
  return fail(slot_taken(next()));
}

}  // namespace benchd::scheduling
