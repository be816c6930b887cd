#include "daemon/scheduling/recurrence.hpp"

#include "daemon/scheduling/local_time.hpp"
#include "daemon/scheduling/slots.hpp"
#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using std::chrono::sys_days;

constexpr const char* kBerlin = "Europe/Berlin";

UtcSeconds at_wall(const std::string& zone, int year, unsigned month, unsigned day, int minute) {
  return LocalTime{zone}.to_utc(
      sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}},
      std::chrono::minutes{minute});
}

std::vector<std::string> texts(const std::vector<UtcSeconds>& starts) {
  std::vector<std::string> all;
  for (const auto start : starts) all.push_back(to_rfc3339(start));
  return all;
}

TEST(RecurrenceTest, AWeeklyNineOClockStaysNineOClockAcrossBothChangesOfTheClock) {
  // 2026-03-29 and 2026-10-25 in Berlin.
  const auto spring =
      occurrences("FREQ=WEEKLY;COUNT=3", kBerlin, at_wall(kBerlin, 2026, 3, 23, 9 * 60));
  ASSERT_TRUE(spring) << spring.error().to_string();
  EXPECT_EQ(texts(*spring),
            (std::vector<std::string>{"2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z",
                                      "2026-04-06T07:00:00Z"}));
  const auto autumn =
      occurrences("FREQ=WEEKLY;COUNT=2", kBerlin, at_wall(kBerlin, 2026, 10, 19, 9 * 60));
  ASSERT_TRUE(autumn);
  EXPECT_EQ(texts(*autumn),
            (std::vector<std::string>{"2026-10-19T07:00:00Z", "2026-10-26T08:00:00Z"}));
}

TEST(RecurrenceTest, ANightlyStartInTheMissingHourTakesTheOffsetBeforeTheGap) {
  const auto starts =
      occurrences("FREQ=DAILY;COUNT=3", kBerlin, at_wall(kBerlin, 2026, 3, 28, 2 * 60 + 30));
  ASSERT_TRUE(starts);
  EXPECT_EQ(texts(*starts),
            (std::vector<std::string>{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z",
                                      "2026-03-30T00:30:00Z"}));
}

TEST(RecurrenceTest, ANightlyStartInTheRepeatedHourIsTheFirstOfTheTwo) {
  const auto starts =
      occurrences("FREQ=DAILY;COUNT=3", kBerlin, at_wall(kBerlin, 2026, 10, 24, 2 * 60 + 30));
  ASSERT_TRUE(starts);
  EXPECT_EQ(texts(*starts),
            (std::vector<std::string>{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z",
                                      "2026-10-26T01:30:00Z"}));
}

TEST(RecurrenceTest, AZoneThatShiftsByHalfAnHourKeepsItsWallTime) {
  const std::string island = "Australia/Lord_Howe";  // its clocks go back on 2026-04-05
  const auto starts = occurrences("FREQ=WEEKLY;COUNT=2", island, at_wall(island, 2026, 4, 1, 540));
  ASSERT_TRUE(starts);
  EXPECT_EQ(texts(*starts),
            (std::vector<std::string>{"2026-03-31T22:00:00Z", "2026-04-07T22:30:00Z"}));
}

TEST(RecurrenceTest, AFirstStartInTheSecondOfTwoEqualHoursStaysThere) {
  const UtcSeconds first = sys_days{std::chrono::year{2026} / 10 / 25} + std::chrono::minutes{90};
  const auto starts = occurrences("FREQ=DAILY;COUNT=1", kBerlin, first);
  ASSERT_TRUE(starts);
  EXPECT_EQ(starts->front(), first);
}

TEST(RecurrenceTest, ItEndsWithTheLastDayOrAtTheInstant) {
  const auto first = at_wall(kBerlin, 2026, 1, 5, 9 * 60);
  EXPECT_EQ(occurrences("FREQ=WEEKLY;UNTIL=20260119", kBerlin, first)->size(), 3U);
  EXPECT_EQ(occurrences("FREQ=WEEKLY;UNTIL=20260119T080000Z", kBerlin, first)->size(), 3U);
  EXPECT_EQ(occurrences("FREQ=WEEKLY;UNTIL=20260119T075959Z", kBerlin, first)->size(), 2U);
  EXPECT_EQ(occurrences("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=5", kBerlin, first)->size(), 5U);
}

TEST(RecurrenceTest, ARuleThatIsNoneOrHasNoEndIsRefused) {
  const auto first = at_wall(kBerlin, 2026, 1, 5, 9 * 60);
  for (const char* rule :
       {"", "weekly", "FREQ=HOURLY;COUNT=3", "FREQ=WEEKLY", "FREQ=DAILY;COUNT=401",
        "FREQ=DAILY;BYHOUR=8,12;COUNT=3", "FREQ=DAILY;UNTIL=20260101", "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;UNTIL=20270101T000000", "RSCALE=CHINESE;FREQ=YEARLY;COUNT=2"}) {
    const auto starts = occurrences(rule, kBerlin, first);
    ASSERT_FALSE(starts) << rule;
    EXPECT_EQ(starts.error().reason, Reason::InvalidArgument) << rule;
  }
}

}  // namespace
}  // namespace benchd::scheduling
