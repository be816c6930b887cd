// Jobs: work without a fixed time, queued for any fitting bench.
#pragma once

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"

namespace benchd::model {

using JobId = Id<struct JobTag>;

// Highest first. Stored by number: only ever append.
enum class JobClass { Safety = 1, Contract = 2, Normal = 3, Scavenger = 4 };

}  // namespace benchd::model
