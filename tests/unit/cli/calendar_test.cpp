#include <chrono>
#include <cstdlib>
#include <ctime>
#include <gmock/gmock.h>
#include <libical/ical.h>

#include "cli/calendar_feed.hpp"
#include "cli/calendar_view.hpp"

namespace benchd::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

UtcSeconds time_of(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                               static_cast<int>(day)} +
         std::chrono::hours(hour) + std::chrono::minutes(minute);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class CalendarTest : public testing::Test {
 protected:
  void SetUp() override { zone("Europe/Amsterdam"); }
  void TearDown() override { zone("UTC"); }
  static void zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  static Calendar calendar(UtcSeconds day) {
    Calendar calendar{.benches = {"thrust-1", "thrust-2"},
                      .window = {midnight_before(day), midnight_after(day)}};
    const auto midnight = calendar.window.begin;
    calendar.entries = {
        {.bench = "thrust-1", .time = {midnight + 9h, midnight + 11h}, .label = "busy"},
        {.bench = "thrust-1",
         .time = {midnight + 12h, midnight + 18h},
         .own = true,
         .label = "motor sweep",
         .booking = "b-7f3a2k"}};
    return calendar;
  }
};

TEST_F(CalendarTest, OwnBookingsAreNamedAndOthersTimeIsShadedWithoutColourToo) {
  const auto text = draw_calendar(calendar(time_of(2026, 11, 26, 12)), 120, false);
  EXPECT_THAT(text, HasSubstr("Thu 26 Nov CET"));
  EXPECT_THAT(text, HasSubstr("[motor sweep"));
  EXPECT_THAT(text, HasSubstr("░"));
  EXPECT_THAT(text, HasSubstr("b-7f3a2k  thrust-1  Thu 26 Nov 12:00–18:00  motor sweep"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(draw_calendar(calendar(time_of(2026, 11, 26, 12)), 120, true), HasSubstr("\033[90m"));
}

TEST_F(CalendarTest, NoLineIsWiderThanTheTerminal) {
  auto narrow = calendar(time_of(2026, 11, 26, 12));
  narrow.benches.push_back("a-bench-with-a-name-that-goes-on-and-on");
  for (const int width : {30, 40, 60, 80, 120, 250}) {
    for (const auto& line : lines_of(draw_calendar(narrow, width, false))) {
      if (line.starts_with("  b-")) continue;  // the list below is text
      EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
    }
  }
}

TEST_F(CalendarTest, ADayWithoutAnHourAndOneWithAnHourTwiceHaveAsManyColumns) {
  const auto lane_of = [](UtcSeconds day) {
    return display_width(lines_of(draw_calendar(calendar(day), 80, false))[3]) -
           std::string("thrust-2 ").size();
  };
  const auto usual = lane_of(time_of(2026, 3, 28, 12));
  EXPECT_EQ(lane_of(time_of(2026, 3, 29, 12)), usual / 24 * 23);
  EXPECT_EQ(lane_of(time_of(2026, 10, 25, 12)), usual / 24 * 25);
  EXPECT_EQ(midnight_after(time_of(2026, 3, 29, 0)) - midnight_before(time_of(2026, 3, 29, 0)),
            23h);
}

TEST_F(CalendarTest, TheTableIsForPipes) {
  const auto text =
      render(calendar_table(calendar(time_of(2026, 11, 26, 12))), {.format = Format::Csv});
  EXPECT_THAT(text, HasSubstr("thrust-1,2026-11-26T08:00:00Z,2026-11-26T10:00:00Z,busy,\n"));
  EXPECT_THAT(text, HasSubstr("motor sweep,b-7f3a2k"));
}

TEST_F(CalendarTest, OnesOwnBuffersAreNotTheTimeOfOthers) {
  const auto at = [](int minutes) {
    return time_of(2026, 11, 26, 8) + std::chrono::minutes(minutes);
  };
  const std::vector<TimeWindow> own{{at(50), at(125)}};
  EXPECT_THAT(without_own({{at(45), at(135)}}, own), SizeIs(0)) << "rounded to the grid";
  const auto others = without_own({{at(45), at(195)}}, own);
  ASSERT_THAT(others, SizeIs(1));
  EXPECT_EQ(others[0].begin, at(125));
  EXPECT_EQ(others[0].end, at(195));
  EXPECT_THAT(without_own({{at(300), at(310)}}, own), SizeIs(1)) << "far from any own one";
}

class FeedTest : public CalendarTest {
 protected:
  static v1::Booking booking() {
    v1::Booking booking;
    booking.set_name("tenants/volant/bookings/b-7f3a2kxyz");
    booking.set_title("Motor, sweep; \"hot\"\nsecond line — größer");
    booking.add_benches("sites/hub/benches/thrust-1");
    booking.set_state(v1::BOOKING_STATE_CONFIRMED);
    booking.set_revision(3);
    *booking.mutable_start_time() = to_timestamp(time_of(2026, 11, 26, 8));
    *booking.mutable_end_time() = to_timestamp(time_of(2026, 11, 26, 10));
    *booking.mutable_update_time() = to_timestamp(time_of(2026, 11, 20, 8));
    return booking;
  }
  static Feed feed() {
    return {.own = {booking()},
            .others = {{.bench = "thrust-1",
                        .time = {time_of(2026, 11, 27, 8), time_of(2026, 11, 27, 9)},
                        .label = "busy"}},
            .now = time_of(2026, 11, 24, 0)};
  }
};

TEST_F(FeedTest, AFeedReadsBackWithOwnBookingsNamedAndOthersBusy) {
  const auto text = to_ical(feed());
  icalcomponent* calendar = icalparser_parse_string(text.c_str());
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_count_errors(calendar), 0);
  EXPECT_EQ(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 2);
  icalcomponent* own = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
  EXPECT_STREQ(icalcomponent_get_uid(own), "b-7f3a2kxyz@benchd");
  EXPECT_EQ(icalcomponent_get_summary(own), booking().title());
  EXPECT_EQ(icalcomponent_get_sequence(own), 3);
  EXPECT_EQ(icalcomponent_get_status(own), ICAL_STATUS_CONFIRMED);
  EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtstart(own)),
            time_of(2026, 11, 26, 8).time_since_epoch().count());
  icalcomponent* busy = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
  EXPECT_STREQ(icalcomponent_get_summary(busy), "busy");
  EXPECT_STREQ(icalcomponent_get_location(busy), "thrust-1");
  EXPECT_EQ(icalcomponent_get_first_property(busy, ICAL_DESCRIPTION_PROPERTY), nullptr);
  icalcomponent_free(calendar);
  for (const auto& line : lines_of(text)) EXPECT_LE(line.size(), 76U) << line;
}

TEST_F(FeedTest, ABookingKeepsItsUidAndRaisesItsSequenceWhenItIsCancelled) {
  auto later = feed();
  later.own[0].set_revision(4);
  later.own[0].set_state(v1::BOOKING_STATE_CANCELLED);
  const auto text = to_ical(later);
  EXPECT_THAT(text, AllOf(HasSubstr("UID:b-7f3a2kxyz@benchd"), HasSubstr("SEQUENCE:4"),
                          HasSubstr("STATUS:CANCELLED"), HasSubstr("TRANSP:TRANSPARENT")));
}

TEST_F(FeedTest, WithoutAChangeTheFeedIsTheSameText) {
  EXPECT_EQ(to_ical(feed()), to_ical(feed()));
}

}  // namespace
}  // namespace benchd::cli
