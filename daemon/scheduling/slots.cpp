#include "daemon/scheduling/slots.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

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

// The earliest admissible start at or after `start`, moved to the grid when a claim is in the way.
UtcSeconds earliest_start(
    Busy busy, const BenchRules& bench, UtcSeconds start, seconds duration, seconds grid) {
  auto claim = first_ending_after(busy, start - bench.setup_time);
  while (claim != busy.end() && claim->start < start + duration + bench.teardown_time) {
    start = up_to_grid(claim->end + bench.setup_time, grid);
    while (claim != busy.end() && claim->end <= start - bench.setup_time) ++claim;
  }
  return start;
}

}  // namespace

std::vector<Slot> find_slots(
    Busy busy, const BenchRules& bench, const SlotQuery& query, const Policy& policy, UtcTime now) {
  std::vector<Slot> slots;
  if (query.duration <= seconds{0} || query.duration > policy.longest_booking) return slots;
  auto start = first_start(query.window, now);
  while (slots.size() < query.count) {
    start = earliest_start(busy, bench, start, query.duration, policy.busy_grid);
    if (start + query.duration > query.window.end) break;
    Slot slot{.booked = {start, start + query.duration}, .free_until = std::nullopt};
    const auto next = first_ending_after(busy, start - bench.setup_time);
    if (next == busy.end() || next->start - bench.teardown_time >= query.window.end) {
      slots.push_back(slot);
      break;
    }
    // On the grid, but never before the slot's own end.
    slot.free_until = std::max(slot.booked.end,
                               down_to_grid(next->start - bench.teardown_time, policy.busy_grid));
    slots.push_back(slot);
    start = up_to_grid(next->end + bench.setup_time, policy.busy_grid);
  }
  return slots;
}

std::optional<model::Interval> find_common_slot(std::span<const BenchClaims> benches,
                                                seconds duration,
                                                const model::Interval& window,
                                                const Policy& policy,
                                                UtcTime now) {
  if (benches.empty() || duration <= seconds{0} || duration > policy.longest_booking) {
    return std::nullopt;
  }
  auto start = first_start(window, now);
  // Each bench may only move the start later; done when all agree.
  for (std::size_t agreed = 0, at = 0; agreed < benches.size(); at = (at + 1) % benches.size()) {
    if (start + duration > window.end) return std::nullopt;
    const auto& [bench, busy] = benches[at];
    const auto later = earliest_start(busy, bench, start, duration, policy.busy_grid);
    agreed = later == start ? agreed + 1 : 1;
    start = later;
  }
  if (start + duration > window.end) return std::nullopt;
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
