#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;

class SiteSeriesTest : public SiteTest {
 protected:
  v1::CreateBookingSeriesRequest weekly(int times) {
    v1::CreateBookingSeriesRequest request;
    request.set_parent("tenants/volant");
    request.set_recurrence("FREQ=WEEKLY;COUNT=" + std::to_string(times));
    auto& first = *request.mutable_booking();
    first.add_benches("sites/hub/benches/thrust-1");
    *first.mutable_start_time() = at(24h);
    put_duration(1h, *first.mutable_duration());
    return request;
  }
  Result<v1::CreateBookingSeriesResponse> create(const v1::CreateBookingSeriesRequest& request) {
    return call(site_->bookings, &Bookings::create_booking_series, volant_, request);
  }
};

TEST_F(SiteSeriesTest, ASeriesIsBookedListedAndGivenUpByItsName) {
  const auto created = create(weekly(3));
  ASSERT_TRUE(created) << created.error().to_string();
  ASSERT_EQ(created->bookings_size(), 3);
  EXPECT_EQ(
      created->bookings(2).start_time().seconds() - created->bookings(0).start_time().seconds(),
      std::chrono::seconds{24h * 14}.count());
  EXPECT_THAT(created->series(), testing::StartsWith("tenants/volant/series/s-"));
  EXPECT_EQ(created->bookings(1).series(), created->series());
  v1::ListBookingsRequest list;
  list.set_parent("tenants/volant");
  list.set_series(created->series());
  const auto listed = call(site_->bookings, &Bookings::list_bookings, volant_, list);
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->bookings_size(), 3);
  v1::CancelBookingSeriesRequest cancel;
  cancel.set_name(created->series());
  *cancel.mutable_from_time() = created->bookings(1).start_time();
  const auto foreign = call(site_->bookings, &Bookings::cancel_booking_series, kestrel_, cancel);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().reason, Reason::NotFoundOrDenied);
  const auto cancelled = call(site_->bookings, &Bookings::cancel_booking_series, volant_, cancel);
  ASSERT_TRUE(cancelled) << cancelled.error().to_string();
  EXPECT_EQ(cancelled->bookings_size(), 2);
}

TEST_F(SiteSeriesTest, WhatIsMissingOrWrongIsNamed) {
  auto request = weekly(3);
  request.mutable_booking()->clear_start_time();
  EXPECT_EQ(create(request).error().violations.at(0).field, "booking.start_time");
  request = weekly(3);
  request.set_recurrence("weekly");
  EXPECT_EQ(create(request).error().violations.at(0).field, "recurrence");
  request = weekly(3);
  request.set_time_zone("Europe/Delft");
  EXPECT_EQ(create(request).error().violations.at(0).field, "time_zone");
}

TEST_F(SiteSeriesTest, NothingIsBookedWhenOnlyCheckedFor) {
  auto request = weekly(3);
  request.set_validate_only(true);
  const auto checked = create(request);
  ASSERT_TRUE(checked) << checked.error().to_string();
  EXPECT_EQ(checked->bookings_size(), 3);
  v1::ListBookingsRequest list;
  list.set_parent("tenants/volant");
  EXPECT_EQ(call(site_->bookings, &Bookings::list_bookings, volant_, list)->bookings_size(), 0);
}

}  // namespace
}  // namespace benchd::site
