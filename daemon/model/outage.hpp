// Times in which benches are out of use by plan.
#pragma once

#include <string>
#include <vector>

#include "daemon/base/ids.hpp"
#include "daemon/model/booking.hpp"

namespace benchd::model {

// Stored by number: only ever append.
enum class OutageState { Planned = 1, Active = 2, Ended = 3 };

// What an outage does about a booking that is in its way.
enum class OverlapChoice { Refuse = 1, Displace = 2, Shrink = 3 };

// What an outage occupies of a bench. A bench has several where the outage was shrunk around
// bookings.
struct OutageTime {
  BenchId bench;
  Interval occupied;
  friend bool operator==(const OutageTime&, const OutageTime&) = default;
};

struct Outage {
  OutageId id;
  Interval interval;  // as it was asked for
  std::vector<BenchId> benches;
  std::vector<OutageTime> times;  // by bench and start
  OutageState state = OutageState::Planned;
  std::string title;    // why, for operators
  std::string creator;  // who made it: "staff/olga"
  UtcTime create_time{};
  UtcTime update_time{};
  int revision = 1;
};

}  // namespace benchd::model
