// The benches on which the test of a FindSlotsRequest can be done, in which time it may lie, and
// how long it takes: what FindSlots and JoinWaitlist have in common. For this module only.
#pragma once

#include <optional>
#include <vector>

#include "benchd/v1/booking.pb.h"

#include "daemon/scheduling/intervals.hpp"
#include "daemon/site/bench_choice.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

struct Candidate {
  FittingView fit;
  std::chrono::seconds duration{};
};

struct BenchSearch {
  model::Interval window;
  model::Attendance attendance = model::Attendance::Attended;
  std::optional<std::chrono::seconds> duration;  // as asked for; absent: what each bench needs
  TestPlan plan;
  std::vector<Candidate> candidates;
  std::vector<UnfitView> unfit;
  std::vector<v1::Diagnostic> diagnostics;  // about the sequence
};

// How long it takes on whichever of the candidates; there is one.
[[nodiscard]] std::chrono::seconds longest_of(const std::vector<Candidate>& candidates);

// Reasons: those of FindSlots.
void search_benches(SiteContext& context,
                    TenantId tenant,
                    const v1::FindSlotsRequest& request,
                    Reply<BenchSearch> reply);

}  // namespace benchd::site
