// How long a test takes, and what there is to do before it. For this module only; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/sequence/check.hpp"
#include "daemon/site/check_sequence.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

// The booking that a sequence needs on a bench: setup time, the predicted duration and the time
// that a person must be there, rounded up to 15 minutes.
[[nodiscard]] std::chrono::seconds booking_length(const model::Bench& bench,
                                                  const sequence::CheckReport& report);

// BOOKING_ENDING when the predicted duration is longer than the booking.
[[nodiscard]] Status check_fits(const sequence::CheckReport& report, Nanoseconds length);

// A warning, BOOKING_ENDING, when the predicted duration fits but leaves less than the time that a
// person must be there. No refusal, for some of that time may pass while the sequence runs.
[[nodiscard]] std::optional<v1::Diagnostic> warn_if_tight(Nanoseconds expected,
                                                          Nanoseconds attended,
                                                          Nanoseconds length);

// "mount quad-motor", "confirm: propeller guard closed?", "be there for 12 min".
[[nodiscard]] std::vector<std::string> tasks_of(const model::Bench& bench,
                                                const std::string& layout,
                                                const TestPlan& plan,
                                                Nanoseconds attended);

// "22 min": whole seconds, rounded up.
[[nodiscard]] std::string rounded_text(Nanoseconds duration);

}  // namespace benchd::site
