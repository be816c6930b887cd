// Which benches can do what is wanted, and why the others cannot. For this module only; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchd/v1/booking.pb.h"

#include "daemon/model/job.hpp"
#include "daemon/site/check_sequence.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

struct BenchWish {
  std::string kind;  // empty: any
  std::vector<model::Need> needs;
  std::string layout;  // empty: any
  bool unattended = false;
  bool job = false;  // for which nobody is asked for an approval
  sequence::Arguments parameters;
};

struct FittingView {
  BenchView view;
  std::string layout;
  sequence::CheckReport report;  // of the plan's sequence, if it has one
};

struct UnfitView {
  BenchId bench;
  Error why;
};

struct BenchChoice {
  std::vector<FittingView> fitting;
  std::vector<UnfitView> unfit;
  std::vector<v1::Diagnostic> diagnostics;  // about the sequence
  std::optional<Error> slip;                // a parameter that is wrong whatever the bench
};

[[nodiscard]] BenchChoice choose_benches(std::vector<BenchView> benches,
                                         const std::vector<BenchId>& quarantined,
                                         const BenchWish& wish,
                                         const TestPlan& plan);

[[nodiscard]] v1::UnfitBench present_unfit(const SiteId& site, const UnfitView& unfit);

}  // namespace benchd::site
