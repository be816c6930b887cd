// How outages go on by time.
#pragma once

#include "daemon/store/rows/outage_rows.hpp"

namespace benchd::store::detail {

// Its state at `now`, with what it still occupies and its next deadline. True if it is another one;
// the row is not written yet.
bool advance(Transaction& transaction, OutageRow& outage, UtcSeconds now);

// Begins and ends the outages that are due, each once, in the order of their times.
void fire_outages(Transaction& transaction, UtcTime now);

}  // namespace benchd::store::detail
