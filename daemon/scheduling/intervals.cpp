#include "daemon/scheduling/intervals.hpp"

#include <algorithm>

namespace benchd::scheduling {

model::Interval round_outwards(UtcTime start, UtcTime end) {
  return {std::chrono::floor<std::chrono::seconds>(start),
          std::chrono::ceil<std::chrono::seconds>(end)};
}

model::Interval occupied(const model::Interval& booked, const BenchRules& bench) {
  return {booked.start - bench.setup_time, booked.end + bench.teardown_time};
}

std::optional<model::Interval> find_conflict(Busy busy, const model::Interval& wanted) {
  const auto after = std::ranges::lower_bound(busy, wanted.end, {}, &model::Interval::start);
  if (after == busy.begin()) return std::nullopt;
  const auto& predecessor = *std::prev(after);
  if (predecessor.end <= wanted.start) return std::nullopt;
  return predecessor;
}

model::Interval truncated(const model::Interval& claim,
                          UtcSeconds now,
                          std::chrono::seconds teardown_time) {
  const auto end = std::max(now + teardown_time, claim.start + std::chrono::seconds{1});
  return {claim.start, std::min(claim.end, end)};
}

}  // namespace benchd::scheduling
