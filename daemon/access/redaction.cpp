#include "daemon/access/redaction.hpp"

#include <algorithm>
#include <utility>

namespace benchd::access {

Error not_found_or_denied() {
  return {Reason::NotFoundOrDenied, "It does not exist, or you may not know of it.", {}, {}};
}

UtcSeconds round_down(UtcSeconds time, std::chrono::seconds grid) {
  if (grid.count() <= 0) return time;
  const auto rest = time.time_since_epoch() % grid;
  return time - (rest.count() < 0 ? rest + grid : rest);
}

UtcSeconds round_up(UtcSeconds time, std::chrono::seconds grid) {
  const auto down = round_down(time, grid);
  return down == time ? time : down + grid;
}

FreeBusy free_or_busy(std::span<const model::Interval> claims,
                      UtcSeconds now,
                      std::chrono::seconds grid) {
  FreeBusy state;
  for (const auto& claim : claims) {
    if (claim.end <= now) continue;
    if (claim.start > (state.busy ? *state.until : now)) break;
    state.busy = true;
    state.until = round_up(claim.end, grid);
  }
  return state;
}

std::vector<model::Interval> busy_on_grid(std::span<const model::Interval> claims,
                                          std::chrono::seconds grid) {
  std::vector<model::Interval> merged;
  for (const auto& claim : claims) {
    const model::Interval wide{round_down(claim.start, grid), round_up(claim.end, grid)};
    if (!merged.empty() && wide.start <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, wide.end);
    } else {
      merged.push_back(wide);
    }
  }
  return merged;
}

model::Booking masked(model::Booking booking) {
  booking.sequence.reset();
  booking.parameters.clear();
  booking.dut.reset();
  booking.note.clear();
  return booking;
}

model::Run masked(model::Run run) {
  run.sequence = {};
  run.sequence_hash.clear();
  run.parameters.clear();
  run.dut.reset();
  run.external_id.clear();
  run.message.clear();
  run.verdict = model::Verdict::None;
  run.checks.clear();
  run.rows.clear();
  return run;
}

}  // namespace benchd::access
