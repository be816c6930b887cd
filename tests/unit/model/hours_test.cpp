#include "daemon/model/hours.hpp"

#include <gtest/gtest.h>

namespace benchd::model {
namespace {

using std::chrono::minutes;

constexpr unsigned kWorkdays = 0b0011111;

TEST(HoursTest, DaysAreReadAloneInRangesAndInLists) {
  EXPECT_EQ(parse_days("mon"), 0b0000001);
  EXPECT_EQ(parse_days("mon-fri"), kWorkdays);
  EXPECT_EQ(parse_days("sat, sun"), 0b1100000);
  EXPECT_EQ(parse_days("mon,wed-thu"), 0b0001101);
  EXPECT_EQ(parse_days("sat-mon"), 0b1100001) << "over the end of the week";
  EXPECT_EQ(parse_days("mon-sun"), 0b1111111);
  for (const auto* wrong : {"", "monday", "mon-", "-fri", "mon,,tue", "mo-fr", "Mon"}) {
    EXPECT_EQ(parse_days(wrong), std::nullopt) << wrong;
  }
}

TEST(HoursTest, TimesMayEndOnTheNextDay) {
  const auto day = parse_times("07:30-19:00");
  ASSERT_TRUE(day);
  EXPECT_EQ(day->from, minutes{450});
  EXPECT_EQ(day->to, minutes{1140});
  EXPECT_EQ(parse_times("22:00-06:00")->to, minutes{30 * 60});
  EXPECT_EQ(parse_times("00:00-24:00")->to, minutes{24 * 60});
  EXPECT_EQ(parse_times("20:00-00:00")->to, minutes{24 * 60});
  for (const auto* wrong : {"", "7-19", "7:00-19:00", "07:00", "24:00-08:00", "08:00-08:00",
                            "07:60-08:00", "07:00-25:00", "-1:00-08:00", "07:00-19:00-20:00"}) {
    EXPECT_FALSE(parse_times(wrong)) << wrong;
  }
}

TEST(HoursTest, ClosedDaysAreDatesThatThereAre) {
  EXPECT_EQ(to_text(*parse_closed_days("2026-12-25")), "2026-12-25");
  EXPECT_EQ(to_text(*parse_closed_days("2026-12-24..2027-01-03")), "2026-12-24..2027-01-03");
  for (const auto* wrong :
       {"", "25.12.2026", "2026-02-29", "2026-12-24..", "2027-01-03..2026-12-24", "2026-1-1"}) {
    EXPECT_FALSE(parse_closed_days(wrong)) << wrong;
  }
}

TEST(HoursTest, WhatIsWrittenIsReadBackTheSame) {
  const Hours hours{.time_zone = "Australia/Lord_Howe",
                    .open = {{kWorkdays, minutes{420}, minutes{1140}},
                             {0b1000001, minutes{0}, minutes{24 * 60}},
                             {0b0110011, minutes{1320}, minutes{1800}}},
                    .staffed = {{0b0000100, minutes{480}, minutes{1020}}},
                    .closed = {*parse_closed_days("2026-12-24..2027-01-03")}};
  EXPECT_EQ(to_text(hours),
            "zone Australia/Lord_Howe\n"
            "open mon-fri 07:00-19:00\n"
            "open mon,sun 00:00-24:00\n"
            "open mon,tue,fri,sat 22:00-06:00\n"
            "staffed wed 08:00-17:00\n"
            "closed 2026-12-24..2027-01-03\n");
  EXPECT_EQ(hours_from_text(to_text(hours)), hours);
  EXPECT_EQ(hours_from_text(""), Hours{});
  EXPECT_EQ(hours_from_text("open whenever\n"), std::nullopt);
}

TEST(HoursTest, ABenchReplacesOpenAndStaffedHoursOneByOneAndAddsClosedDays) {
  const Hours site{.time_zone = "Europe/Oslo",
                   .open = {{kWorkdays, minutes{420}, minutes{1140}}},
                   .staffed = {{kWorkdays, minutes{480}, minutes{1020}}},
                   .closed = {*parse_closed_days("2026-12-25")}};
  EXPECT_EQ(hours_of(site, {}), site);
  const Hours bench{.open = {{0b1111111, minutes{0}, minutes{1440}}},
                    .closed = {*parse_closed_days("2026-05-01")}};
  const auto both = hours_of(site, bench);
  EXPECT_EQ(both.time_zone, "Europe/Oslo");
  EXPECT_EQ(both.open, bench.open);
  EXPECT_EQ(both.staffed, site.staffed);
  EXPECT_EQ(both.closed.size(), 2U);
}

}  // namespace
}  // namespace benchd::model
