#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class UpdateBookingTest : public SiteTest {
 protected:
  Result<v1::UpdateBookingResponse> update(const v1::UpdateBookingRequest& request,
                                           const access::Caller& caller) {
    return call(site_->bookings, &Bookings::update_booking, caller, request);
  }
  Result<v1::UpdateBookingResponse> update(const v1::UpdateBookingRequest& request) {
    return update(request, volant_);
  }
  static v1::UpdateBookingRequest request(const v1::Booking& booking, const std::string& field) {
    v1::UpdateBookingRequest request;
    request.mutable_booking()->set_name(booking.name());
    request.mutable_update_mask()->add_paths(field);
    return request;
  }
  static v1::UpdateBookingRequest ending(const v1::Booking& booking, std::chrono::seconds later) {
    auto change = request(booking, "end_time");
    *change.mutable_booking()->mutable_end_time() = booking.end_time();
    change.mutable_booking()->mutable_end_time()->set_seconds(booking.end_time().seconds() +
                                                              later.count());
    return change;
  }
  // A booking that begins in a day.
  v1::Booking tomorrow() {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/volant");
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(24h);
    put_duration(1h, *request.mutable_duration());
    const auto booked = call(site_->bookings, &Bookings::create_booking, volant_, request);
    EXPECT_TRUE(booked) << booked.error().to_string();
    return booked ? booked->booking() : v1::Booking{};
  }
};

TEST_F(UpdateBookingTest, AStartAloneMovesTheBookingAndKeepsItsLength) {
  const auto booking = tomorrow();
  auto change = request(booking, "start_time");
  *change.mutable_booking()->mutable_start_time() = at(30h);
  const auto moved = update(change);
  ASSERT_TRUE(moved) << moved.error().to_string();
  EXPECT_EQ(moved->booking().start_time().seconds(), at(30h).seconds());
  EXPECT_EQ(moved->booking().end_time().seconds(), at(31h).seconds());
  EXPECT_EQ(get(booking.name()).start_time().seconds(), at(30h).seconds());
}

TEST_F(UpdateBookingTest, WhatTheMaskDoesNotNameStaysAsItIs) {
  const auto booking = tomorrow();
  auto change = request(booking, "title");
  change.mutable_booking()->set_title("Prop 10x4.7");
  change.mutable_booking()->set_external_id("not named");
  const auto changed = update(change);
  ASSERT_TRUE(changed) << changed.error().to_string();
  EXPECT_EQ(changed->booking().title(), "Prop 10x4.7");
  EXPECT_EQ(changed->booking().external_id(), "");
  EXPECT_EQ(changed->booking().benches(0), booking.benches(0));
  EXPECT_EQ(changed->booking().start_time().seconds(), booking.start_time().seconds());
}

TEST_F(UpdateBookingTest, AMaskThatNamesNothingOrSomethingElseIsRefusedWithWhatMayChange) {
  const auto booking = tomorrow();
  v1::UpdateBookingRequest nothing;
  nothing.mutable_booking()->set_name(booking.name());
  const auto empty = update(nothing);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().reason, Reason::InvalidArgument);
  const auto state = update(request(booking, "state"));
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().message, HasSubstr("start_time, end_time"));
}

TEST_F(UpdateBookingTest, AnotherTenantsBookingIsDeniedLikeOneThatIsNotThere) {
  const auto booking = tomorrow();
  auto theirs = request(booking, "title");
  auto nobodys = theirs;
  nobodys.mutable_booking()->set_name("tenants/volant/bookings/b-none");
  const auto first = update(theirs, kestrel_);
  const auto second = update(nobodys, kestrel_);
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(first.error(), second.error());
}

TEST_F(UpdateBookingTest, TheStationOfABenchInUseHearsOfALaterEnd) {
  const auto booking = book(1h);
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  const auto before = station_->commands.size();
  const auto longer = update(ending(booking, 30min));
  ASSERT_TRUE(longer) << longer.error().to_string();
  ASSERT_EQ(station_->commands.size(), before + 1);
  const auto& order = station_->commands.back();
  ASSERT_TRUE(order.has_assign());
  // The fence stays, or what is armed and runs would be cut off.
  EXPECT_EQ(order.fence(), station_->commands[before - 1].fence());
  EXPECT_GT(Nanoseconds{order.assign().remaining_ns()}, 80min);
  EXPECT_EQ(get(booking.name()).end_time().seconds(), booking.end_time().seconds() + 30 * 60);
  EXPECT_TRUE(get(booking.name()).armed());
}

TEST_F(UpdateBookingTest, AnEndThatTheStationRefusesIsNotTheBookings) {
  const auto booking = book(1h);
  ASSERT_TRUE(confirm(booking.name()));
  for (const auto by : {std::chrono::seconds{30min}, std::chrono::seconds{-20min}}) {
    station_->refuses = "STATION_BUSY";
    const auto changed = update(ending(booking, by));
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().reason, Reason::StationBusy);
    EXPECT_EQ(get(booking.name()).end_time().seconds(), booking.end_time().seconds());
  }
}

TEST_F(UpdateBookingTest, AnotherEndNeedsTheStation) {
  const auto booking = book(1h);
  ASSERT_TRUE(confirm(booking.name()));
  station_->disconnect();
  const auto longer = update(ending(booking, 30min));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().reason, Reason::BenchOffline);
  EXPECT_EQ(get(booking.name()).end_time().seconds(), booking.end_time().seconds());
}

TEST_F(UpdateBookingTest, ADryRunAsksNoStation) {
  const auto booking = book(1h);
  ASSERT_TRUE(confirm(booking.name()));
  const auto before = station_->commands.size();
  auto change = ending(booking, 30min);
  change.set_validate_only(true);
  ASSERT_TRUE(update(change));
  EXPECT_EQ(station_->commands.size(), before);
  EXPECT_EQ(get(booking.name()).end_time().seconds(), booking.end_time().seconds());
}

TEST_F(UpdateBookingTest, WhatIsHeldIsConfirmedOnce) {
  v1::CreateBookingRequest request;
  request.set_parent("tenants/volant");
  request.add_benches("sites/hub/benches/thrust-1");
  *request.mutable_start_time() = at(24h);
  put_duration(1h, *request.mutable_duration());
  request.set_hold(true);
  const auto held = call(site_->bookings, &Bookings::create_booking, volant_, request);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->booking().state(), v1::BOOKING_STATE_HELD);
  EXPECT_EQ(held->booking().expire_time().seconds(), at(10min).seconds());
  v1::ConfirmBookingRequest confirm;
  confirm.set_name(held->booking().name());
  const auto confirmed = call(site_->bookings, &Bookings::confirm_booking, volant_, confirm);
  ASSERT_TRUE(confirmed) << confirmed.error().to_string();
  EXPECT_EQ(confirmed->booking().state(), v1::BOOKING_STATE_CONFIRMED);
  EXPECT_FALSE(confirmed->booking().has_expire_time());
  const auto again = call(site_->bookings, &Bookings::confirm_booking, volant_, confirm);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::BookingNotActive);
}

}  // namespace
}  // namespace benchd::site
