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

// Whether a problem of a sequence that could be read in part only is a mistake of its own: `said`,
// what reading it has said, neither tells of it nor has brought it about.
[[nodiscard]] bool is_new(const sequence::Problem& problem, const Diagnostics& said);

// The report's errors, without its warnings and what has been said, in the order of the file.
[[nodiscard]] Diagnostics errors_of(const sequence::CheckReport& report,
                                    const Loaded<v1::Sequence>& loaded,
                                    const Diagnostics& said = {});

}  // namespace benchd::config
