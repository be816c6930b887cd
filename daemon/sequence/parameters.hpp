// Parameters of a sequence and the values given for them.
#pragma once

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/sequence/environment.hpp"
#include "daemon/sequence/formulas.hpp"
#include "daemon/sequence/program.hpp"

namespace benchd::sequence {

// Fills program.parameters and tells symbols the words. Every parameter is there afterwards, also
// one with a problem, so that what uses it is not reported as well.
void compile_parameters(const config::v1::Sequence& sequence,
                        const Arguments& arguments,
                        Program& program,
                        Symbols& symbols,
                        Problems& problems);

}  // namespace benchd::sequence
