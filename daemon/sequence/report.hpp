// Problems as a Status.
#pragma once

#include <vector>

#include "daemon/base/result.hpp"
#include "daemon/sequence/check.hpp"

namespace benchd::sequence {

// Fine without errors; warnings do not count. Otherwise the reason that all errors share, or
// SEQUENCE_INVALID, the first error as message and a violation for each.
[[nodiscard]] Status status_of(const std::vector<Problem>& problems);

}  // namespace benchd::sequence
