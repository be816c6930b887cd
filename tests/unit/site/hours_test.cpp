#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class SiteHoursTest : public SiteTest {
 protected:
  void set_hours(const std::string& text) {
    close();
    config_.hours = *model::hours_from_text(text);
    config_.time_zone = config_.hours.time_zone;
    open();
  }
  Result<v1::FindSlotsResponse> find(std::chrono::seconds length, v1::Attendance attendance) {
    v1::FindSlotsRequest request;
    request.set_parent("tenants/volant");
    request.set_attendance(attendance);
    put_duration(length, *request.mutable_duration());
    return call(site_->bookings, &Bookings::find_slots, volant_, request);
  }
  Result<v1::CreateBookingResponse> create(const v1::Slot& slot, v1::Attendance attendance) {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/volant");
    request.add_benches(slot.bench());
    request.set_attendance(attendance);
    *request.mutable_start_time() = slot.start_time();
    *request.mutable_end_time() = slot.end_time();
    return call(site_->bookings, &Bookings::create_booking, volant_, request);
  }
};

constexpr const char* kOffice =
    "zone Europe/Amsterdam\nopen mon-fri 07:00-19:00\nstaffed mon-fri 09:00-17:00\n";

TEST_F(SiteHoursTest, EverySlotThatIsFoundIsThenAdmitted) {
  set_hours(kOffice);
  for (const auto attendance : {v1::ATTENDANCE_ATTENDED, v1::ATTENDANCE_UNATTENDED}) {
    for (const auto length : {30min, 420min}) {
      const auto found = find(length, attendance);
      ASSERT_TRUE(found) << found.error().to_string();
      ASSERT_GE(found->slots_size(), 8) << "one a day";
      for (const auto& slot : found->slots()) {
        const auto booked = create(slot, attendance);
        ASSERT_TRUE(booked) << booked.error().to_string();
        v1::CancelBookingRequest cancel;
        cancel.set_name(booked->booking().name());
        ASSERT_TRUE(call(site_->bookings, &Bookings::cancel_booking, volant_, cancel));
      }
    }
  }
}

TEST_F(SiteHoursTest, ATestThatIsTooLongToBeAttendedIsToldSo) {
  set_hours(kOffice);
  const auto found = find(9h, v1::ATTENDANCE_ATTENDED);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slots_size(), 0);
  ASSERT_EQ(found->unfit_benches_size(), 1);
  EXPECT_EQ(found->unfit_benches(0).reason(), "OUTSIDE_HOURS");
  EXPECT_EQ(found->unfit_benches(0).message(), "is not open and staffed for 9 h in that time");
  EXPECT_GE(find(24h, v1::ATTENDANCE_UNATTENDED)->slots_size(), 5);
}

TEST_F(SiteHoursTest, EveryMemberSeesTheHours) {
  set_hours(std::string{kOffice} + "closed 2026-12-24..2027-01-03\n");
  v1::GetBenchRequest request;
  request.set_name("sites/hub/benches/thrust-1");
  const auto seen = call(site_->benches, &Benches::get_bench, kestrel_, request);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->bench().time_zone(), "Europe/Amsterdam");
  EXPECT_THAT(seen->bench().open_hours(), ElementsAre("mon-fri 07:00-19:00"));
  EXPECT_THAT(seen->bench().staffed_hours(), ElementsAre("mon-fri 09:00-17:00"));
  EXPECT_THAT(seen->bench().closed_days(), ElementsAre("2026-12-24..2027-01-03"));
}

TEST_F(SiteHoursTest, WithoutHoursABenchIsAlwaysOpen) {
  const auto found = find(9h, v1::ATTENDANCE_ATTENDED);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slots_size(), 1);
}

}  // namespace
}  // namespace benchd::site
