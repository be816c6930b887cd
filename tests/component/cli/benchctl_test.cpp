// benchctl against a server whose answers are scripted.
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>

#include <nlohmann/json.hpp>

#include "cli/app.hpp"
#include "cli/exit_code.hpp"
#include "daemon/recording/sha256.hpp"
#include "tests/component/cli/fake_site.hpp"
#include "tests/unit/cli/test_io.hpp"

namespace benchd::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kBooking = "tenants/volant/bookings/b-7f3a2kqd5xw4mnrt6yhb2cvzea";
constexpr const char* kRun = "tenants/volant/runs/r-51xkqd5xw4mnrt6yhb2cvzea7f";
constexpr const char* kBench = "sites/delft/benches/thrust-1";

class Benchctl : public ::testing::Test {
 protected:
  Benchctl() {
    test_.variables = {{"XDG_CONFIG_HOME", "/nonexistent"}, {"XDG_CONFIG_DIRS", "/nonexistent"}};
    test_.io.working_directory = site_.folder();
  }

  // The exit code; what was printed is in out() and err().
  int run(std::vector<std::string> words) {
    words.insert(words.end(), {"--address", site_.address(), "--as", "volant/engineer"});
    return run_benchctl(words, test_.io);
  }
  void on_terminal() {
    test_.io.in_is_terminal = test_.io.out_is_terminal = test_.io.err_is_terminal = true;
    test_.variables["NO_COLOR"] = "1";
  }
  void typing(const std::string& text) { test_.in.str(text); }
  [[nodiscard]] std::string out() const { return test_.out.str(); }
  [[nodiscard]] std::string err() const { return test_.err.str(); }

  FakeSite site_;
  TestIo test_;
};

// --- Errors -------------------------------------------------------------------------------------

class BenchctlErrors : public Benchctl {
 protected:
  int run_into(const FakeError& error) {
    site_.list_bookings = [error](const auto&, auto&) { return to_status(error); };
    return run({"booking", "list"});
  }
};

TEST_F(BenchctlErrors, ShowsMessageReasonViolationsAndTheServersNextStep) {
  const int exit_code = run_into(
      {.code = grpc::StatusCode::FAILED_PRECONDITION,
       .reason = "SETUP_INCOMPLETE",
       .message = "the setup record of b-7f3a lacks 2 items",
       .preconditions = {{"dut_mounted", "nobody has confirmed it"}, {"guard", "reads open"}},
       .help = {"close the guard"}});
  EXPECT_EQ(exit_code, kExitRefused);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(),
            "error: the setup record of b-7f3a lacks 2 items (SETUP_INCOMPLETE)\n"
            "  dut_mounted: nobody has confirmed it\n"
            "  guard: reads open\n"
            "hint: close the guard\n");
}

TEST_F(BenchctlErrors, TakesTheNextStepFromTheTableWhenTheServerSendsNone) {
  run_into({.code = grpc::StatusCode::ALREADY_EXISTS,
            .reason = "SLOT_TAKEN",
            .message = "thrust-1 is taken"});
  EXPECT_THAT(err(), HasSubstr("hint: `benchctl slot find`"));
}

TEST_F(BenchctlErrors, ShowsEachWrongFieldOfTheRequest) {
  const int exit_code = run_into({.code = grpc::StatusCode::INVALID_ARGUMENT,
                                  .reason = "SLOT_TOO_SHORT",
                                  .message = "the booking has no length",
                                  .fields = {{"end_time", "must lie after start_time"}}});
  EXPECT_EQ(exit_code, kExitUsage);
  EXPECT_THAT(err(), HasSubstr("  end_time: must lie after start_time\n"));
}

TEST_F(BenchctlErrors, AReasonOfANewerServerIsShownAsItIs) {
  const int exit_code = run_into({.code = grpc::StatusCode::FAILED_PRECONDITION,
                                  .reason = "QUALIFICATION_EXPIRED",
                                  .message = "your induction has expired"});
  EXPECT_EQ(exit_code, kExitRefused);
  EXPECT_THAT(err(), HasSubstr("(QUALIFICATION_EXPIRED)"));
}

TEST_F(BenchctlErrors, AnErrorWithoutDetailsStillHasItsMessage) {
  site_.list_bookings = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::INTERNAL, "broken");
  };
  EXPECT_EQ(run({"booking", "list"}), kExitFailure);
  EXPECT_EQ(err(), "error: broken\n");
}

// --- Lists and formats --------------------------------------------------------------------------

