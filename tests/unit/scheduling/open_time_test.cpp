#include "daemon/scheduling/open_time.hpp"

#include <gmock/gmock.h>

#include "daemon/scheduling/local_time.hpp"
#include "tests/unit/scheduling/hours_text.hpp"

namespace benchd::scheduling {
namespace {

using model::Attendance;
using model::Interval;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

UtcSeconds wall(const std::string& zone, const std::string& time) {
  const auto as_if_utc = utc(time);
  const auto day = std::chrono::floor<std::chrono::days>(as_if_utc);
  return LocalTime(zone).to_utc(day, as_if_utc - day);
}

std::vector<Interval> open(const std::string& rules,
                           const std::string& from,
                           const std::string& to) {
  return expand(scheduling::hours(rules), {utc(from), utc(to)}).open;
}

Interval from_to(const std::string& from, const std::string& to) { return {utc(from), utc(to)}; }

TEST(LocalTimeTest, AMorningIsEarlierInSummer) {
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-01-15T08:00"), utc("2026-01-15T07:00"));
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-07-15T08:00"), utc("2026-07-15T06:00"));
  EXPECT_EQ(wall("UTC", "2026-07-15T08:00"), utc("2026-07-15T08:00"));
}

TEST(LocalTimeTest, ATimeInTheMissingHourTakesTheOffsetBeforeTheGap) {
  // Clocks go from 02:00 to 03:00 on 29 March 2026: 02:30 is read as 03:30 CEST.
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-03-29T02:30"), utc("2026-03-29T01:30"));
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-03-29T03:00"), utc("2026-03-29T01:00"));
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-03-29T01:59"), utc("2026-03-29T00:59"));
}

TEST(LocalTimeTest, ATimeThatComesTwiceIsTheFirst) {
  // Clocks go from 03:00 to 02:00 on 25 October 2026.
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-10-25T02:30"), utc("2026-10-25T00:30"));
  EXPECT_EQ(wall("Europe/Amsterdam", "2026-10-25T03:00"), utc("2026-10-25T02:00"));
}

TEST(LocalTimeTest, AZoneMayShiftByHalfAnHour) {
  // Lord Howe: +10:30, +11:00 in summer; back at 02:00 on 5 April, forward at 02:00 on 4 October.
  EXPECT_EQ(wall("Australia/Lord_Howe", "2026-01-15T08:00"), utc("2026-01-14T21:00"));
  EXPECT_EQ(wall("Australia/Lord_Howe", "2026-06-15T08:00"), utc("2026-06-14T21:30"));
  EXPECT_EQ(wall("Australia/Lord_Howe", "2026-04-05T01:45"), utc("2026-04-04T14:45")) << "twice";
  EXPECT_EQ(wall("Australia/Lord_Howe", "2026-10-04T02:15"), utc("2026-10-03T15:45")) << "missing";
  EXPECT_EQ(wall("Australia/Lord_Howe", "2026-10-04T02:30"), utc("2026-10-03T15:30"));
}

TEST(LocalTimeTest, WhatWasAskedBeforeChangesNoAnswer) {
  const std::vector<std::string> times{"2026-01-15T08:00", "2026-03-28T23:00", "2026-03-29T02:30",
                                       "2026-03-29T04:00", "2026-10-24T02:30", "2026-10-25T02:30",
                                       "2026-10-25T02:59", "2026-10-26T02:30", "2026-07-01T12:00"};
  for (const auto* zone : {"Europe/Amsterdam", "Australia/Lord_Howe", "America/St_Johns"}) {
    for (const auto& first : times) {
      LocalTime local(zone);
      for (const auto& time : {first, times[4], times[2], times[5]}) {
        const auto day = std::chrono::floor<std::chrono::days>(utc(time));
        EXPECT_EQ(local.to_utc(day, utc(time) - day), wall(zone, time)) << zone << " " << time;
      }
    }
  }
}

TEST(LocalTimeTest, ZonesAreThoseOfTheMachine) {
  EXPECT_TRUE(is_known_zone("UTC"));
  EXPECT_TRUE(is_known_zone("Australia/Lord_Howe"));
  EXPECT_FALSE(is_known_zone("Europe/Atlantis"));
}

TEST(OpenTimeTest, WithoutRulesEverythingIsOpenAndStaffed) {
  const Interval window{utc("2026-01-01T00:00"), utc("2026-02-01T00:00")};
  const auto time = expand({}, window);
  EXPECT_THAT(time.open, ElementsAre(window));
  EXPECT_THAT(time.attended, ElementsAre(window));
}

TEST(OpenTimeTest, HoursKeepTheirWallTimeAcrossTheChangeToSummer) {
  EXPECT_THAT(open("zone Europe/Amsterdam\nopen mon-sun 08:00-18:00\n", "2026-03-28T00:00",
                   "2026-03-30T00:00"),
              ElementsAre(from_to("2026-03-28T07:00", "2026-03-28T17:00"),
                          from_to("2026-03-29T06:00", "2026-03-29T16:00")));
}

TEST(OpenTimeTest, ANightIsAnHourShorterOrLongerWhenTheClocksChange) {
  const std::string nights = "zone Europe/Amsterdam\nopen sat 22:00-06:00\n";
  const auto spring = open(nights, "2026-03-28T00:00", "2026-03-30T00:00");
  ASSERT_EQ(spring.size(), 1U);
  EXPECT_EQ(spring[0].length(), hours{7});
  const auto autumn = open(nights, "2026-10-24T00:00", "2026-10-26T00:00");
  ASSERT_EQ(autumn.size(), 1U);
  EXPECT_EQ(autumn[0].length(), hours{9});
}

TEST(OpenTimeTest, HoursThatBeginInTheMissingHourBeginThatMuchLater) {
  EXPECT_THAT(
      open("zone Europe/Amsterdam\nopen sun 02:30-05:00\n", "2026-03-29T00:00", "2026-03-30T00:00"),
      ElementsAre(from_to("2026-03-29T01:30", "2026-03-29T03:00")));
}

TEST(OpenTimeTest, HoursThatTheMissingHourSwallowsAreLeftOut) {
  // 02:30 is read as 03:30; that lies behind 03:15.
  EXPECT_THAT(
      open("zone Europe/Amsterdam\nopen sun 02:30-03:15\n", "2026-03-29T00:00", "2026-03-30T00:00"),
      ElementsAre());
}

TEST(OpenTimeTest, HoursInTheRepeatedHourAreOpenOnce) {
  EXPECT_THAT(
      open("zone Europe/Amsterdam\nopen sun 02:15-02:45\n", "2026-10-25T00:00", "2026-10-26T00:00"),
      ElementsAre(from_to("2026-10-25T00:15", "2026-10-25T00:45")));
}

TEST(OpenTimeTest, AHalfHourShiftMovesTheHoursByHalfAnHour) {
  EXPECT_THAT(open("zone Australia/Lord_Howe\nopen sat-sun 08:00-09:00\n", "2026-04-03T12:00",
                   "2026-04-05T12:00"),
              ElementsAre(from_to("2026-04-03T21:00", "2026-04-03T22:00"),
                          from_to("2026-04-04T21:30", "2026-04-04T22:30")));
}

TEST(OpenTimeTest, DaysAndNightsThatTouchAreOneTime) {
  EXPECT_THAT(open("zone Europe/Amsterdam\nopen mon-sun 00:00-24:00\n", "2026-03-01T00:00",
                   "2026-11-01T00:00"),
              ElementsAre(from_to("2026-03-01T00:00", "2026-11-01T00:00")));
}

TEST(OpenTimeTest, OnAClosedDayABenchIsNeitherOpenNorStaffed) {
  const auto time = expand(scheduling::hours("zone Europe/Amsterdam\nopen mon-fri 08:00-18:00\n"
                                             "staffed mon-fri 09:00-17:00\n"
                                             "closed 2026-12-24..2026-12-25\n"),
                           {utc("2026-12-23T00:00"), utc("2026-12-29T00:00")});
  EXPECT_THAT(time.open, ElementsAre(from_to("2026-12-23T07:00", "2026-12-23T17:00"),
                                     from_to("2026-12-28T07:00", "2026-12-28T17:00")));
  EXPECT_THAT(time.attended, ElementsAre(from_to("2026-12-23T08:00", "2026-12-23T16:00"),
                                         from_to("2026-12-28T08:00", "2026-12-28T16:00")));
}

TEST(OpenTimeTest, AClosedDayEndsTheNightThatReachesIntoIt) {
  EXPECT_THAT(open("zone Europe/Amsterdam\nopen mon-sun 22:00-06:00\nclosed 2026-12-25\n",
                   "2026-12-24T12:00", "2026-12-26T12:00"),
              ElementsAre(from_to("2026-12-24T21:00", "2026-12-24T23:00"),
                          from_to("2026-12-25T23:00", "2026-12-26T05:00")))
      << "the night of the 25th begins at midnight, when the day is over";
}

class HoursRuleTest : public testing::Test {
 protected:
  // Thursday 15 January 2026, UTC.
  static Interval thursday(int from_hour, int to_hour) {
    return {utc("2026-01-15T00:00") + hours{from_hour}, utc("2026-01-15T00:00") + hours{to_hour}};
  }
  static BenchRules bench(bool unattended = false) {
    return {BenchId{"b"}, minutes{30}, minutes{15}, unattended,
            scheduling::hours("zone UTC\nopen mon-fri 07:00-20:00\nstaffed mon-fri 08:00-17:00\n")};
  }
};

TEST_F(HoursRuleTest, AnAttendedBookingLiesInOpenAndStaffedHoursWithItsBuffers) {
  EXPECT_TRUE(is_within_hours(bench(), Attendance::Attended, thursday(9, 16)));
  EXPECT_FALSE(is_within_hours(bench(), Attendance::Attended, thursday(8, 16))) << "setup at 07:30";
  EXPECT_FALSE(is_within_hours(bench(), Attendance::Attended, thursday(9, 17))) << "teardown";
  EXPECT_FALSE(is_within_hours(bench(), Attendance::Attended, thursday(9, 24 + 10))) << "overnight";
  const Interval exact{utc("2026-01-15T08:30"), utc("2026-01-15T16:45")};
  EXPECT_TRUE(is_within_hours(bench(), Attendance::Attended, exact));
  EXPECT_FALSE(
      is_within_hours(bench(), Attendance::Attended, {exact.start - seconds{1}, exact.end}));
  EXPECT_FALSE(
      is_within_hours(bench(), Attendance::Attended, {exact.start, exact.end + seconds{1}}));
}

TEST_F(HoursRuleTest, AnUnattendedBookingMayRunOverNightWhereTheBenchAllowsIt) {
  EXPECT_TRUE(is_within_hours(bench(true), Attendance::Unattended, thursday(9, 24 + 10)));
  EXPECT_FALSE(is_within_hours(bench(false), Attendance::Unattended, thursday(9, 24 + 10)));
  EXPECT_FALSE(is_within_hours(bench(true), Attendance::Unattended, thursday(9, 24 + 18)))
      << "nobody removes it at 18:00";
  EXPECT_FALSE(is_within_hours(bench(true), Attendance::Unattended, thursday(18, 24 + 10)))
      << "nobody mounts it at 18:00";
  EXPECT_FALSE(is_within_hours(bench(true), Attendance::Unattended, thursday(9, 48 + 10)))
      << "ends on a Saturday";
  EXPECT_TRUE(is_within_hours(bench(true), Attendance::Unattended, thursday(9, 4 * 24 + 10)))
      << "over the weekend";
}

TEST_F(HoursRuleTest, AnUnattendedBookingMayUseOpenHoursThatAreNotStaffed) {
  auto lunch = bench();
  lunch.hours =
      scheduling::hours("zone UTC\nstaffed mon-fri 08:00-12:00\nstaffed mon-fri 13:00-17:00\n");
  EXPECT_TRUE(is_within_hours(lunch, Attendance::Unattended, thursday(9, 16)));
  EXPECT_FALSE(is_within_hours(lunch, Attendance::Attended, thursday(9, 16)));
}

TEST_F(HoursRuleTest, WithoutBuffersTheStartLiesInTheHoursAndTheEndAtMostAtTheirEnd) {
  auto plain = bench(true);
  plain.setup_time = plain.teardown_time = {};
  EXPECT_TRUE(is_within_hours(plain, Attendance::Attended, thursday(8, 17)));
  EXPECT_TRUE(is_within_hours(plain, Attendance::Unattended, thursday(8, 17)));
  EXPECT_FALSE(is_within_hours(plain, Attendance::Unattended, thursday(17, 24 + 9)));
}

}  // namespace
}  // namespace benchd::scheduling
