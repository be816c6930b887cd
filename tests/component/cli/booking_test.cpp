#include <chrono>
#include <cstdlib>
#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class BenchctlBooking : public Benchctl {
 protected:
  BenchctlBooking() {
    setenv("TZ", "UTC", 1);
    tzset();
    test_.now =
        UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}} + std::chrono::hours(9);
    site_.list_benches = [](const auto&, v1::ListBenchesResponse& response) {
      response.add_benches()->set_name(kBench);
      return grpc::Status::OK;
    };
    site_.find_slots = [this](const v1::FindSlotsRequest& request,
                              v1::FindSlotsResponse& response) {
      find_ = request;
      for (int i = 0; i < 2; ++i) {
        v1::Slot& slot = *response.add_slots();
        slot.set_bench(kBench);
        slot.add_benches(kBench);
        slot.set_layout("guard-22in");
        slot.add_layouts("guard-22in");
        slot.mutable_start_time()->set_seconds(1795683600 + i * 7200);  // Thu 26 Nov 09:00 UTC
        slot.mutable_end_time()->set_seconds(1795683600 + i * 7200 + 3600);
      }
      return grpc::Status::OK;
    };
    site_.create_booking = [this](const v1::CreateBookingRequest& request,
                                  v1::CreateBookingResponse& response) {
      ++created_;
      create_ = request;
      v1::Booking& booking = *response.mutable_booking();
      booking.set_name(kBooking);
      *booking.mutable_benches() = request.benches();
      *booking.mutable_start_time() = request.start_time();
      *booking.mutable_end_time() = request.end_time();
      response.add_tasks("bring 4×M3");
      return grpc::Status::OK;
    };
  }

  v1::FindSlotsRequest find_;
  v1::CreateBookingRequest create_;
  int created_ = 0;
};

TEST_F(BenchctlBooking, WithoutAStartItOffersSlotsAndBooksTheChosenOne) {
  on_terminal();
  typing("2\n");
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h", "--on", "Thu"}), kExitOk);
  EXPECT_THAT(err(), HasSubstr("  1  thrust-1/guard-22in  Thu 26 Nov 09:00–10:00"));
  EXPECT_EQ(create_.start_time().seconds(), 1795683600 + 7200);
  EXPECT_THAT(create_.layouts(), ElementsAre("guard-22in"));
  EXPECT_THAT(out(), HasSubstr("Booked b-7f3a2k: thrust-1, Thu 26 Nov 11:00–12:00"));
  EXPECT_THAT(out(), HasSubstr("To do: bring 4×M3"));
  EXPECT_THAT(err(), HasSubstr("Next: benchctl booking setup b-7f3a2k"));
}

constexpr std::int64_t kThursday = 1795651200;  // 26 Nov 2026, 00:00 UTC
constexpr std::int64_t kHour = 3600;

TEST_F(BenchctlBooking, ADayIsLookedThroughFromTheMorningOn) {
  EXPECT_EQ(run({"slot", "find", "thrust-1", "--for", "1h", "--on", "Thu"}), kExitOk);
  EXPECT_EQ(find_.earliest_time().seconds(), kThursday + 8 * kHour);
  EXPECT_EQ(find_.latest_time().seconds(), kThursday + 24 * kHour);
}

TEST_F(BenchctlBooking, ADayWithNothingFreeFromTheMorningOnIsLookedThroughWhole) {
  std::vector<std::int64_t> begins;
  site_.find_slots = [&begins](const v1::FindSlotsRequest& request, v1::FindSlotsResponse&) {
    begins.push_back(request.earliest_time().seconds());
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"slot", "find", "thrust-1", "--for", "1h", "--on", "Thu"}), kExitOk);
  EXPECT_THAT(begins, ElementsAre(kThursday + 8 * kHour, kThursday));
}

TEST_F(BenchctlBooking, UnattendedWorkMayBeginAtAnyHourOfTheDay) {
  EXPECT_EQ(run({"slot", "find", "thrust-1", "--for", "1h", "--on", "Thu", "--unattended"}),
            kExitOk);
  EXPECT_EQ(find_.earliest_time().seconds(), kThursday);
}