class BenchctlLists : public Benchctl {
 protected:
  BenchctlLists() {
    site_.list_benches = [](const v1::ListBenchesRequest& request,
                            v1::ListBenchesResponse& response) {
      const bool first = request.page_token().empty();
      v1::Bench& bench = *response.add_benches();
      bench.set_name(first ? kBench : "sites/delft/benches/thrust-2");
      bench.set_kind("thrust-stand");
      bench.set_availability(first ? v1::AVAILABILITY_FREE : v1::AVAILABILITY_BUSY);
      if (first) response.set_next_page_token("more");
      return grpc::Status::OK;
    };
  }
};

TEST_F(BenchctlLists, AllPagesAreOneAnswer) {
  EXPECT_EQ(run({"bench", "list", "-o", "name"}), kExitOk);
  EXPECT_EQ(out(), "sites/delft/benches/thrust-1\nsites/delft/benches/thrust-2\n");
}

TEST_F(BenchctlLists, JsonIsOneDocumentWithoutPageTokens) {
  EXPECT_EQ(run({"bench", "list", "-o", "json"}), kExitOk);
  const auto json = nlohmann::json::parse(out());
  EXPECT_EQ(json["benches"].size(), 2U);
  EXPECT_EQ(json["nextPageToken"], "");
}

TEST_F(BenchctlLists, StateIsAWordNotOnlyAColour) {
  run({"bench", "list"});
  EXPECT_THAT(out(), HasSubstr("thrust-1  thrust-stand  free"));
  EXPECT_THAT(out(), HasSubstr("thrust-2  thrust-stand  busy"));
}

TEST_F(BenchctlLists, APipeGetsNoEscapeSequences) {
  run({"bench", "list"});
  EXPECT_THAT(out() + err(), Not(HasSubstr("\033")));
}

TEST_F(BenchctlLists, ATerminalGetsColourOnStdout) {
  test_.io.out_is_terminal = true;
  run({"bench", "list"});
  EXPECT_THAT(out(), HasSubstr("\033[32mfree"));
}

TEST_F(BenchctlLists, AnEmptyListIsSuccess) {
  site_.list_bookings = [](const auto&, auto&) { return grpc::Status::OK; };
  EXPECT_EQ(run({"booking", "list"}), kExitOk);
  EXPECT_EQ(out(), "");
}

TEST_F(BenchctlLists, TheMemberTravelsAsMetadata) {
  run({"bench", "list"});
  EXPECT_EQ(site_.latest_as(), "volant/engineer");
}

TEST_F(BenchctlLists, CompletionOffersLiveNames) {
  const std::vector<std::string> words = {"__complete", "--address", site_.address(),
                                          "bench",      "show",      "th"};
  EXPECT_EQ(run_benchctl(words, test_.io), kExitOk);
  EXPECT_THAT(out(), HasSubstr("thrust-1\n"));
}

// --- DUTs ---------------------------------------------------------------------------------------

TEST_F(Benchctl, RatingsAreReadAsQuantities) {
  v1::CreateDutRequest seen;
  site_.create_dut = [&seen](const v1::CreateDutRequest& request, v1::CreateDutResponse& response) {
    seen = request;
    *response.mutable_dut() = request.dut();
    response.mutable_dut()->set_name("tenants/volant/duts/m35");
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"dut", "create", "m35", "--max-voltage", "25.2V", "--mass", "180 g"}), kExitOk);
  ASSERT_EQ(seen.dut().ratings_size(), 1);
  EXPECT_EQ(seen.dut().ratings(0).quantity(), "max_voltage");
  EXPECT_DOUBLE_EQ(seen.dut().ratings(0).value(), 25.2);
  EXPECT_EQ(seen.dut().ratings(0).unit(), "V");
  EXPECT_DOUBLE_EQ(seen.dut().mass_kg(), 0.18);
  EXPECT_EQ(seen.request_id().size(), 36U);
  EXPECT_THAT(err(), HasSubstr("Next: benchctl booking create"));
}

TEST_F(Benchctl, AWrongUnitIsRefusedBeforeAnyCall) {
  EXPECT_EQ(run({"dut", "create", "m35", "--mass", "180 V"}), kExitUsage);
}

