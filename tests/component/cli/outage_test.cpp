#include <gmock/gmock.h>

#include "cli/local_time.hpp"
#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using testing::HasSubstr;

class OutageCommand : public Benchctl {
 protected:
  OutageCommand() {
    site_.list_benches = [](const v1::ListBenchesRequest&, v1::ListBenchesResponse& response) {
      response.add_benches()->set_name(kBench);
      return grpc::Status::OK;
    };
    site_.list_bookings = [](const v1::ListBookingsRequest& request,
                             v1::ListBookingsResponse& response) {
      EXPECT_EQ(request.parent(), "tenants/-");
      response.add_bookings()->set_name(kBooking);
      return grpc::Status::OK;
    };
    site_.create_outage = [this](const v1::CreateOutageRequest& request,
                                 v1::CreateOutageResponse& response) {
      asked_ = request;
      put_outage(*response.mutable_outage());
      v1::AffectedBooking& booking = *response.add_affected_bookings();
      booking.set_booking(kBooking);
      booking.set_state("DISPLACED");
      booking.set_choice(v1::OVERLAP_CHOICE_DISPLACE);
      return grpc::Status::OK;
    };
    site_.list_outages = [](const v1::ListOutagesRequest&, v1::ListOutagesResponse& response) {
      put_outage(*response.add_outages());
      return grpc::Status::OK;
    };
  }
  ~OutageCommand() override { site_.shut_down(); }

  static void put_outage(v1::Outage& outage) {
    outage.set_name("sites/delft/outages/o-7f3a2kqd5xw4mnrt6yhb2cvzea");
    outage.add_benches(kBench);
    outage.set_state(v1::OUTAGE_STATE_PLANNED);
    outage.set_title("calibration");
  }

  v1::CreateOutageRequest asked_;
};

TEST_F(OutageCommand, AsksForTheTimeAndTellsWhatBecameOfEachBooking) {
  EXPECT_EQ(run({"outage", "create", "thrust-1", "--at", "2026-11-30T08:00:00Z", "--for", "4h",
                 "--title", "calibration", "--displace", "b-7f3a"}),
            kExitOk)
      << err();
  EXPECT_EQ(asked_.parent(), "sites/-");
  ASSERT_EQ(asked_.benches_size(), 1);
  EXPECT_EQ(asked_.benches(0), kBench);
  EXPECT_EQ(asked_.end_time().seconds() - asked_.start_time().seconds(), 4 * 3600);
  EXPECT_EQ(asked_.title(), "calibration");
  ASSERT_EQ(asked_.choices_size(), 1);
  EXPECT_EQ(asked_.choices(0).booking(), kBooking);
  EXPECT_EQ(asked_.choices(0).choice(), v1::OVERLAP_CHOICE_DISPLACE);
  EXPECT_EQ(asked_.other_bookings(), v1::OVERLAP_CHOICE_UNSPECIFIED) << "others refuse";
  EXPECT_THAT(out(), HasSubstr(std::string(kBooking)));
  EXPECT_THAT(out(), HasSubstr("displaced"));
  EXPECT_THAT(err(), HasSubstr("benchctl outage end o-7f3a2k"));
}

TEST_F(OutageCommand, WithoutABeginItBeginsNow) {
  EXPECT_EQ(run({"outage", "create", "thrust-1", "--for", "2h", "--around-all", "-n"}), kExitOk)
      << err();
  EXPECT_FALSE(asked_.has_start_time());
  EXPECT_TRUE(asked_.validate_only());
  EXPECT_EQ(asked_.other_bookings(), v1::OVERLAP_CHOICE_SHRINK);
  EXPECT_THAT(out(), HasSubstr("Would take out of use: thrust-1"));
}

TEST_F(OutageCommand, HowLongMustBeSaidOnce) {
  EXPECT_EQ(run({"outage", "create", "thrust-1"}), kExitUsage);
  EXPECT_EQ(run({"outage", "create", "thrust-1", "--for", "2h", "--until", "12:00"}), kExitUsage);
  EXPECT_EQ(run({"outage", "create", "thrust-1", "--for", "2h", "--displace-all", "--around-all"}),
            kExitUsage);
}

TEST_F(OutageCommand, ARefusalListsTheBookingsAndTheNextStep) {
  site_.create_outage = [](const v1::CreateOutageRequest&, v1::CreateOutageResponse&) {
    return to_status({grpc::StatusCode::FAILED_PRECONDITION,
                      "OUTAGE_REFUSED",
                      "1 booking is in the way of the outage",
                      {{kBooking, "CONFIRMED, refuses the outage"}},
                      {},
                      {}});
  };
  EXPECT_EQ(run({"outage", "create", "thrust-1", "--for", "2h"}), kExitRefused);
  EXPECT_THAT(err(), HasSubstr("b-7f3a2k: CONFIRMED, refuses the outage"));
  EXPECT_THAT(err(), HasSubstr("--displace BOOKING"));
}

TEST_F(OutageCommand, EndsTheOneWhoseNameBeginsSo) {
  std::string asked;
  site_.end_outage = [&asked](const v1::EndOutageRequest& request,
                              v1::EndOutageResponse& response) {
    asked = request.name();
    put_outage(*response.mutable_outage());
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"outage", "end", "o-7f3a"}), kExitOk) << err();
  EXPECT_EQ(asked, "sites/delft/outages/o-7f3a2kqd5xw4mnrt6yhb2cvzea");
  EXPECT_THAT(out(), HasSubstr("Ended outage o-7f3a2k"));
}

TEST_F(OutageCommand, ListsThemForPeopleAndPrograms) {
  EXPECT_EQ(run({"outage", "list"}), kExitOk) << err();
  EXPECT_THAT(out(), HasSubstr("calibration"));
  EXPECT_THAT(out(), HasSubstr("PLANNED"));
}

TEST_F(OutageCommand, QuarantineTellsWhatTheReadingsProve) {
  v1::QuarantineBenchRequest asked;
  site_.quarantine_bench = [&asked](const v1::QuarantineBenchRequest& request,
                                    v1::QuarantineBenchResponse& response) {
    asked = request;
    response.mutable_bench()->set_name(kBench);
    response.mutable_proof()->set_bench(kBench);
    response.mutable_proof()->set_proved(true);
    return grpc::Status::OK;
  };
  describe_bench();
  EXPECT_EQ(run({"bench", "quarantine", "thrust-1", "smells"}), kExitOk) << err();
  EXPECT_EQ(asked.message(), "smells");
  EXPECT_THAT(out(), HasSubstr("Out of use: thrust-1"));
  EXPECT_THAT(out(), HasSubstr("thrust-1 safe"));
  EXPECT_THAT(err(), HasSubstr("benchctl bench release thrust-1"));
}

}  // namespace
}  // namespace benchd::cli