TEST_F(BenchctlBooking, ATimeThatHasPassedIsRefusedBeforeAnythingIsLookedFor) {
  for (const char* verb : {"find", "create"}) {
    test_.err.str("");
    const std::string noun = std::string(verb) == "find" ? "slot" : "booking";
    EXPECT_EQ(run({noun, verb, "--for", "1h", "--at", "2026-11-24 08:00"}), kExitUsage);
    EXPECT_THAT(err(), HasSubstr("in the past, at Tue 24 Nov 08:00 (SLOT_IN_PAST)")) << verb;
  }
  EXPECT_FALSE(find_.has_duration());
}

TEST_F(BenchctlBooking, SeveralBenchesThatAreFreeTogetherAreBookedTogether) {
  const std::string other = "sites/delft/benches/thrust-2";
  site_.find_slots = [&](const v1::FindSlotsRequest& request, v1::FindSlotsResponse& response) {
    find_ = request;
    v1::Slot& slot = *response.add_slots();
    slot.set_bench(kBench);
    slot.add_benches(kBench);
    slot.add_benches(other);
    slot.add_layouts("guard-22in");
    slot.add_layouts("open");
    slot.mutable_start_time()->set_seconds(kThursday + 9 * kHour);
    slot.mutable_end_time()->set_seconds(kThursday + 10 * kHour);
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"booking", "create", "--kind", "thrust-stand", "--together", "2", "--for", "1h",
                 "--on", "Thu", "--yes"}),
            kExitOk);
  EXPECT_EQ(find_.bench_count(), 2);
  EXPECT_THAT(create_.benches(), ElementsAre(kBench, other));
  EXPECT_THAT(create_.layouts(), ElementsAre("guard-22in", "open"));
  EXPECT_THAT(err(), HasSubstr("  1  thrust-1/guard-22in, thrust-2/open  Thu 26 Nov 09:00–10:00"));
}

TEST_F(BenchctlBooking, WhoeverWaitsIsToldForWhat) {
  v1::JoinWaitlistRequest join;
  site_.join_waitlist = [&](const v1::JoinWaitlistRequest& request,
                            v1::JoinWaitlistResponse& response) {
    join = request;
    v1::Booking& booking = *response.mutable_booking();
    booking.set_name(kBooking);
    booking.set_state(v1::BOOKING_STATE_WAITLISTED);
    booking.mutable_wait()->add_benches(kBench);
    booking.mutable_wait()->mutable_duration()->set_seconds(kHour);
    booking.mutable_start_time()->set_seconds(kThursday + 8 * kHour);
    booking.mutable_end_time()->set_seconds(kThursday + 12 * kHour);
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"slot", "wait", "thrust-1", "--for", "1h", "--on", "Thu", "--from", "08:00",
                 "--until", "12:00", "--accept"}),
            kExitOk);
  EXPECT_TRUE(join.auto_accept());
  EXPECT_EQ(join.wish().earliest_time().seconds(), kThursday + 8 * kHour);
  EXPECT_EQ(join.wish().latest_time().seconds(), kThursday + 12 * kHour);
  EXPECT_THAT(out(), HasSubstr("b-7f3a2k waits for 1 h of thrust-1, within Thu 26 Nov "
                               "08:00–12:00"));
}

TEST_F(BenchctlBooking, FreeTimesAreLookedForInTheLayoutThatIsWished) {
  EXPECT_EQ(run({"slot", "find", "--for", "1h", "--layout", "pusher"}), kExitOk);
  EXPECT_EQ(find_.layout(), "pusher");
}

TEST_F(BenchctlBooking, TimesAfterTheOneThatIsWishedAreSaidToBeOthers) {
  EXPECT_EQ(run({"slot", "find", "thrust-1", "--for", "1h", "--at", "Wed 09:00"}), kExitOk);
  EXPECT_THAT(err(), HasSubstr("Not free at that time"));
  test_.err.str("");
  EXPECT_EQ(run({"slot", "find", "thrust-1", "--for", "1h", "--at", "Thu 09:00"}), kExitOk);
  EXPECT_THAT(err(), Not(HasSubstr("Not free at that time")));
}

TEST_F(BenchctlBooking, FromAndUntilAreTimesOfTheDayThatIsGiven) {
  EXPECT_EQ(run({"slot", "find", "thrust-1", "--for", "1h", "--on", "Thu", "--from", "06:00",
                 "--until", "13:00"}),
            kExitOk);
  EXPECT_EQ(find_.earliest_time().seconds(), kThursday + 6 * kHour);
  EXPECT_EQ(find_.latest_time().seconds(), kThursday + 13 * kHour);
}