// --- Booking ------------------------------------------------------------------------------------

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
        slot.set_layout("guard-22in");
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
  EXPECT_EQ(find_.earliest_time().seconds(), 1795651200);  // Thu 00:00
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
      bool mounted = false;
      for (const v1::SetupAnswer& answer : request.answers()) mounted = answer.confirmed();
      if (!request.validate_only()) answers_ = request.answers_size();
      v1::SetupRecord& record = *response.mutable_setup_record();
      record.set_booking(kBooking);
      response.mutable_booking()->set_name(kBooking);
      v1::SetupItemResult& reading = *record.add_items();
      reading.mutable_item()->set_id("supply_off");
      reading.mutable_item()->set_title("supply off");
      reading.mutable_item()->set_kind(v1::SETUP_ITEM_KIND_READING);
      reading.mutable_reading()->set_value(0.02);
      reading.mutable_reading()->set_unit("V");
      reading.mutable_reading()->set_quality(v1::QUALITY_GOOD);
      reading.set_confirmed(true);
      v1::SetupItemResult& question = *record.add_items();
      question.mutable_item()->set_id("dut_mounted");
      question.mutable_item()->set_title("m35 mounted?");
      question.mutable_item()->set_kind(v1::SETUP_ITEM_KIND_QUESTION);
      question.set_confirmed(mounted);
      record.set_complete(mounted);
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

TEST_F(BenchctlSetup, AnAnswerToAnUnknownItemNamesTheClosest) {
  EXPECT_EQ(run({"booking", "setup", kBooking, "--answer", "dut_monted=yes"}), kExitUsage);
  EXPECT_THAT(err(), HasSubstr("dut_mounted"));
  EXPECT_FALSE(armed_);
}

TEST_F(BenchctlSetup, DryRunListsTheItemsAndConfirmsNothing) {
  EXPECT_EQ(run({"booking", "setup", kBooking, "-n"}), kExitOk);
  EXPECT_EQ(answers_, 0);
  EXPECT_FALSE(armed_);
}

// --- Runs ---------------------------------------------------------------------------------------

v1::WatchRunResponse message_of(v1::RunState state, const std::string& cursor) {
  v1::WatchRunResponse message;
  v1::Run& run = *message.mutable_run();
  run.set_name(kRun);
  run.set_state(state);
  run.set_step_number(3);
  run.set_step_count(9);
  run.set_step_title("hold 40 %");
  message.set_cursor(cursor);
  v1::Reading& reading = *message.add_readings();
  reading.set_channel("thrust");
  reading.set_value(5.214);
  reading.set_unit("N");
  reading.set_quality(v1::QUALITY_GOOD);
  return message;
}

v1::WatchRunResponse end_message() {
  v1::WatchRunResponse message = message_of(v1::RUN_STATE_FINISHED, "end");
  message.set_ended(true);
  return message;
}

class BenchctlRun : public Benchctl {
 protected:
  BenchctlRun() {
    site_.start_run = [this](const v1::StartRunRequest& request, v1::StartRunResponse& response) {
      start_ = request;
      response.mutable_run()->set_name(kRun);
      response.mutable_run()->set_attended(attended_);
      return grpc::Status::OK;
    };
    site_.get_run = [this](const v1::GetRunRequest&, v1::GetRunResponse& response) {
      v1::Run& run = *response.mutable_run();
      run.set_name(kRun);
      run.set_state(v1::RUN_STATE_FINISHED);
      run.set_verdict(verdict_);
      v1::MeasurementRow& row = *run.add_measurements();
      v1::ParameterValue& label = *row.add_labels();
      label.set_name("throttle");
      label.set_value("40 %");
      v1::NamedValue& value = *row.add_values();
      value.set_channel("thrust");
      value.set_statistic("mean");
      value.set_value(5.214);
      value.set_unit("N");
      return grpc::Status::OK;
    };
    site_.stop_run = [this](const v1::StopRunRequest& request, v1::StopRunResponse&) {
      const std::lock_guard lock(mutex_);
      stops_.push_back(request.mode());
      changed_.notify_all();
      return grpc::Status::OK;
    };
    site_.watch_run.push_back([](const auto&, auto& writer) {
      v1::WatchRunResponse message = message_of(v1::RUN_STATE_RUNNING, "1");
      v1::RunEvent& event = *message.add_events();
      event.set_kind(v1::RUN_EVENT_KIND_STEP_STARTED);
      event.set_step_number(3);
      event.set_message("hold 40 %");
      writer.Write(message);
      writer.Write(end_message());
      return grpc::Status::OK;
    });
  }

  // Presses Ctrl-C while the run is being watched; the run ends once it is stopped, or at once.
  void press_while_watched(int presses) {
    site_.watch_run.clear();
    site_.watch_run.push_back([this, presses](const auto&, auto& writer) {
      writer.Write(message_of(v1::RUN_STATE_RUNNING, "1"));
      for (int i = 0; i < presses; ++i) test_.interrupts.press();
      if (attended_) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [this] { return !stops_.empty(); });
      }
      writer.Write(end_message());
      return grpc::Status::OK;
    });
  }

  v1::StartRunRequest start_;
  v1::Verdict verdict_ = v1::VERDICT_PASS;
  bool attended_ = true;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::StopMode> stops_;
};

