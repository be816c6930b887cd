#include "daemon/scheduling/grace.hpp"

#include <algorithm>

namespace benchd::scheduling {

namespace {

using std::chrono::seconds;

// When the benches have been usable for so long in all; max() if never.
UtcSeconds used_up(UtcSeconds start, seconds time, std::span<const model::Interval> out_of_use) {
  auto end = start + time;
  for (const auto& each : out_of_use) {
    if (each.end <= start) continue;
    if (each.start >= end) break;
    if (each.end == UtcSeconds::max()) return UtcSeconds::max();
    end += each.end - std::max(each.start, start);
  }
  return end;
}

}  // namespace

Deadline setup_deadline(const model::Booking& booking,
                        const Policy& policy,
                        std::span<const model::Interval> out_of_use) {
  const auto& [start, end] = booking.interval;
  const auto grace = grace_of(booking.interval, policy);
  // An unattended booking checks itself in with its first run, whenever in the booking.
  const bool attended = booking.attendance == model::Attendance::Attended;
  const auto grace_end = used_up(start, grace, out_of_use);
  if (attended && grace_end < end) return {BookingEvent::GraceOver, grace_end};
  const auto chance = used_up(start, std::min(grace, booking.interval.length()), out_of_use);
  return {chance <= end ? BookingEvent::End : BookingEvent::Fault, end};
}

}  // namespace benchd::scheduling
