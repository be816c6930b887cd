#include "cli/local_time.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

namespace benchd::cli {
namespace {

using namespace std::chrono_literals;

UtcSeconds utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                               static_cast<int>(day)} +
         std::chrono::hours(hour) + std::chrono::minutes(minute);
}

// Tuesday 24 November 2026, 10:30 in Amsterdam.
const UtcSeconds kNow = utc(2026, 11, 24, 9, 30);

class LocalTime : public ::testing::Test {
 protected:
  void SetUp() override { zone("Europe/Amsterdam"); }
  void TearDown() override { zone("UTC"); }
  static void zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  static UtcSeconds moment(const char* text) {
    const auto result = parse_moment(text, kNow);
    EXPECT_TRUE(result) << text;
    return result.value_or(UtcSeconds{});
  }
};

TEST_F(LocalTime, DateAndTimeAreLocal) {
  EXPECT_EQ(moment("2026-11-26 09:00"), utc(2026, 11, 26, 8));
}

TEST_F(LocalTime, IsoTextsKeepTheirOffset) {
  EXPECT_EQ(moment("2026-11-26T09:00:00Z"), utc(2026, 11, 26, 9));
  EXPECT_EQ(moment("2026-11-26T09:00-05:00"), utc(2026, 11, 26, 14));
  EXPECT_EQ(moment("2026-11-26T09:00"), utc(2026, 11, 26, 8));
}

TEST_F(LocalTime, WeekdayMeansTheNextOne) {
  EXPECT_EQ(moment("Thu 09:00"), utc(2026, 11, 26, 8));
  EXPECT_EQ(moment("thursday 09:00"), utc(2026, 11, 26, 8));
}

TEST_F(LocalTime, TodaysWeekdayMeansTodayUnlessTheTimeHasPassed) {
  EXPECT_EQ(moment("Tue 11:00"), utc(2026, 11, 24, 10));
  EXPECT_EQ(moment("Tue 09:00"), utc(2026, 12, 1, 8));
}

TEST_F(LocalTime, BareTimeMeansTheNextOne) {
  EXPECT_EQ(moment("11:00"), utc(2026, 11, 24, 10));
  EXPECT_EQ(moment("09:00"), utc(2026, 11, 25, 8));
}

TEST_F(LocalTime, NowAndLater) {
  EXPECT_EQ(moment("now"), kNow);
  EXPECT_EQ(moment("+2h"), kNow + 2h);
}

TEST_F(LocalTime, MissingHourUsesTheOffsetBeforeTheGap) {
  EXPECT_EQ(moment("2026-03-29 02:30"), utc(2026, 3, 29, 1, 30));
}

TEST_F(LocalTime, AmbiguousHourMeansTheFirst) {
  EXPECT_EQ(moment("2026-10-25 02:30"), utc(2026, 10, 25, 0, 30));
}

TEST_F(LocalTime, NonsenseIsRefusedWithExamples) {
  for (const char* text :
       {"", "Thu", "25:00", "2026-02-30 09:00", "2026-11-26 9", "next week", "09:00x", "+2"}) {
    const auto result = parse_moment(text, kNow);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().exit_code, kExitUsage) << text;
  }
}

TEST_F(LocalTime, DayIsTheWholeLocalDayButNotWhatHasPassed) {
  const auto thursday = parse_day("Thu", kNow);
  ASSERT_TRUE(thursday);
  EXPECT_EQ(thursday->begin, utc(2026, 11, 25, 23));
  EXPECT_EQ(thursday->end, utc(2026, 11, 26, 23));
  const auto today = parse_day("today", kNow);
  ASSERT_TRUE(today);
  EXPECT_EQ(today->begin, kNow);
  EXPECT_FALSE(parse_day("2026-11-23", kNow));
}

TEST_F(LocalTime, DayOfTheClockChangeHas25Hours) {
  const auto day = parse_day("2026-10-25", utc(2026, 10, 1, 0));
  ASSERT_TRUE(day);
  EXPECT_EQ(day->end - day->begin, 25h);
}

TEST_F(LocalTime, TablesShowTheZoneAndProgramsGetUtc) {
  EXPECT_EQ(table_time(kNow), "2026-11-24 10:30 CET");
  EXPECT_EQ(rfc3339(kNow), "2026-11-24T09:30:00Z");
}

TEST_F(LocalTime, WindowNamesTheDayOnceIfItCan) {
  EXPECT_EQ(friendly_window({kNow, kNow + 1h}), "Tue 24 Nov 10:30–11:30");
  EXPECT_EQ(friendly_window({kNow, kNow + 24h}), "Tue 24 Nov 10:30–Wed 25 Nov 10:30");
}

TEST_F(LocalTime, WindowUpToMidnightIsOneDay) {
  const UtcSeconds midnight = utc(2026, 11, 24, 23);
  EXPECT_EQ(friendly_window({kNow, midnight}), "Tue 24 Nov 10:30–00:00");
}

TEST_F(LocalTime, DurationsAreRoundedForPeople) {
  EXPECT_EQ(rough_duration(250s + 400ms), "4 min 10 s");
  EXPECT_EQ(rough_duration(340ms), "300 ms");
}

TEST_F(LocalTime, MorningIsAtEightButNotBeforeWhatIsLeftOfTheDay) {
  EXPECT_EQ(morning_of(*parse_day("Thu", kNow)), utc(2026, 11, 26, 7));
  EXPECT_EQ(morning_of(*parse_day("today", kNow)), kNow);
  EXPECT_EQ(morning_of(*parse_day("2026-10-25", utc(2026, 10, 1, 0))), utc(2026, 10, 25, 7));
}

}  // namespace
}  // namespace benchd::cli
