#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BenchctlChannel : public Benchctl {
 protected:
  BenchctlChannel() {
    describe_bench();
    site_.get_booking = [](const auto&, v1::GetBookingResponse& response) {
      response.mutable_booking()->set_name(kBooking);
      response.mutable_booking()->add_benches(kBench);
      return grpc::Status::OK;
    };
    site_.read_channels = [](const auto&, v1::ReadChannelsResponse& response) {
      add_reading(*response.mutable_readings(), "throttle", 20, "%");
      add_reading(*response.mutable_readings(), "guard", 1, "1");
      return grpc::Status::OK;
    };
    site_.write_channels = [this](const v1::WriteChannelsRequest& request,
                                  v1::WriteChannelsResponse& response) {
      write_ = request;
      response.set_run(run_);
      return grpc::Status::OK;
    };
    site_.enter_safe_state = [this](const v1::EnterSafeStateRequest& request,
                                    v1::EnterSafeStateResponse& response) {
      safe_ = request;
      response.set_run(run_);
      if (request.validate_only()) return grpc::Status::OK;
      v1::SafeStateProof& proof = *response.add_proofs();
      proof.set_bench(kBench);
      proof.set_proved(true);
      add_reading(*proof.mutable_readings(), "supply_output", 0, "1");
      return grpc::Status::OK;
    };
  }

  v1::WriteChannelsRequest write_;
  v1::EnterSafeStateRequest safe_;
  std::string run_;
};

TEST_F(BenchctlChannel, ADryRunOfAWriteSaysWhatWouldBeWrittenWhereAndForHowLong) {
  EXPECT_EQ(run({"channel", "write", kBooking, "throttle=20 %", "supply_output=on", "-n"}),
            kExitOk);
  EXPECT_TRUE(write_.validate_only());
  EXPECT_EQ(out(),
            "Would write to thrust-1 in b-7f3a2k: throttle 20 %, supply_output on (a new MANUAL "
            "run; safe state after 10 s without a call)\n");
  EXPECT_EQ(err(), "") << "nothing has been written that could be made safe";
}

TEST_F(BenchctlChannel, ADryRunOfALaterWriteNamesTheRunThatItBelongsTo) {
  run_ = kRun;
  EXPECT_EQ(run({"channel", "write", kBooking, "throttle=5 %", "--dead-man", "30 s", "-n"}),
            kExitOk);
  EXPECT_THAT(out(), HasSubstr("(part of r-51xkqd; safe state after 30 s without a call"));
  EXPECT_THAT(err(), Not(HasSubstr("Recorded")));
}

TEST_F(BenchctlChannel, ADryRunOfTheSafeStateSaysWhichBenchAndWhichRunEnds) {
  run_ = kRun;
  EXPECT_EQ(run({"channel", "safe", kBooking, "-n"}), kExitOk);
  EXPECT_TRUE(safe_.validate_only());
  EXPECT_THAT(out(),
              HasSubstr("Would bring thrust-1 to the safe state in b-7f3a2k and end r-51xkqd"));
  EXPECT_THAT(err(), Not(HasSubstr("Next:"))) << "the run goes on";
}

TEST_F(BenchctlChannel, PeopleReadTheWordOfASwitchAndProgramsItsNumber) {
  EXPECT_EQ(run({"channel", "read", kBooking}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("guard     closed"));
  EXPECT_THAT(out(), HasSubstr("throttle      20  %"));
  test_.out.str("");
  EXPECT_EQ(run({"channel", "read", kBooking, "-o", "csv"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("guard,1,1,GOOD"));
}

TEST_F(BenchctlChannel, ABenchThatCannotBeAskedForHasNumbersForItsSwitches) {
  site_.get_bench = nullptr;
  EXPECT_EQ(run({"channel", "read", kBooking}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("guard         1"));
}

TEST_F(BenchctlChannel, TheProofOfASafeStateHasTheWordsOfSwitches) {
  EXPECT_EQ(run({"channel", "safe", kBooking}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("thrust-1 safe (supply_output off)"));
}

TEST_F(BenchctlChannel, TheNextStepNamesTheBookingThatWasGiven) {
  site_.write_channels = [](const auto&, auto&) {
    return to_status({.code = grpc::StatusCode::FAILED_PRECONDITION,
                      .reason = "BENCH_NOT_ARMED",
                      .message = "The bench is not armed; confirm the setup first.",
                      .help = {std::string(next_step_of(Reason::BenchNotArmed))}});
  };
  EXPECT_EQ(run({"channel", "write", kBooking, "throttle=20 %"}), kExitRefused);
  EXPECT_THAT(err(), HasSubstr("`benchctl booking setup b-7f3a2k`"));
}

TEST_F(BenchctlChannel, AWrongFieldIsNamedAsItsFlag) {
  const std::string message = "dead_man_duration: from 1 s to 60 s";
  site_.write_channels = [&message](const auto&, auto&) {
    return to_status({.code = grpc::StatusCode::INVALID_ARGUMENT,
                      .reason = "INVALID_ARGUMENT",
                      .message = message,
                      .fields = {{"dead_man_duration", "from 1 s to 60 s"}}});
  };
  EXPECT_EQ(run({"channel", "write", kBooking, "throttle=20 %", "--dead-man", "2 min"}),
            kExitUsage);
  EXPECT_THAT(err(), HasSubstr("error: --dead-man: from 1 s to 60 s (INVALID_ARGUMENT)\nhint:"));
}

TEST_F(BenchctlChannel, ATimeOfTheServerIsTheLocalOne) {
  setenv("TZ", "Europe/Amsterdam", 1);
  tzset();
  site_.read_channels = [](const auto&, auto&) {
    return to_status({.code = grpc::StatusCode::FAILED_PRECONDITION,
                      .reason = "BOOKING_NOT_ACTIVE",
                      .message = "The benches are yours from 2026-11-26T08:00:00Z on."});
  };
  run({"channel", "read", kBooking});
  EXPECT_THAT(err(), HasSubstr("The benches are yours from Thu 26 Nov 09:00 on."));
}

TEST_F(BenchctlChannel, ABenchIsShownWithTheWordsOfItsSwitches) {
  v1::Bench& bench = *bench_.mutable_bench();
  bench.mutable_channels(2)->set_safe_value(0);
  v1::SetupItem& item = *bench.add_setup_items();
  item.set_id("guard-closed");
  item.set_kind(v1::SETUP_ITEM_KIND_READING);
  item.set_channel("guard");
  item.set_min(1);
  EXPECT_EQ(run({"bench", "show", kBench}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("guard-closed (read: guard closed)"));
  EXPECT_THAT(out(), ::testing::ContainsRegex("supply_output +off, on +off"));
}

}  // namespace
}  // namespace benchd::cli
