// The starts of a series of bookings. Pure; the only file of this module that knows libical.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::scheduling {

inline constexpr std::size_t kMostOccurrences = 400;

// Every start that a rule gives from `first` on, in order. The rule is one of RFC 5545, 3.3.10,
// such as "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10": by days or longer, with an end, and at most
// kMostOccurrences. Each start has the wall time of `first` in the zone, in summer and in winter;
// of a wall time that comes twice the first one, in one that is skipped the offset before the gap
// (3.3.5). INVALID_ARGUMENT says what is wrong with the rule.
[[nodiscard]] Result<std::vector<UtcSeconds>> occurrences(const std::string& rule,
                                                          const std::string& zone,
                                                          UtcSeconds first);

}  // namespace benchd::scheduling
