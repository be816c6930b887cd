#include "daemon/scheduling/slots.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "daemon/scheduling/open_time.hpp"

namespace benchd::scheduling {

namespace {

using std::chrono::seconds;

UtcSeconds down_to_grid(UtcSeconds time, seconds grid) {
  if (grid.count() <= 1) return time;
  const auto rest = time.time_since_epoch() % grid;
  return time - (rest.count() < 0 ? rest + grid : rest);
}

UtcSeconds up_to_grid(UtcSeconds time, seconds grid) {
  const auto down = down_to_grid(time, grid);
  return down == time ? time : down + grid;
}

// The earliest start a slot may have: the running second counts as now.
UtcSeconds first_start(const model::Interval& window, UtcTime now) {
  return std::max(window.start, std::chrono::floor<seconds>(now));
}

// The first claim that ends after `time`.
Busy::iterator first_ending_after(Busy busy, UtcSeconds time) {
  return std::ranges::upper_bound(busy, time, {}, &model::Interval::end);
}

// The earliest start at or after `start` that no claim is in the way of, moved to the grid where
// one was.
UtcSeconds start_beside_claims(
    Busy busy, const BenchRules& bench, UtcSeconds start, seconds duration, seconds grid) {
  auto claim = first_ending_after(busy, start - bench.setup_time);
  while (claim != busy.end() && claim->start < start + duration + bench.teardown_time) {
    start = up_to_grid(claim->end + bench.setup_time, grid);
    while (claim != busy.end() && claim->end <= start - bench.setup_time) ++claim;
  }
  return start;
}

// What a search of one bench knows.
struct Search {
  const BenchRules& bench;
  Busy busy;
  seconds duration;
  seconds grid;
  std::vector<StartRanges> hours;

  // Neither claims nor hours are in the way.
  [[nodiscard]] std::optional<UtcSeconds> earliest(UtcSeconds start) const {
    for (;;) {
      const auto open = next_start(hours, start);
      if (!open) return std::nullopt;
      const auto free = start_beside_claims(busy, bench, *open, duration, grid);
      if (free == *open) return free;
      start = free;
    }
  }

  // The last start of the hours that this one begins in.
  [[nodiscard]] UtcSeconds last_by_hours(UtcSeconds start) const {
    if (hours.empty()) return UtcSeconds::max();
    return std::ranges::lower_bound(hours.front(), start, {}, &StartRange::last)->last;
  }
};

}  // namespace

std::vector<Slot> find_slots(
    Busy busy, const BenchRules& bench, const SlotQuery& query, const Policy& policy, UtcTime now) {
  std::vector<Slot> slots;
  if (query.duration <= seconds{0} || query.duration > policy.longest_booking) return slots;
  auto start = first_start(query.window, now);
  const Search search{
      bench, busy, query.duration, policy.busy_grid,
      start_conditions(bench, query.attendance, query.duration, {start, query.window.end})};
  const bool attended = query.attendance == model::Attendance::Attended;
  while (slots.size() < query.count) {
    const auto found = search.earliest(start);
    if (!found || *found + query.duration > query.window.end) break;
    Slot slot{.booked = {*found, *found + query.duration}, .free_until = std::nullopt};
    const auto claim = first_ending_after(busy, *found - bench.setup_time);
    const auto claim_end =
        claim == busy.end() ? UtcSeconds::max() : claim->start - bench.teardown_time;
    const auto last_start = search.last_by_hours(*found);
    const bool hours_end_it = last_start < UtcSeconds::max();
    // What runs unattended may go on beyond the hours in which it began.
    const auto hours_end =
        hours_end_it && attended ? last_start + query.duration : UtcSeconds::max();
    if (std::min(claim_end, hours_end) < query.window.end) {
      // On the grid, but never before the slot's own end.
      const auto free_until =
          claim_end <= hours_end ? down_to_grid(claim_end, policy.busy_grid) : hours_end;
      slot.free_until = std::max(slot.booked.end, free_until);
    }
    slots.push_back(slot);
    // On to the next free time: behind the claim, or behind the hours.
    const auto behind = hours_end_it ? last_start + seconds{1} : UtcSeconds::max();
    if (claim_end >= query.window.end && !hours_end_it) break;
    start = claim_end >= query.window.end
                ? behind
                : std::min(behind, claim_end - query.duration + seconds{1});
  }
  return slots;
}

std::optional<model::Interval> find_common_slot(std::span<const BenchClaims> benches,
                                                seconds duration,
                                                const model::Interval& window,
                                                const Policy& policy,
                                                UtcTime now,
                                                model::Attendance attendance) {
  if (benches.empty() || duration <= seconds{0} || duration > policy.longest_booking) {
    return std::nullopt;
  }
  auto start = first_start(window, now);
  std::vector<Search> searches;
  for (const auto& [bench, busy] : benches) {
    searches.push_back({bench, busy, duration, policy.busy_grid,
                        start_conditions(bench, attendance, duration, {start, window.end})});
  }
  // Each bench may only move the start later; done when all agree.
  for (std::size_t agreed = 0, at = 0; agreed < searches.size(); at = (at + 1) % searches.size()) {
    const auto later = searches[at].earliest(start);
    if (!later || *later + duration > window.end) return std::nullopt;
    agreed = *later == start ? agreed + 1 : 1;
    start = *later;
  }
  return model::Interval{start, start + duration};
}

std::string to_rfc3339(UtcSeconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace benchd::scheduling
