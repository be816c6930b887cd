#include "daemon/scheduling/open_time.hpp"

#include <algorithm>

#include "daemon/scheduling/local_time.hpp"

namespace benchd::scheduling {

namespace {

using model::Interval;
using std::chrono::seconds;
using Intervals = std::vector<Interval>;

// A rule may reach into the next day, and a zone lies up to a day from UTC.
constexpr std::chrono::days kAround{2};

// Sorts, and joins what overlaps or touches.
void normalize(Intervals& intervals) {
  std::ranges::sort(intervals, {}, [](const Interval& each) { return each.start; });
  Intervals joined;
  for (const auto& each : intervals) {
    if (each.empty()) continue;
    if (!joined.empty() && each.start <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, each.end);
    } else {
      joined.push_back(each);
    }
  }
  intervals = std::move(joined);
}

Intervals intersection(const Intervals& a, const Intervals& b) {
  Intervals both;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    const Interval common{std::max(x->start, y->start), std::min(x->end, y->end)};
    if (!common.empty()) both.push_back(common);
    if (x->end < y->end) {
      ++x;
    } else {
      ++y;
    }
  }
  return both;
}

// What lies between the intervals, in the window.
Intervals complement(const Intervals& intervals, const Interval& window) {
  Intervals between;
  auto from = window.start;
  for (const auto& each : intervals) {
    if (each.start >= window.end) break;
    if (from < each.start) between.push_back({from, each.start});
    from = std::max(from, each.end);
  }
  if (from < window.end) between.push_back({from, window.end});
  return between;
}

Intervals weekly(const std::vector<model::WeeklyHours>& rules,
                 const Interval& window,
                 LocalTime& local) {
  if (rules.empty()) return {window};
  const auto last = std::chrono::floor<std::chrono::days>(window.end) + kAround;
  Intervals intervals;
  for (auto day = std::chrono::floor<std::chrono::days>(window.start) - kAround; day <= last;
       day += std::chrono::days{1}) {
    const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
    for (const auto& rule : rules) {
      if (((rule.days >> weekday) & 1U) == 0) continue;
      intervals.push_back({local.to_utc(day, rule.from), local.to_utc(day, rule.to)});
    }
  }
  normalize(intervals);
  return intervals;
}

Intervals closed(const model::Hours& hours, const Interval& window, LocalTime& local) {
  Intervals intervals;
  for (const auto& days : hours.closed) {
    if (std::chrono::sys_days{days.last} + kAround < window.start ||
        std::chrono::sys_days{days.first} - kAround > window.end) {
      continue;
    }
    intervals.push_back(
        {local.to_utc(days.first, seconds{}),
         local.to_utc(std::chrono::sys_days{days.last} + std::chrono::days{1}, seconds{})});
  }
  normalize(intervals);
  return intervals;
}

// Starts so that [start + from_start, start + to_end] lies in one of the intervals.
StartRanges starts_within(const Intervals& intervals, seconds from_start, seconds to_end) {
  StartRanges ranges;
  for (const auto& each : intervals) {
    const StartRange range{each.start - from_start, each.end - to_end};
    if (range.first <= range.last) ranges.push_back(range);
  }
  return ranges;
}

}  // namespace

OpenTime expand(const model::Hours& hours, const Interval& window) {
  if (hours.always()) return {{window}, {window}};
  LocalTime local(hours.time_zone);
  const auto not_closed = complement(closed(hours, window, local), window);
  OpenTime time;
  time.open = intersection(weekly(hours.open, window, local), not_closed);
  time.attended = intersection(time.open, weekly(hours.staffed, window, local));
  return time;
}

std::vector<StartRanges> start_conditions(const BenchRules& bench,
                                          model::Attendance attendance,
                                          seconds length,
                                          const Interval& window) {
  if (bench.hours.always()) return {};
  const auto time = expand(bench.hours, {window.start - bench.setup_time - std::chrono::days{1},
                                         window.end + bench.teardown_time + std::chrono::days{1}});
  const auto with_teardown = length + bench.teardown_time;
  if (attendance == model::Attendance::Attended) {
    return {starts_within(time.attended, -bench.setup_time, with_teardown)};
  }
  // Who mounts is still there when the booking has begun.
  std::vector<StartRanges> conditions{starts_within(time.attended, -bench.setup_time, seconds{1}),
                                      starts_within(time.attended, length, with_teardown)};
  if (!bench.unattended) conditions.push_back(starts_within(time.open, seconds{}, length));
  return conditions;
}

std::optional<UtcSeconds> next_start(const StartRanges& ranges, UtcSeconds from) {
  const auto range = std::ranges::lower_bound(ranges, from, {}, &StartRange::last);
  if (range == ranges.end()) return std::nullopt;
  return std::max(from, range->first);
}

std::optional<UtcSeconds> next_start(const std::vector<StartRanges>& conditions, UtcSeconds from) {
  // Each may only move it later; done when all agree.
  for (std::size_t agreed = 0, at = 0; agreed < conditions.size();
       at = (at + 1) % conditions.size()) {
    const auto next = next_start(conditions[at], from);
    if (!next) return std::nullopt;
    agreed = *next == from ? agreed + 1 : 1;
    from = *next;
  }
  return from;
}

bool is_within_hours(const BenchRules& bench,
                     model::Attendance attendance,
                     const Interval& booked) {
  const auto conditions = start_conditions(bench, attendance, booked.length(), booked);
  return next_start(conditions, booked.start) == booked.start;
}

}  // namespace benchd::scheduling