TEST_F(BenchctlRun, StartWatchesToTheEndAndSaysVerdictTableAndNextCommand) {
  EXPECT_EQ(run({"run", "start", kBooking, "--param", "settle=2 s"}), kExitOk);
  EXPECT_EQ(start_.booking(), kBooking);
  EXPECT_EQ(start_.parameters(0).value(), "2 s");
  EXPECT_EQ(start_.request_id().size(), 36U);
  EXPECT_EQ(out(),
            "r-51xkqd PASS\n"
            "ROW  throttle  thrust / N\n"
            "  0      40 %       5.214\n");
  EXPECT_THAT(err(), HasSubstr("Next: benchctl result get r-51xkqd --out DIR\n"));
}

TEST_F(BenchctlRun, VerdictIsTheExitCode) {
  verdict_ = v1::VERDICT_FAIL;
  EXPECT_EQ(run({"run", "start", kBooking}), 30);
}

TEST_F(BenchctlRun, APipeGetsOneLineForEachStepAndNoAnimation) {
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("step 3/9 hold 40 %\n"));
  EXPECT_THAT(err(), Not(HasSubstr("\r")));
  EXPECT_THAT(err(), Not(HasSubstr("\033")));
}

TEST_F(BenchctlRun, ATerminalGetsALiveLine) {
  on_terminal();
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("\r\033[K[3/9] hold 40 %  thrust 5.214 N"));
}

TEST_F(BenchctlRun, TheLiveLineFitsTheTerminal) {
  on_terminal();
  test_.io.err_width = 12;
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("\r\033[K[3/9] hold \r\033[K"));
}

TEST_F(BenchctlRun, JsonOfStartIsOneDocument) {
  run({"run", "start", kBooking, "-o", "json"});
  EXPECT_EQ(nlohmann::json::parse(out())["verdict"], "VERDICT_PASS");
}

TEST_F(BenchctlRun, JsonOfWatchIsOneObjectALine) {
  EXPECT_EQ(run({"run", "watch", kRun, "-o", "json"}), kExitOk);
  std::istringstream lines(out());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(nlohmann::json::parse(line).contains("cursor"));
  }
  EXPECT_EQ(count, 2);
}

TEST_F(BenchctlRun, DetachStartsAndLeaves) {
  EXPECT_EQ(run({"run", "start", kBooking, "--detach"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("Started r-51xkqd"));
  EXPECT_EQ(site_.watch_run.size(), 1U);
}

TEST_F(BenchctlRun, AgainNamesTheEarlierRun) {
  EXPECT_EQ(run({"run", "again", kRun, "--param", "prop=15x5.5"}), kExitOk);
  EXPECT_EQ(start_.again(), kRun);
  EXPECT_EQ(start_.booking(), "");
}

TEST_F(BenchctlRun, FirstCtrlCOnAnAttendedRunAsksForASoftStopAndSaysSo) {
  press_while_watched(1);
  verdict_ = v1::VERDICT_ABORTED;
  EXPECT_EQ(run({"run", "start", kBooking}), kExitBenchError);
  EXPECT_THAT(stops_, ElementsAre(v1::STOP_MODE_SOFT));
  EXPECT_THAT(err(), HasSubstr("Stopping softly: cleanup, then the safe state."));
}

TEST_F(BenchctlRun, SecondCtrlCLeavesAtOnce) {
  press_while_watched(2);
  EXPECT_EQ(run({"run", "start", kBooking}), kExitInterrupted);
  EXPECT_THAT(stops_, ElementsAre(v1::STOP_MODE_SOFT));
}

TEST_F(BenchctlRun, CtrlCOnAnUnattendedRunLetsItGoOnAndSaysSo) {
  attended_ = false;
  press_while_watched(1);
  EXPECT_EQ(run({"run", "start", kBooking}), kExitOk);
  EXPECT_THAT(stops_, IsEmpty());
  EXPECT_THAT(err(), HasSubstr("The run goes on at the bench."));
}

TEST_F(BenchctlRun, CtrlCOfAMereWatcherStopsNothing) {
  attended_ = false;
  press_while_watched(2);
  EXPECT_EQ(run({"run", "watch", kRun}), kExitInterrupted);
  EXPECT_THAT(stops_, IsEmpty());
}

TEST_F(BenchctlRun, ALostConnectionIsToldAndResumedFromTheCursor) {
  std::string resumed_from;
  site_.watch_run.clear();
  site_.watch_run.push_back([](const auto&, auto& writer) {
    writer.Write(message_of(v1::RUN_STATE_RUNNING, "17"));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the site is being upgraded");
  });
  site_.watch_run.push_back([&resumed_from](const v1::WatchRunRequest& request, auto& writer) {
    resumed_from = request.cursor();
    writer.Write(end_message());
    return grpc::Status::OK;
  });
  EXPECT_EQ(run({"run", "start", kBooking}), kExitOk);
  EXPECT_EQ(resumed_from, "17");
  EXPECT_THAT(err(), HasSubstr("the run goes on at the bench; trying again"));
  EXPECT_THAT(err(), HasSubstr("connected again"));
}

TEST_F(BenchctlRun, StoppingTheRunOfAnotherMemberNeedsItsName) {
  site_.get_run = [](const auto&, v1::GetRunResponse& response) {
    response.mutable_run()->set_name(kRun);
    response.mutable_run()->set_member("tenants/volant/members/night-shift");
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"run", "stop", kRun, "--yes"}), kExitUsage);
  EXPECT_THAT(err(), HasSubstr("--confirm=r-51xkqd"));
  EXPECT_THAT(stops_, IsEmpty());
  EXPECT_EQ(run({"run", "stop", kRun, "--confirm=r-51xkqd", "--hard"}), kExitOk);
  EXPECT_THAT(stops_, ElementsAre(v1::STOP_MODE_HARD));
}

