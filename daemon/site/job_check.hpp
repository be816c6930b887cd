// A job that is wanted, checked against the benches of the site. For this module only.
#pragma once

#include <functional>
#include <vector>

#include "benchd/v1/job.pb.h"

#include "daemon/site/bench_choice.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

struct CheckedJob {
  store::JobRecord record;  // without id, tenant and member
  std::vector<UnfitView> unfit;
  std::vector<v1::Diagnostic> diagnostics;
};

// Reasons: those of SubmitJob. A bench that is out of use fits all the same: the job waits for it.
void check_job(SiteContext& context,
               const TenantId& tenant,
               const v1::Job& wanted,
               Reply<CheckedJob> reply);

// Why benches do not fit a job that is stored, those that are out of use now included.
void explain_fit(SiteContext& context,
                 const store::JobRecord& job,
                 std::function<void(std::vector<UnfitView>)> done);

}  // namespace benchd::site
