// How long somebody may still check in, on benches that may be out of use meanwhile. Pure.
#pragma once

#include <span>

#include "daemon/scheduling/booking_states.hpp"

namespace benchd::scheduling {

// What happens by time alone to a booking in SETUP. `out_of_use`: when one of its benches could not
// be used, sorted and disjoint; what lasts still ends at UtcSeconds::max().
//
// The grace runs only while the benches can be used. It ends as GraceOver; a booking that is over
// before ends with End, or with Fault if its benches were never to be had for as long as somebody
// has to come: that is nobody's no-show.
[[nodiscard]] Deadline setup_deadline(const model::Booking& booking,
                                      const Policy& policy,
                                      std::span<const model::Interval> out_of_use);

}  // namespace benchd::scheduling
