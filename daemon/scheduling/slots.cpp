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

// The earliest start a slot may have: the running second counts as now. Who needs an approval gets
// none for what has begun.
UtcSeconds first_start(const model::Interval& window, const BenchRules& bench, UtcTime now) {
  const auto first = std::chrono::floor<seconds>(now);
  return std::max(window.start,
                  bench.needs_approval ? first + bench.setup_time + seconds{1} : first);
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

// The free time that a slot begins in.
struct FreeTime {
  UtcSeconds last_start;            // of a booking of this length; max: no end is known
  std::optional<UtcSeconds> until;  // as Slot::free_until; absent: beyond the window
};

// A search of one bench.
class Search {
 public:
  Search(
      Busy busy, const BenchRules& bench, const SlotQuery& query, const Policy& policy, UtcTime now)
      : busy_(busy),
        bench_(bench),
        duration_(query.duration),
        grid_(policy.busy_grid),
        window_end_(query.window.end),
        attended_(query.attendance == model::Attendance::Attended),
        first_(first_start(query.window, bench, now)),
        hours_(start_conditions(bench, query.attendance, duration_, {first_, window_end_})) {}

  // From which neither claims nor hours are in the way.
  [[nodiscard]] std::optional<UtcSeconds> earliest(UtcSeconds start) const {
    start = std::max(start, first_);
    for (;;) {
      const auto open = next_start(hours_, start);
      if (!open) return std::nullopt;
      const auto free = start_beside_claims(busy_, bench_, *open, duration_, grid_);
      if (free == *open) return free;
      start = free;
    }
  }

  [[nodiscard]] FreeTime free_time(UtcSeconds start) const {
    const auto claim = first_ending_after(busy_, start - bench_.setup_time);
    const auto claim_end =
        claim == busy_.end() ? UtcSeconds::max() : claim->start - bench_.teardown_time;
    const auto last_by_hours =
        hours_.empty()
            ? UtcSeconds::max()
            : std::ranges::lower_bound(hours_.front(), start, {}, &StartRange::last)->last;
    FreeTime free{last_by_hours, std::nullopt};
    if (claim_end < window_end_) {
      free.last_start = std::min(free.last_start, claim_end - duration_);
    }
    // What runs unattended may go on beyond the hours in which it began.
    const auto hours_end = last_by_hours < UtcSeconds::max() && attended_
                               ? last_by_hours + duration_
                               : UtcSeconds::max();
    if (std::min(claim_end, hours_end) < window_end_) {
      // On the grid, but never before the slot's own end.
      free.until = std::max(start + duration_,
                            claim_end <= hours_end ? down_to_grid(claim_end, grid_) : hours_end);
    }
    return free;
  }

 private:
  Busy busy_;
  const BenchRules& bench_;
  seconds duration_;
  seconds grid_;
  UtcSeconds window_end_;
  bool attended_;
  UtcSeconds first_;
  std::vector<StartRanges> hours_;
};

bool is_ever_admitted(seconds duration, const Policy& policy) {
  return duration > seconds{0} && duration <= policy.longest_booking;
}

// The first start from `start` on at which as many are free. Every such time lies at or behind
// that of the bench that is the last of as many to become free.
std::optional<UtcSeconds> earliest_joint(const std::vector<Search>& searches,
                                         std::size_t how_many,
                                         UtcSeconds start,
                                         std::vector<std::optional<UtcSeconds>>& each) {
  for (;;) {
    std::vector<UtcSeconds> starts;
    for (std::size_t at = 0; at < searches.size(); ++at) {
      each[at] = searches[at].earliest(start);
      starts.push_back(each[at].value_or(UtcSeconds::max()));
    }
    const auto last = starts.begin() + static_cast<std::ptrdiff_t>(how_many) - 1;
    std::ranges::nth_element(starts, last);
    if (*last == UtcSeconds::max()) return std::nullopt;
    if (*last == start) return start;
    start = *last;
  }
}

}  // namespace

std::vector<Slot> find_slots(
    Busy busy, const BenchRules& bench, const SlotQuery& query, const Policy& policy, UtcTime now) {
  const BenchClaims one{bench, busy};
  std::vector<Slot> slots;
  for (auto& found : find_joint_slots({&one, 1}, 1, query, policy, now)) {
    slots.push_back(found.slot);
  }
  return slots;
}

std::vector<JointSlot> find_joint_slots(std::span<const BenchClaims> benches,
                                        std::size_t how_many,
                                        const SlotQuery& query,
                                        const Policy& policy,
                                        UtcTime now) {
  std::vector<JointSlot> slots;
  if (how_many == 0 || how_many > benches.size() || !is_ever_admitted(query.duration, policy)) {
    return slots;
  }
  std::vector<Search> searches;
  searches.reserve(benches.size());
  for (const auto& [bench, busy] : benches) {
    searches.emplace_back(busy, bench, query, policy, now);
  }
  auto start = query.window.start;
  std::vector<std::optional<UtcSeconds>> each(benches.size());
  while (slots.size() < query.count) {
    const auto found = earliest_joint(searches, how_many, start, each);
    if (!found || *found + query.duration > query.window.end) break;
    auto& joint = slots.emplace_back();
    joint.slot.booked = {*found, *found + query.duration};
    auto last_start = UtcSeconds::max();
    for (std::size_t at = 0; at < searches.size() && joint.benches.size() < how_many; ++at) {
      if (each[at] != *found) continue;
      const auto free = searches[at].free_time(*found);
      last_start = std::min(last_start, free.last_start);
      auto& until = joint.slot.free_until;
      if (free.until) until = std::min(until.value_or(UtcSeconds::max()), *free.until);
      joint.benches.push_back(at);
    }
    // On to the next free time: behind a claim, or behind the hours.
    if (last_start == UtcSeconds::max()) break;
    start = last_start + seconds{1};
  }
  return slots;
}

std::optional<model::Interval> find_common_slot(std::span<const BenchClaims> benches,
                                                seconds duration,
                                                const model::Interval& window,
                                                const Policy& policy,
                                                UtcTime now,
                                                model::Attendance attendance) {
  const SlotQuery query{
      .duration = duration, .window = window, .count = 1, .attendance = attendance};
  const auto found = find_joint_slots(benches, benches.size(), query, policy, now);
  return found.empty() ? std::nullopt : std::optional{found.front().slot.booked};
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
