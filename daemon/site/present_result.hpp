// The account of a run as the public API shows it. For this module only.
#pragma once

#include "benchd/v1/result.pb.h"

#include "daemon/model/site.hpp"
#include "daemon/recording/run_account.hpp"
#include "daemon/store/records.hpp"

namespace benchd::site {

// What the recording tells; without the run, the files and the counts. Pure.
void put_account(const model::Site& site,
                 const store::RunRecord& run,
                 const recording::RunAccount& account,
                 v1::Result& out);

}  // namespace benchd::site
