#include "daemon/scheduling/grace.hpp"

#include <vector>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using Event = BookingEvent;

constexpr auto kLasts = UtcSeconds::max();

// From minute 100 to 200: a grace of 10 minutes.
model::Booking hundred_minutes(model::Attendance attendance = model::Attendance::Attended) {
  model::Booking value;
  value.state = model::BookingState::Setup;
  value.interval = {at(100), at(200)};
  value.attendance = attendance;
  return value;
}

struct GraceCase {
  const char* what;
  std::vector<model::Interval> out_of_use;
  Deadline attended;
  Deadline unattended;
};

TEST(GraceTest, RunsOnlyWhileTheBenchesCanBeUsed) {
  const Deadline by_end{Event::End, at(200)};
  const Deadline nobodys{Event::Fault, at(200)};
  const std::vector<GraceCase> cases{
      {"always usable", {}, {Event::GraceOver, at(110)}, by_end},
      {"out of use before", {{at(0), at(100)}}, {Event::GraceOver, at(110)}, by_end},
      {"out of use at its begin", {{at(0), at(104)}}, {Event::GraceOver, at(114)}, by_end},
      {"out of use for a while", {{at(103), at(110)}}, {Event::GraceOver, at(117)}, by_end},
      {"out of use twice",
       {{at(90), at(105)}, {at(110), at(150)}},
       {Event::GraceOver, at(155)},
       by_end},
      {"out of use after", {{at(110), at(150)}}, {Event::GraceOver, at(110)}, by_end},
      {"out of use from within the grace on", {{at(109), kLasts}}, nobodys, nobodys},
      {"out of use from the grace's end on",
       {{at(110), kLasts}},
       {Event::GraceOver, at(110)},
       by_end},
      {"never usable", {{at(0), kLasts}}, nobodys, nobodys},
      {"usable too late", {{at(100), at(191)}}, nobodys, nobodys},
      {"usable just in time", {{at(100), at(190)}}, by_end, by_end},
  };
  for (const auto& [what, out_of_use, attended, unattended] : cases) {
    EXPECT_EQ(setup_deadline(hundred_minutes(), {}, out_of_use), attended) << what;
    EXPECT_EQ(setup_deadline(hundred_minutes(model::Attendance::Unattended), {}, out_of_use),
              unattended)
        << what;
  }
}

TEST(GraceTest, ABookingShorterThanItsGraceIsNobodysOnlyIfItWasNotUsableThroughout) {
  auto booking = hundred_minutes();
  booking.interval.end = at(103);
  EXPECT_EQ(setup_deadline(booking, {}, {}), (Deadline{Event::End, at(103)}));
  const std::vector<model::Interval> out_of_use{{at(101), at(102)}};
  EXPECT_EQ(setup_deadline(booking, {}, out_of_use), (Deadline{Event::Fault, at(103)}));
}

}  // namespace
}  // namespace benchd::scheduling
