// Results of steps as they travel to the site.
#pragma once

#include "benchd/link/v1/link.pb.h"

#include "daemon/model/run.hpp"
#include "daemon/sequence/machine.hpp"

namespace benchd::station {

// The numbers of both enumerations are the same.
[[nodiscard]] link::v1::Verdict to_link(model::Verdict verdict);
[[nodiscard]] link::v1::StepFinished to_link(const sequence::StepFinished& step, int steps_done);

}  // namespace benchd::station
