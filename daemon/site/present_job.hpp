// Jobs as the public API shows them. Pure.
#pragma once

#include <chrono>
#include <string>

#include "benchd/v1/job.pb.h"

#include "daemon/access/operations.hpp"
#include "daemon/model/site.hpp"
#include "daemon/store/records.hpp"

namespace benchd::site {

// `grid`: expected starts lie on it, which hides the exact times of others.
[[nodiscard]] v1::Job present_job(const model::Site& site,
                                  const store::JobRecord& record,
                                  access::Reach reach,
                                  std::chrono::seconds grid);

[[nodiscard]] v1::JobCause present_cause(scheduling::PlanCause cause);
// Why a job waits, in a sentence that says nothing of others.
[[nodiscard]] std::string cause_text(scheduling::PlanCause cause);

}  // namespace benchd::site
