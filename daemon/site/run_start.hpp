// Starting a run, step by step: what is asked for, whether it may, then the order. For this module
// only.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "benchd/v1/run.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/check_sequence.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

// One StartRun call; keeps itself alive until it has answered. Strand of the site.
class RunStart : public std::enable_shared_from_this<RunStart> {
 public:
  RunStart(SiteContext& context,
           access::Caller caller,
           v1::StartRunRequest request,
           Reply<v1::StartRunResponse> reply);

  void begin();

 private:
  void read_again(const RunName& again);
  void read_booking();
  void choose_bench();
  void read_plan();
  void check(const TestPlan& plan);
  [[nodiscard]] Status check_time(Nanoseconds expected) const;
  void store_run(const TestPlan& plan, const SequenceFindings& findings);
  void order(const store::RunRecord& run);
  void after_order(const store::RunRecord& run, const Result<link::v1::CommandResult>& result);
  void answer(const store::RunRecord& run);
  void give_up(Error error);

  [[nodiscard]] model::Run run_of(const TestPlan& plan, const SequenceFindings& findings) const;
  [[nodiscard]] link::v1::Command command_of(const TestPlan& plan, const model::Run& run) const;

  SiteContext& context_;
  const access::Caller caller_;
  const v1::StartRunRequest request_;
  Reply<v1::StartRunResponse> reply_;
  store::Call call_;
  std::optional<int> revision_;
  TenantId tenant_;
  BookingId booking_id_;
  std::optional<store::RunRecord> again_;
  std::optional<store::BookingRecord> booking_;
  std::optional<BenchView> view_;
  std::vector<model::ParameterValue> parameters_;
  std::vector<v1::Diagnostic> diagnostics_;
  std::string command_id_;
};

}  // namespace benchd::site
