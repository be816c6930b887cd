// Where the problems that daemon/sequence finds stand in the sequence's text.
#pragma once

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/config/diagnostic.hpp"
#include "daemon/config/files.hpp"
#include "daemon/sequence/check.hpp"

namespace benchd::config {

// The place of the field; inside an expression that of the very character.
[[nodiscard]] SourcePlace place_of(const sequence::Problem& problem,
                                   const Loaded<v1::Sequence>& loaded);

// The report's errors, without its warnings, in the order of the file.
[[nodiscard]] Diagnostics errors_of(const sequence::CheckReport& report,
                                    const Loaded<v1::Sequence>& loaded);

}  // namespace benchd::config
