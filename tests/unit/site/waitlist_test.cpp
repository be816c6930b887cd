#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;

class SiteWaitlistTest : public SiteTest {
 protected:
  v1::JoinWaitlistRequest hour() {
    v1::JoinWaitlistRequest request;
    request.set_parent("tenants/volant");
    auto& wish = *request.mutable_wish();
    wish.add_benches("sites/hub/benches/thrust-1");
    put_duration(1h, *wish.mutable_duration());
    *wish.mutable_earliest_time() = at(24h);
    *wish.mutable_latest_time() = at(25h);
    return request;
  }
  Result<v1::JoinWaitlistResponse> join(const v1::JoinWaitlistRequest& request) {
    return call(site_->bookings, &Bookings::join_waitlist, volant_, request);
  }
  v1::Booking taken_by_kestrel() {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/kestrel");
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(24h);
    put_duration(1h, *request.mutable_duration());
    const auto booked = call(site_->bookings, &Bookings::create_booking, kestrel_, request);
    EXPECT_TRUE(booked);
    return booked->booking();
  }
};

TEST_F(SiteWaitlistTest, ABookingWaitsIsOfferedTheTimeAndTakesIt) {
  const auto taken = taken_by_kestrel();
  const auto joined = join(hour());
  ASSERT_TRUE(joined) << joined.error().to_string();
  const auto& waiting = joined->booking();
  EXPECT_EQ(waiting.state(), v1::BOOKING_STATE_WAITLISTED);
  EXPECT_EQ(waiting.benches_size(), 0);
  EXPECT_THAT(waiting.wait().benches(), testing::ElementsAre("sites/hub/benches/thrust-1"));
  EXPECT_EQ(waiting.wait().duration().seconds(), 3600);
  v1::CancelBookingRequest cancel;
  cancel.set_name(taken.name());
  ASSERT_TRUE(call(site_->bookings, &Bookings::cancel_booking, kestrel_, cancel));
  const auto offered = get(waiting.name());
  EXPECT_EQ(offered.state(), v1::BOOKING_STATE_HELD);
  EXPECT_TRUE(offered.has_expire_time());
  v1::ConfirmBookingRequest confirm_request;
  confirm_request.set_name(waiting.name());
  const auto confirmed =
      call(site_->bookings, &Bookings::confirm_booking, volant_, confirm_request);
  ASSERT_TRUE(confirmed) << confirmed.error().to_string();
  EXPECT_EQ(confirmed->booking().state(), v1::BOOKING_STATE_CONFIRMED);
}

TEST_F(SiteWaitlistTest, WhereNoBenchFitsNothingWaits) {
  auto request = hour();
  auto& need = *request.mutable_wish()->add_needs();
  need.set_quantity("current");
  need.set_value(80);
  need.set_unit("A");
  const auto refused = join(request);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("thrust-1"));
  v1::ListBookingsRequest list;
  list.set_parent("tenants/volant");
  EXPECT_EQ(call(site_->bookings, &Bookings::list_bookings, volant_, list)->bookings_size(), 0);
}

TEST_F(SiteWaitlistTest, OthersSeeNothingOfAWait) {
  taken_by_kestrel();
  const auto joined = join(hour());
  ASSERT_TRUE(joined);
  v1::GetBookingRequest request;
  request.set_name(joined->booking().name());
  const auto seen = call(site_->bookings, &Bookings::get_booking, kestrel_, request);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().reason, Reason::NotFoundOrDenied);
  const auto masked = call(site_->bookings, &Bookings::get_booking, operator_, request);
  ASSERT_TRUE(masked);
  EXPECT_FALSE(masked->booking().has_wait());
}

}  // namespace
}  // namespace benchd::site
