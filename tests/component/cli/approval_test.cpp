#include <gmock/gmock.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kStart = 1795683600;    // Thu 26 Nov 2026, 09:00 UTC
constexpr std::int64_t kExpires = 1795680000;  // 08:00

class BenchctlApproval : public Benchctl {
 protected:
  BenchctlApproval() {
    setenv("TZ", "UTC", 1);
    tzset();
    test_.now =
        UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}} + std::chrono::hours(9);
    site_.list_benches = [](const auto&, v1::ListBenchesResponse& response) {
      response.add_benches()->set_name(kBench);
      return grpc::Status::OK;
    };
    site_.list_bookings = [this](const v1::ListBookingsRequest& request,
                                 v1::ListBookingsResponse& response) {
      list_ = request;
      put_booking(*response.add_bookings(), v1::BOOKING_STATE_REQUESTED);
      return grpc::Status::OK;
    };
    site_.get_booking = [](const auto&, v1::GetBookingResponse& response) {
      put_booking(*response.mutable_booking(), v1::BOOKING_STATE_REQUESTED);
      return grpc::Status::OK;
    };
    site_.approve_booking = [this](const v1::ApproveBookingRequest& request,
                                   v1::ApproveBookingResponse& response) {
      approve_ = request;
      put_booking(*response.mutable_booking(), v1::BOOKING_STATE_CONFIRMED);
      return grpc::Status::OK;
    };
    site_.reject_booking = [this](const v1::RejectBookingRequest& request,
                                  v1::RejectBookingResponse& response) {
      reject_ = request;
      put_booking(*response.mutable_booking(), v1::BOOKING_STATE_REJECTED);
      return grpc::Status::OK;
    };
  }
  ~BenchctlApproval() override { site_.shut_down(); }

  static void put_booking(v1::Booking& booking, v1::BookingState state) {
    booking.set_name(kBooking);
    booking.set_state(state);
    booking.add_benches(kBench);
    booking.set_member("tenants/volant/members/mia");
    booking.mutable_start_time()->set_seconds(kStart);
    booking.mutable_end_time()->set_seconds(kStart + 3600);
    booking.set_etag("e7");
    if (state != v1::BOOKING_STATE_REQUESTED) return;
    booking.mutable_expire_time()->set_seconds(kExpires);
  }
  int run_as_staff(std::vector<std::string> words) {
    words.insert(words.end(), {"--address", site_.address()});
    return run_benchctl(words, test_.io);
  }

  v1::ListBookingsRequest list_;
  v1::ApproveBookingRequest approve_;
  v1::RejectBookingRequest reject_;
};

TEST_F(BenchctlApproval, ApprovingSaysWhoGetsWhatAndMeansWhatWasRead) {
  on_terminal();
  EXPECT_EQ(run_as_staff({"booking", "approve", "b-7f3a"}), kExitOk) << err();
  EXPECT_EQ(approve_.name(), kBooking);
  EXPECT_EQ(approve_.etag(), "e7");
  EXPECT_FALSE(approve_.validate_only());
  EXPECT_THAT(out(), HasSubstr("Approved b-7f3a2k of volant/mia: thrust-1, Thu 26 Nov 09:00–10:00, "
                               "attended"));
}

TEST_F(BenchctlApproval, ADryRunOnlyAsks) {
  on_terminal();
  EXPECT_EQ(run_as_staff({"booking", "approve", "b-7f3a", "-n"}), kExitOk) << err();
  EXPECT_TRUE(approve_.validate_only());
  EXPECT_THAT(out(), HasSubstr("Would approve b-7f3a2k"));
}

TEST_F(BenchctlApproval, RejectingNeedsAReason) {
  on_terminal();
  EXPECT_EQ(run_as_staff({"booking", "reject", "b-7f3a"}), kExitUsage);
  EXPECT_EQ(run_as_staff({"booking", "reject", "b-7f3a", "--reason", "not cleared for 6S"}),
            kExitOk)
      << err();
  EXPECT_EQ(reject_.reason(), "not cleared for 6S");
  EXPECT_EQ(reject_.etag(), "e7");
  EXPECT_THAT(out(), HasSubstr("Rejected b-7f3a2k of volant/mia"));
}

TEST_F(BenchctlApproval, StaffListWhatWaitsOfAllTenantsWithWhoAsks) {
  on_terminal();
  EXPECT_EQ(run_as_staff({"booking", "list", "--state", "requested"}), kExitOk) << err();
  EXPECT_EQ(list_.parent(), "tenants/-");
  EXPECT_EQ(list_.state(), v1::BOOKING_STATE_REQUESTED);
  EXPECT_THAT(out(), HasSubstr("volant/mia"));
  EXPECT_THAT(out(), Not(HasSubstr("SEQUENCE")));
  EXPECT_EQ(run({"booking", "list", "--state", "COMPLETED"}), kExitOk) << err();
  EXPECT_EQ(list_.parent(), "tenants/volant");
  EXPECT_FALSE(list_.active_only()) << "the state is asked for";
  EXPECT_EQ(run({"booking", "list", "--state", "requestd"}), kExitUsage);
  EXPECT_THAT(err(), HasSubstr("REQUESTED"));
}

TEST_F(BenchctlApproval, WhoBooksIsToldThatItWaitsAndUntilWhen) {
  on_terminal();
  site_.create_booking = [](const v1::CreateBookingRequest&, v1::CreateBookingResponse& response) {
    put_booking(*response.mutable_booking(), v1::BOOKING_STATE_REQUESTED);
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00", "--for", "1h"}), kExitOk)
      << err();
  EXPECT_THAT(out(), HasSubstr("Asked for b-7f3a2k: thrust-1, Thu 26 Nov 09:00–10:00"));
  EXPECT_THAT(err(), HasSubstr("waits for an approval of the site, until Thu 26 Nov 08:00"));
  EXPECT_THAT(err(), HasSubstr("Next: benchctl booking wait b-7f3a2k --for CONFIRMED"));
  EXPECT_THAT(err(), Not(HasSubstr("booking setup")));
}

TEST_F(BenchctlApproval, ShowingABookingAndABenchTellsOfTheApproval) {
  on_terminal();
  EXPECT_EQ(run({"booking", "show", "b-7f3a"}), kExitOk) << err();
  EXPECT_THAT(out(), HasSubstr("waits for an approval, until Thu 26 Nov 08:00"));
  describe_bench();
  bench_.mutable_bench()->set_needs_approval(true);
  EXPECT_EQ(run({"bench", "show", "thrust-1"}), kExitOk) << err();
  EXPECT_THAT(out(), HasSubstr("approval   bookings wait for one of the site"));
}

TEST_F(BenchctlApproval, CompletionOffersWhatWaits) {
  EXPECT_EQ(run_benchctl({"__complete", "--address", site_.address(), "booking", "approve", "b-"},
                         test_.io),
            kExitOk);
  EXPECT_THAT(out(), HasSubstr("b-7f3a2k\n"));
  EXPECT_EQ(list_.state(), v1::BOOKING_STATE_REQUESTED);
  EXPECT_EQ(run_benchctl({"__complete", "booking", "list", "--state", "RE"}, test_.io), kExitOk);
  EXPECT_THAT(out(), HasSubstr("REQUESTED\nREJECTED\n"));
}

}  // namespace
}  // namespace benchd::cli
