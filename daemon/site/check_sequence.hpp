// A sequence checked against a bench, a DUT and parameters, as the public API tells it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "benchd/v1/values.pb.h"

#include "daemon/config/files.hpp"
#include "daemon/sequence/check.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

struct SequenceToCheck {
  std::string source;
  std::string file;  // for the diagnostics
  sequence::Arguments parameters;
  const model::Bench* bench = nullptr;  // none: only the text itself
  std::string layout;                   // empty: the bench's first
  const model::Dut* dut = nullptr;
  sequence::ParameterScope scope = sequence::ParameterScope::Given;
};

struct SequenceFindings {
  // All remarks, in the order of the text.
  std::vector<v1::Diagnostic> diagnostics;
  // Fine, or the reason that all errors share, with a violation for each place.
  Status status;
  // Absent if the text cannot be read; then there is no report either.
  std::optional<config::Loaded<config::v1::Sequence>> text;
  sequence::CheckReport report;
};

// Pure.
[[nodiscard]] SequenceFindings check_sequence(const SequenceToCheck& wanted);

// What a test is made of, read from the store.
struct TestPlan {
  std::optional<store::SequenceRecord> sequence;
  std::optional<store::DutRecord> dut;
};

struct PlanNames {
  std::string sequence;  // resource name, or empty
  int version = 0;       // 0: the newest
  std::string dut;       // resource name, or empty
};

// The sequence and the DUT that a request of this tenant names. NOT_FOUND_OR_DENIED for another
// tenant's. `ready` comes on the strand.
void load_plan(SiteContext& context,
               const TenantId& tenant,
               const PlanNames& names,
               std::function<void(Result<TestPlan>)> ready);

[[nodiscard]] sequence::Arguments read_parameters(
    const google::protobuf::RepeatedPtrField<v1::ParameterValue>& parameters);

}  // namespace benchd::site
