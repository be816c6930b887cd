// A calendar of benches as text: a lane for each bench, day by day, in local time. Pure but for the
// time zone.
#pragma once

#include <string>
#include <vector>

#include "cli/local_time.hpp"
#include "cli/output.hpp"

namespace benchd::cli {

// Time in which a bench is not free. Of others nothing is known but that.
struct CalendarEntry {
  std::string bench;  // its id
  TimeWindow time;
  bool own = false;
  std::string label;    // title, or id; "busy" for others
  std::string booking;  // short id of an own one
};

struct Calendar {
  std::vector<std::string> benches;  // ids, in the order of the lanes
  std::vector<CalendarEntry> entries;
  TimeWindow window;  // whole local days
};

// Others' time without what one's own bookings and their buffers account for, which are in the
// benches' busy times as well, on a coarse grid: what is left of it beside an own one, shorter than
// the grid, is no time of others. `held` are the own bookings with their buffers.
[[nodiscard]] std::vector<TimeWindow> without_own(const std::vector<TimeWindow>& busy,
                                                  const std::vector<TimeWindow>& held);

// Lanes for a terminal of that many columns. Own bookings are named, everybody else's time is
// shaded; told apart without colour too.
[[nodiscard]] std::string draw_calendar(const Calendar& calendar, int width, bool color);

// The same as a table, by bench and time: for pipes and files.
[[nodiscard]] Table calendar_table(const Calendar& calendar);

}  // namespace benchd::cli
