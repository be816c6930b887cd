#include <gmock/gmock.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kBegins = 1795683600;  // Thu 26 Nov 2026, 09:00 UTC
constexpr std::int64_t kOneHour = 3600;

class BenchctlBookingChange : public Benchctl {
 protected:
  BenchctlBookingChange() {
    setenv("TZ", "UTC", 1);
    tzset();
    test_.now =
        UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}} + std::chrono::hours(9);
    site_.get_booking = [](const auto&, v1::GetBookingResponse& response) {
      v1::Booking& booking = *response.mutable_booking();
      booking.set_name(kBooking);
      booking.add_benches(kBench);
      booking.mutable_start_time()->set_seconds(kBegins);
      booking.mutable_end_time()->set_seconds(kBegins + kOneHour);
      booking.set_etag("e7");
      return grpc::Status::OK;
    };
    site_.list_bookings = [](const auto&, v1::ListBookingsResponse& response) {
      response.add_bookings()->set_name(kBooking);
      return grpc::Status::OK;
    };
    site_.update_booking = [this](const v1::UpdateBookingRequest& request,
                                  v1::UpdateBookingResponse& response) {
      update_ = request;
      *response.mutable_booking() = request.booking();
      response.mutable_booking()->add_benches(kBench);
      return grpc::Status::OK;
    };
  }
  [[nodiscard]] std::vector<std::string> mask() const {
    return {update_.update_mask().paths().begin(), update_.update_mask().paths().end()};
  }

  v1::UpdateBookingRequest update_;
};

TEST_F(BenchctlBookingChange, ExtendingMovesTheEndAndNothingElse) {
  EXPECT_EQ(run({"booking", "change", "b-7f3a", "--extend", "30min"}), kExitOk);
  EXPECT_THAT(mask(), ElementsAre("end_time"));
  EXPECT_EQ(update_.booking().end_time().seconds(), kBegins + kOneHour + 1800);
  // Worked out from what was read: it must not have changed since.
  EXPECT_EQ(update_.etag(), "e7");
}

TEST_F(BenchctlBookingChange, AnotherStartWithALengthSetsBothTimes) {
  EXPECT_EQ(run({"booking", "change", "b-7f3a", "--at", "Thu 14:00", "--for", "2h"}), kExitOk);
  EXPECT_THAT(mask(), ElementsAre("start_time", "end_time"));
  EXPECT_EQ(update_.booking().start_time().seconds(), kBegins + 5 * kOneHour);
  EXPECT_EQ(update_.booking().end_time().seconds(), kBegins + 7 * kOneHour);
}

TEST_F(BenchctlBookingChange, AnEmptyTextIsAValueAndALeftOutOneIsNot) {
  EXPECT_EQ(run({"booking", "change", "b-7f3a", "--title", "", "--dut", ""}), kExitOk);
  EXPECT_THAT(mask(), ElementsAre("dut", "title"));
}

TEST_F(BenchctlBookingChange, ToChangeNothingIsAMistakeThatSaysWhatCanBe) {
  EXPECT_EQ(run({"booking", "change", "b-7f3a"}), kExitUsage);
  EXPECT_THAT(err(), HasSubstr("--extend 30min"));
}

TEST_F(BenchctlBookingChange, HeldTimeSaysHowItIsTakenAndWhenItExpires) {
  on_terminal();
  site_.list_benches = [](const auto&, v1::ListBenchesResponse& response) {
    response.add_benches()->set_name(kBench);
    return grpc::Status::OK;
  };
  site_.create_booking = [](const v1::CreateBookingRequest& request,
                            v1::CreateBookingResponse& response) {
    EXPECT_TRUE(request.hold());
    v1::Booking& booking = *response.mutable_booking();
    booking.set_name(kBooking);
    booking.set_state(v1::BOOKING_STATE_HELD);
    booking.add_benches(kBench);
    *booking.mutable_start_time() = request.start_time();
    booking.mutable_end_time()->set_seconds(request.start_time().seconds() + kOneHour);
    booking.mutable_expire_time()->set_seconds(1795511400);  // Tue 24 Nov 2026, 09:10 UTC
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00", "--for", "1h", "--hold"}),
            kExitOk);
  EXPECT_THAT(out(), HasSubstr("Held b-7f3a2k: thrust-1, Thu 26 Nov 09:00–10:00"));
  EXPECT_THAT(err(), HasSubstr("It expires at 09:10."));
  EXPECT_THAT(err(), HasSubstr("Next: benchctl booking confirm b-7f3a2k"));
}

}  // namespace
}  // namespace benchd::cli