TEST_F(BenchctlBooking, ABenchThatCannotDoTheTestIsNamedWithReasonAndNextStep) {
  site_.find_slots = [](const v1::FindSlotsRequest&, v1::FindSlotsResponse& response) {
    v1::UnfitBench& unfit = *response.add_unfit_benches();
    unfit.set_bench(kBench);
    unfit.set_reason("OUT_OF_RANGE");
    unfit.set_message("supply_voltage is set to 60 V, above 52 V (volts = 60 V)");
    response.add_diagnostics()->set_message(unfit.message());
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--now", "--sequence",
                 "sites/delft/sequences/hold", "--param", "volts=60 V"}),
            kExitUsage);
  EXPECT_EQ(
      err(),
      "error: thrust-1 does not fit: supply_voltage is set to 60 V, above 52 V (volts = 60 V) "
      "(OUT_OF_RANGE)\n"
      "hint: Change it, or the parameter that it comes from; the message names the range.\n"
      "hint: `benchctl sequence show hold` lists the parameters with units and ranges\n");
  EXPECT_EQ(created_, 0);
}

TEST_F(BenchctlBooking, ARemarkAboutTheSequenceIsShownOnce) {
  const auto remark = [](v1::Diagnostic& diagnostic) {
    diagnostic.set_severity(v1::SEVERITY_WARNING);
    diagnostic.set_message("a person must be there for 5 min");
  };
  const auto find = site_.find_slots;
  site_.find_slots = [&](const v1::FindSlotsRequest& request, v1::FindSlotsResponse& response) {
    remark(*response.add_diagnostics());
    return find(request, response);
  };
  const auto create = site_.create_booking;
  site_.create_booking = [&](const v1::CreateBookingRequest& request,
                             v1::CreateBookingResponse& response) {
    remark(*response.add_diagnostics());
    return create(request, response);
  };
  const std::string line = "warning: a person must be there for 5 min\n";
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h", "--yes"}), kExitOk);
  EXPECT_EQ(err().find(line), err().rfind(line)) << err();
  test_.err.str("");
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h", "--at", "Thu 09:00"}), kExitOk);
  EXPECT_THAT(err(), HasSubstr(line));
}

TEST_F(BenchctlBooking, AnyOtherAnswerBooksNothing) {
  on_terminal();
  for (const char* answer : {"\n", "n\n", "3\n", "0\n", "maybe\n"}) {
    typing(answer);
    EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h"}), kExitCancelled) << answer;
  }
  EXPECT_EQ(created_, 0);
}

TEST_F(BenchctlBooking, APipeIsNeverAsked) {
  typing("y\n");
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h"}), kExitUsage);
  EXPECT_EQ(created_, 0);
  EXPECT_THAT(err(), HasSubstr("--yes"));
}

TEST_F(BenchctlBooking, NoInputForbidsAskingOnATerminal) {
  on_terminal();
  typing("y\n");
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h", "--no-input"}), kExitUsage);
  EXPECT_EQ(created_, 0);
}

TEST_F(BenchctlBooking, YesTakesTheFirstSlot) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--for", "1h", "--yes"}), kExitOk);
  EXPECT_EQ(create_.start_time().seconds(), 1795683600);
}

TEST_F(BenchctlBooking, BenchAndStartAreBookedWithoutAsking) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "2026-11-26 09:00", "--for", "1h",
                 "--unattended"}),
            kExitOk);
  EXPECT_EQ(create_.start_time().seconds(), 1795683600);
  EXPECT_EQ(create_.duration().seconds(), 3600);
  EXPECT_EQ(create_.attendance(), v1::ATTENDANCE_UNATTENDED);
}

TEST_F(BenchctlBooking, NowIsRefusedWithTheNextFreeTimeWhenTheBenchIsBusy) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--now", "--for", "1h"}), kExitRefused);
  EXPECT_EQ(created_, 0);
  EXPECT_THAT(err(), HasSubstr("next free: thrust-1 Thu 26 Nov 09:00–10:00"));
}

TEST_F(BenchctlBooking, TheLayoutThatIsAskedForIsBookedAlsoWhereTheTimeIsFound) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--on", "Thu", "--for", "1h", "--layout",
                 "pusher", "--yes"}),
            kExitOk);
  ASSERT_EQ(create_.layouts_size(), 1);
  EXPECT_EQ(create_.layouts(0), "pusher");
}

