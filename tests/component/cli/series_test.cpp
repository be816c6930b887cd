#include <gmock/gmock.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kFirst = 1795683600;  // Thu 26 Nov 2026, 09:00 UTC
constexpr std::int64_t kWeek = 7 * 24 * 3600;
constexpr const char* kSeries = "tenants/volant/series/s-7f3a2kqd5xw4mnrt6yhb2cvzea";

class BenchctlSeries : public Benchctl {
 protected:
  BenchctlSeries() {
    setenv("TZ", "UTC", 1);
    tzset();
    test_.now =
        UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}} + std::chrono::hours(9);
    site_.list_benches = [](const auto&, v1::ListBenchesResponse& response) {
      response.add_benches()->set_name(kBench);
      return grpc::Status::OK;
    };
    site_.list_bookings = [](const auto&, v1::ListBookingsResponse& response) {
      response.add_bookings()->set_name(kBooking);
      return grpc::Status::OK;
    };
    site_.get_booking = [](const auto&, v1::GetBookingResponse& response) {
      *response.mutable_booking() = booking(0);
      return grpc::Status::OK;
    };
    site_.create_booking_series = [this](const v1::CreateBookingSeriesRequest& request,
                                         v1::CreateBookingSeriesResponse& response) {
      create_ = request;
      for (int week = 0; week < 2; ++week) *response.add_bookings() = booking(week);
      auto& skipped = *response.add_skipped();
      skipped.mutable_start_time()->set_seconds(kFirst + 2 * kWeek);
      skipped.set_message("The time is taken.");
      return grpc::Status::OK;
    };
    site_.cancel_booking_series = [this](const v1::CancelBookingSeriesRequest& request,
                                         v1::CancelBookingSeriesResponse& response) {
      cancel_ = request;
      cancelled_ += request.validate_only() ? 0 : 1;
      for (int week = 0; week < 2; ++week) *response.add_bookings() = booking(week);
      return grpc::Status::OK;
    };
  }
  static v1::Booking booking(int week) {
    v1::Booking booking;
    booking.set_name(kBooking);
    booking.add_benches(kBench);
    booking.set_series(kSeries);
    booking.mutable_start_time()->set_seconds(kFirst + week * kWeek);
    booking.mutable_end_time()->set_seconds(kFirst + week * kWeek + 3600);
    return booking;
  }

  v1::CreateBookingSeriesRequest create_;
  v1::CancelBookingSeriesRequest cancel_;
  int cancelled_ = 0;
};

TEST_F(BenchctlSeries, WhatRepeatsIsBookedAsASeriesAndEachDateIsTold) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00", "--for", "1h", "--repeat",
                 "weekly", "--times", "3", "--skip-conflicting"}),
            kExitOk);
  EXPECT_EQ(create_.recurrence(), "FREQ=WEEKLY;COUNT=3");
  EXPECT_TRUE(create_.skip_conflicting());
  EXPECT_EQ(create_.booking().start_time().seconds(), kFirst);
  EXPECT_THAT(out(), HasSubstr("Booked thrust-1, 2 times:\n"
                               "  b-7f3a2k  Thu 26 Nov 09:00–10:00\n"
                               "  b-7f3a2k  Thu 3 Dec 09:00–10:00\n"
                               "  not Thu 10 Dec 09:00: The time is taken.\n"));
}

TEST_F(BenchctlSeries, HowOftenItRepeatsMustBeSaid) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00", "--for", "1h", "--repeat",
                 "weekly"}),
            kExitUsage);
  EXPECT_THAT(err(), HasSubstr("give --times 10"));
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00", "--for", "1h", "--repeat",
                 "FREQ=DAILY;UNTIL=20261224"}),
            kExitOk);
  EXPECT_EQ(create_.recurrence(), "FREQ=DAILY;UNTIL=20261224");
}

TEST_F(BenchctlSeries, TheRestOfASeriesIsGivenUpAfterASecondLook) {
  on_terminal();
  typing("n\n");
  EXPECT_EQ(run({"booking", "cancel", "b-7f3a", "--series"}), kExitCancelled);
  EXPECT_EQ(cancelled_, 0);
  EXPECT_THAT(err(), HasSubstr("2 bookings?"));
  EXPECT_EQ(run({"booking", "cancel", "b-7f3a", "--series", "--yes"}), kExitOk);
  EXPECT_EQ(cancelled_, 1);
  EXPECT_EQ(cancel_.name(), kSeries);
  EXPECT_EQ(cancel_.from_time().seconds(), kFirst);
}

}  // namespace
}  // namespace benchd::cli
