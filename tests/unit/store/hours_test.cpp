#include <gtest/gtest.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using model::Attendance;
using std::chrono::hours;

// Benches with 10 min of setup and 5 of teardown at a site that is staffed from 09:00 to 17:00 UTC
// on workdays, and open from 07:00 to 20:00. Minute 0 is Thursday 1 January 2026, 08:00.
class HoursTest : public StoreTest {
 protected:
  void SetUp() override {
    open();
    set_site_hours(
        "zone UTC\nopen mon-sun 07:00-20:00\nstaffed mon-fri 09:00-17:00\nclosed 2026-01-02\n");
    ASSERT_TRUE(test::put_station(*store_));
  }
  void set_site_hours(const std::string& text) {
    auto site = test::two_tenants();
    site.hours = *model::hours_from_text(text);
    ASSERT_TRUE(test::put_site(*store_, site));
  }
  void set_bench_hours(const std::string& text, bool unattended) {
    auto station = test::two_benches();
    station.benches[0].hours = *model::hours_from_text(text);
    station.benches[0].unattended = unattended;
    ASSERT_TRUE(test::put_station(*store_, station));
  }
  static CreateBooking unattended(int start, int end) {
    auto command = wanted(kAcme, start, end);
    command.attendance = Attendance::Unattended;
    return command;
  }
};

TEST_F(HoursTest, AnAttendedBookingOutsideStaffedHoursIsRefusedWithTheNextTimeThatFits) {
  const auto early = book(wanted(kAcme, 30, 90));
  ASSERT_EQ(refusal(early), Reason::OutsideHours);
  EXPECT_EQ(early.error().context,
            (std::map<std::string, std::string>{{"next_free", "2026-01-01T09:10:00Z"}}))
      << "09:00 and the setup time";
  EXPECT_TRUE(book(wanted(kAcme, 70, 130)));
  const auto late = book(wanted(kAcme, 480, 540));
  ASSERT_EQ(refusal(late), Reason::OutsideHours);
  EXPECT_EQ(late.error().context.at("next_free"), "2026-01-05T09:10:00Z")
      << "Friday is closed, and nobody is there on the weekend";
}

TEST_F(HoursTest, ALengthThatNeverFitsHasNoNextTime) {
  const auto long_one = book(wanted(kAcme, 70, 70 + 9 * 60));
  ASSERT_EQ(refusal(long_one), Reason::OutsideHours);
  EXPECT_TRUE(long_one.error().context.empty());
  auto whenever = wanted(kAcme, 70, 70 + 9 * 60);
  whenever.earliest = whenever.start;
  EXPECT_EQ(refusal(book(whenever)), Reason::OutsideHours);
}

TEST_F(HoursTest, TheFirstFreeTimeLiesInTheHours) {
  auto first = wanted(kAcme, 0, 7 * 60);
  first.earliest = first.start;
  const auto one = book(first);
  ASSERT_TRUE(one) << one.error().to_string();
  EXPECT_EQ(one->booking.interval.start, minutes_later(70));
  auto second = wanted(kRival, 0, 7 * 60);
  second.earliest = second.start;
  const auto two = book(second);
  ASSERT_TRUE(two);
  EXPECT_EQ(two->booking.interval.start, minutes_later(70 + 4 * 24 * 60)) << "on Monday";
}

TEST_F(HoursTest, ATakenTimeInTheHoursIsTakenAndTheNextOneLiesInThem) {
  ASSERT_TRUE(book(wanted(kAcme, 70, 500)));
  const auto taken = book(wanted(kRival, 120, 200));
  ASSERT_EQ(refusal(taken), Reason::SlotTaken);
  EXPECT_EQ(taken.error().context.at("next_free"), "2026-01-05T09:10:00Z");
}

TEST_F(HoursTest, AnUnattendedBookingRunsOverTheWeekendOnlyWhereTheBenchAllowsIt) {
  const int monday_morning = 4 * 24 * 60 + 120;
  EXPECT_EQ(refusal(book(unattended(120, monday_morning))), Reason::OutsideHours);
  set_bench_hours("", true);
  EXPECT_TRUE(book(unattended(120, monday_morning)));
}

TEST_F(HoursTest, ABenchHasHoursOfItsOwn) {
  set_bench_hours("open mon-sun 00:00-24:00\nstaffed mon-sun 00:00-24:00\n", false);
  EXPECT_TRUE(book(wanted(kAcme, 540, 600))) << "in the evening";
  EXPECT_EQ(refusal(book(wanted(kAcme, 24 * 60, 25 * 60))), Reason::OutsideHours)
      << "closed days of the site hold for it too";
  auto both = wanted(kAcme, 540, 600);
  both.benches = {kOtherBench};
  EXPECT_EQ(refusal(book(both)), Reason::OutsideHours) << "the other one has the site's hours";
}

TEST_F(HoursTest, SeveralBenchesAreBookedInHoursThatAllHave) {
  set_bench_hours("staffed mon-fri 13:00-17:00\n", false);
  auto both = wanted(kAcme, 70, 130);
  both.benches = {kOtherBench, kBench};
  const auto refused = book(both);
  ASSERT_EQ(refusal(refused), Reason::OutsideHours);
  EXPECT_EQ(refused.error().context.at("next_free"), "2026-01-01T13:10:00Z");
}

TEST_F(HoursTest, HoursOfTheSiteCountAsSoonAsItHasStartedWithThem) {
  EXPECT_EQ(refusal(book(wanted(kAcme, 480, 540))), Reason::OutsideHours);
  set_site_hours("zone UTC\n");
  EXPECT_TRUE(book(wanted(kAcme, 480, 540)));
}

TEST_F(HoursTest, WallTimeIsThatOfTheZoneOfTheSite) {
  set_site_hours("zone America/New_York\nstaffed mon-fri 09:00-17:00\n");
  const auto early = book(wanted(kAcme, 70, 130));
  ASSERT_EQ(refusal(early), Reason::OutsideHours);
  EXPECT_EQ(early.error().context.at("next_free"), "2026-01-01T14:10:00Z");
}

}  // namespace
}  // namespace benchd::store