TEST_F(BenchctlBooking, DryRunAsksTheServerToChangeNothing) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00", "--for", "1h", "-n"}),
            kExitOk);
  EXPECT_TRUE(create_.validate_only());
  EXPECT_THAT(out(), HasSubstr("Would book"));
}

TEST_F(BenchctlBooking, LengthIsNeededWithoutASequence) {
  EXPECT_EQ(run({"booking", "create", "thrust-1", "--at", "Thu 09:00"}), kExitUsage);
  EXPECT_THAT(err(), HasSubstr("--for 1h"));
}

class BenchctlSetup : public Benchctl {
 protected:
  BenchctlSetup() {
    site_.confirm_setup = [this](const v1::ConfirmSetupRequest& request,
                                 v1::ConfirmSetupResponse& response) {
      bool mounted = answered_before_;
      for (const v1::SetupAnswer& answer : request.answers()) mounted = answer.confirmed();
      if (!request.validate_only()) answers_ = request.answers_size();
      v1::SetupRecord& record = *response.mutable_setup_record();
      record.set_booking(kBooking);
      response.mutable_booking()->set_name(kBooking);
      response.mutable_booking()->add_benches(kBench);
      v1::SetupItemResult& reading = *record.add_items();
      reading.mutable_item()->set_id("supply_off");
      reading.mutable_item()->set_title("supply off");
      reading.mutable_item()->set_kind(v1::SETUP_ITEM_KIND_READING);
      reading.mutable_reading()->set_value(0.02);
      reading.mutable_reading()->set_unit("V");
      reading.mutable_reading()->set_quality(v1::QUALITY_GOOD);
      reading.set_confirmed(supply_is_off_);
      v1::SetupItemResult& question = *record.add_items();
      question.mutable_item()->set_id("dut_mounted");
      question.mutable_item()->set_title("m35 mounted?");
      question.mutable_item()->set_kind(v1::SETUP_ITEM_KIND_QUESTION);
      question.set_confirmed(mounted);
      record.set_complete(mounted && supply_is_off_);
      if (!supply_is_off_) record.add_missing_items("supply_off");
      if (!mounted) record.add_missing_items("dut_mounted");
      return grpc::Status::OK;
    };
    site_.arm = [this](const v1::ArmRequest&, v1::ArmResponse& response) {
      armed_ = true;
      response.mutable_booking()->set_name(kBooking);
      response.mutable_arm_time()->set_seconds(1795683600);
      return grpc::Status::OK;
    };
  }

  int answers_ = 0;
  bool answered_before_ = false;
  bool supply_is_off_ = true;
  bool armed_ = false;
};

TEST_F(BenchctlSetup, AsksOnlyWhatTheBenchCannotReadAndArms) {
  on_terminal();
  typing("y\n");
  EXPECT_EQ(run({"booking", "setup", kBooking}), kExitOk);
  EXPECT_EQ(answers_, 1);
  EXPECT_TRUE(armed_);
  EXPECT_THAT(out(), HasSubstr("supply off: 0.02 V ✔read"));
  EXPECT_THAT(out(), HasSubstr("Armed "));
}

TEST_F(BenchctlSetup, ANoLeavesTheBenchUnarmedAndSaysWhatIsMissing) {
  on_terminal();
  typing("n\n");
  EXPECT_EQ(run({"booking", "setup", kBooking}), kExitRefused);
  EXPECT_FALSE(armed_);
  EXPECT_THAT(err(), HasSubstr("missing: dut_mounted"));
}

TEST_F(BenchctlSetup, AnswersCanBeGivenByFlag) {
  EXPECT_EQ(run({"booking", "setup", kBooking, "--answer", "dut_mounted=yes"}), kExitOk);
  EXPECT_TRUE(armed_);
}

TEST_F(BenchctlSetup, TakesTheShortNameOfTheBooking) {
  site_.list_bookings = [](const auto&, v1::ListBookingsResponse& response) {
    response.add_bookings()->set_name(kBooking);
    return grpc::Status::OK;
  };
  const std::string name = kBooking;
  const std::string id = name.substr(name.rfind('/') + 1);
  EXPECT_EQ(run({"booking", "setup", id, "--answer", "dut_mounted=yes"}), kExitOk) << err();
  EXPECT_TRUE(armed_);
}

