#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;

class BusyTimesTest : public SiteTest {
 protected:
  Result<v1::ListBusyTimesResponse> busy(const access::Caller& caller,
                                         std::chrono::hours until = 48h) {
    v1::ListBusyTimesRequest request;
    request.set_parent("sites/-");
    *request.mutable_end_time() = at(until);
    return call(site_->benches, &Benches::list_busy_times, caller, request);
  }
  void book_as(const access::Caller& caller, std::chrono::hours from) {
    v1::CreateBookingRequest request;
    request.set_parent(tenant_name(caller.tenant));
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(from);
    put_duration(1h, *request.mutable_duration());
    ASSERT_TRUE(call(site_->bookings, &Bookings::create_booking, caller, request));
  }
};

TEST_F(BusyTimesTest, TheAnswerIsTheSameWhoeverHoldsTheTimeAndWhoeverAsks) {
  book_as(volant_, 3h);
  const auto of_volant = busy(kestrel_);
  ASSERT_TRUE(of_volant) << of_volant.error().to_string();
  ASSERT_EQ(of_volant->busy_times_size(), 1);
  EXPECT_EQ(of_volant->SerializeAsString(), busy(volant_)->SerializeAsString());
  EXPECT_EQ(of_volant->SerializeAsString(), busy(operator_)->SerializeAsString());

  v1::ListBookingsRequest list;
  list.set_parent("tenants/volant");
  const auto bookings = call(site_->bookings, &Bookings::list_bookings, volant_, list);
  v1::CancelBookingRequest cancel;
  cancel.set_name(bookings->bookings(0).name());
  ASSERT_TRUE(call(site_->bookings, &Bookings::cancel_booking, volant_, cancel));
  EXPECT_EQ(busy(kestrel_)->busy_times_size(), 0);
  book_as(kestrel_, 3h);
  EXPECT_EQ(of_volant->SerializeAsString(), busy(volant_)->SerializeAsString());
}

TEST_F(BusyTimesTest, TimesLieOnTheCoarseGridAndDoNotTouch) {
  book_as(volant_, 3h);
  book_as(kestrel_, 5h);
  book_as(kestrel_, 20h);
  const auto answer = busy(volant_);
  ASSERT_TRUE(answer);
  ASSERT_GE(answer->busy_times_size(), 2);
  std::int64_t last = 0;
  for (const auto& each : answer->busy_times()) {
    EXPECT_EQ(each.start_time().seconds() % (15 * 60), 0);
    EXPECT_EQ(each.end_time().seconds() % (15 * 60), 0);
    EXPECT_GT(each.start_time().seconds(), last);
    last = each.end_time().seconds();
  }
}

TEST_F(BusyTimesTest, WhatHasPassedIsNotTold) {
  const auto booking = book();
  EXPECT_TRUE(confirm(booking.name()));
  advance(30min);
  v1::ListBusyTimesRequest request;
  request.set_parent("sites/-");
  *request.mutable_start_time() = at(-24h);
  *request.mutable_end_time() = at(24h);
  const auto answer = call(site_->benches, &Benches::list_busy_times, kestrel_, request);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->busy_times_size(), 1);
  EXPECT_GT(answer->busy_times(0).start_time().seconds(), at(-15min).seconds());
}

TEST_F(BusyTimesTest, ATooLongLookIsRefused) {
  EXPECT_EQ(busy(volant_, 24h * 63).error().reason, Reason::InvalidArgument);
  EXPECT_EQ(busy(volant_, -1h).error().reason, Reason::InvalidArgument);
}

}  // namespace
}  // namespace benchd::site
