// Answers to commands.
#pragma once

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/result.hpp"

namespace benchd::station {

// Without a reason where it succeeded. Violations become error values "violation.<field>".
[[nodiscard]] link::v1::CommandResult command_result(const Status& status);

}  // namespace benchd::station
