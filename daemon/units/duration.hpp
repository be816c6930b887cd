// Lengths of time as people write them.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::units {

// "2 h", "250 ms", "1 h 30 min", "1.5s", "3 d"; rounded to the nanosecond. QUANTITY_INVALID if it
// is negative, has no unit or exceeds 292 years; UNIT_MISMATCH for what is no time.
[[nodiscard]] Result<Nanoseconds> parse_duration(std::string_view text);

// "1 h 30 min", "2 d 4 h", "2.5 s", "250 ms", "0 s". Exact: parse_duration gives it back.
[[nodiscard]] std::string format_duration(Nanoseconds duration);

}  // namespace benchd::units