TEST_F(BenchctlSetup, ANoTakesAnEarlierYesBack) {
  answered_before_ = true;
  EXPECT_EQ(run({"booking", "setup", kBooking, "--answer", "dut_mounted=no"}), kExitRefused);
  EXPECT_FALSE(armed_);
}

TEST_F(BenchctlSetup, AnAnswerToAnUnknownItemNamesTheClosest) {
  EXPECT_EQ(run({"booking", "setup", kBooking, "--answer", "dut_monted=yes"}), kExitUsage);
  EXPECT_THAT(err(), HasSubstr("dut_mounted"));
  EXPECT_FALSE(armed_);
}

TEST_F(BenchctlSetup, DryRunSaysWhatIsReadAskedAndArmedAndDoesNothing) {
  describe_bench();
  EXPECT_EQ(run({"booking", "setup", kBooking, "-n"}), kExitOk);
  EXPECT_EQ(answers_, 0);
  EXPECT_FALSE(armed_);
  EXPECT_EQ(out(),
            "supply off: 0.02 V ✔read\n"
            "Would ask: m35 mounted?\n"
            "Would arm thrust-1 once that is confirmed\n");
}

TEST_F(BenchctlSetup, DryRunTakesAnswersThatAreGivenIntoAccount) {
  describe_bench();
  EXPECT_EQ(run({"booking", "setup", kBooking, "-n", "--answer", "dut_mounted=yes"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("m35 mounted? ✔\nWould arm thrust-1\n"));
  test_.out.str("");
  EXPECT_EQ(run({"booking", "setup", kBooking, "-n", "--answer", "dut_mounted=no"}), kExitRefused);
  EXPECT_THAT(err(), HasSubstr("missing: dut_mounted"));
  EXPECT_THAT(out(), Not(HasSubstr("Would arm")));
  EXPECT_EQ(answers_, 0);
}

TEST_F(BenchctlSetup, DryRunIsRefusedForWhatTheRealOneWouldBe) {
  describe_bench();
  supply_is_off_ = false;
  EXPECT_EQ(run({"booking", "setup", kBooking, "-n"}), kExitRefused);
  EXPECT_THAT(err(), HasSubstr("the setup would not be complete (SETUP_INCOMPLETE)\n"
                               "  missing: supply_off\n"));
  supply_is_off_ = true;
  v1::InterlockStatus& door = *bench_.mutable_status()->add_interlocks();
  door.set_id("door");
  test_.err.str("");
  EXPECT_EQ(run({"booking", "setup", kBooking, "-n"}), kExitRefused);
  EXPECT_THAT(err(), HasSubstr("interlock door of thrust-1 is open"));
}

class BenchctlRelease : public Benchctl {
 protected:
  BenchctlRelease() {
    site_.get_booking = [](const auto&, v1::GetBookingResponse& response) {
      response.mutable_booking()->set_name(kBooking);
      response.mutable_booking()->add_benches(kBench);
      return grpc::Status::OK;
    };
    site_.release_booking = [](const auto&, v1::ReleaseBookingResponse& response) {
      response.mutable_booking()->set_name(kBooking);
      return grpc::Status::OK;
    };
    site_.list_runs = [this](const v1::ListRunsRequest& request, v1::ListRunsResponse& response) {
      EXPECT_EQ(request.parent(), "tenants/volant");
      EXPECT_EQ(request.booking(), kBooking);
      if (has_run_) response.add_runs()->set_name(kRun);
      return grpc::Status::OK;
    };
  }

  bool has_run_ = true;
};

TEST_F(BenchctlRelease, NamesTheResultsOfABookingWithRuns) {
  EXPECT_EQ(run({"booking", "release", kBooking, "--removed"}), kExitOk);
  EXPECT_THAT(err(), HasSubstr("Next: benchctl result get b-7f3a2k --out DIR"));
}

TEST_F(BenchctlRelease, SaysThatThereAreNoResultsWhereNothingWasRun) {
  has_run_ = false;
  EXPECT_EQ(run({"booking", "release", kBooking, "--removed"}), kExitOk);
  EXPECT_THAT(err(), HasSubstr("Nothing was run, so there are no results."));
  EXPECT_THAT(err(), Not(HasSubstr("result get")));
}

}  // namespace
}  // namespace benchd::cli