// --- Results ------------------------------------------------------------------------------------

class BenchctlResult : public Benchctl {
 protected:
  BenchctlResult() {
    site_.get_result = [this](const auto&, v1::GetResultResponse& response) {
      v1::Result& result = *response.mutable_result();
      result.set_sealed(true);
      v1::ResultFile& file = *result.add_files();
      file.set_format(v1::EXPORT_FORMAT_RAW_CSV);
      file.set_file_name("r-51-samples.csv");
      file.set_sha256(listed_sha256_);
      return grpc::Status::OK;
    };
    site_.export_recording = [this](const auto&, auto& writer) {
      v1::ExportRecordingResponse piece;
      piece.set_file_name(file_name_);
      piece.set_data(content_.substr(0, 5));
      writer.Write(piece);
      piece.Clear();
      piece.set_data(content_.substr(5));
      writer.Write(piece);
      if (breaks_off_) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone");
      piece.Clear();
      piece.set_sha256(sent_sha256_);
      piece.set_size_bytes(static_cast<std::int64_t>(content_.size()));
      writer.Write(piece);
      return grpc::Status::OK;
    };
  }

  // Names of what lies in the folder, hidden files included.
  std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(site_.folder() / folder, ignored)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::string content_ = "time,channel,value\n0,thrust,5.2\n";
  std::string listed_sha256_ = recording::sha256_hex(content_);
  std::string sent_sha256_ = listed_sha256_;
  std::string file_name_ = "r-51-samples.csv";
  bool breaks_off_ = false;
};

TEST_F(BenchctlResult, GetWritesEachFileWholeAndNamesItOnStdout) {
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitOk);
  EXPECT_EQ(out(), "thursday/r-51-samples.csv\n");
  std::ifstream file(site_.folder() / "thursday/r-51-samples.csv");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), content_);
  EXPECT_THAT(files_in("thursday"), ElementsAre("r-51-samples.csv"));
}

TEST_F(BenchctlResult, AFileThatIsDamagedOnItsWayIsNotKept) {
  sent_sha256_ = recording::sha256_hex("something else");
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitFailure);
  EXPECT_THAT(files_in("thursday"), IsEmpty());
}

TEST_F(BenchctlResult, AFileOtherThanTheListedOneIsNotKept) {
  listed_sha256_ = recording::sha256_hex("something else");
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitFailure);
  EXPECT_THAT(files_in("thursday"), IsEmpty());
}

TEST_F(BenchctlResult, AStreamThatBreaksOffLeavesNothing) {
  breaks_off_ = true;
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitUnreachable);
  EXPECT_THAT(files_in("thursday"), IsEmpty());
}

TEST_F(BenchctlResult, AFileNameNeverLeadsOutOfTheFolder) {
  file_name_ = "../stolen.csv";
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitFailure);
  EXPECT_FALSE(std::filesystem::exists(site_.folder() / "stolen.csv"));
}

TEST_F(BenchctlResult, ExportGoesToStdoutAlone) {
  EXPECT_EQ(run({"result", "export", kRun}), kExitOk);
  EXPECT_EQ(out(), content_);
}

}  // namespace
}  // namespace benchd::cli
