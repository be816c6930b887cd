#include <chrono>
#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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
      if (!request.validate_only()) start_ = request;
      response.mutable_run()->set_name(kRun);
      response.mutable_run()->set_bench(kBench);
      response.mutable_run()->set_attended(attended_);
      return grpc::Status::OK;
    };
    site_.get_run = [this](const v1::GetRunRequest&, v1::GetRunResponse& response) {
      v1::Run& run = *response.mutable_run();
      run.set_name(kRun);
      run.set_state(v1::RUN_STATE_FINISHED);
      run.set_verdict(verdict_);
      run.set_mode(mode_);
      run.set_reason(reason_);
      run.set_booking(kBooking);
      run.set_bench(kBench);
      for (const v1::Check& check : checks_) *run.add_checks() = check;
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

  ~BenchctlRun() override { site_.shut_down(); }

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
  v1::RunMode mode_ = v1::RUN_MODE_UNSPECIFIED;
  std::string reason_;
  std::vector<v1::Check> checks_;
  bool attended_ = true;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::StopMode> stops_;
  bool waited_ = false;
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
  EXPECT_THAT(err(), HasSubstr("\r\033[K[3/9]  thrust 5.21 N  hold 40 %"));
}

TEST_F(BenchctlRun, OnlyWhatIsAmissIsMarkedAsAnAlarm) {
  site_.watch_run.clear();
  site_.watch_run.push_back([](const auto&, auto& writer) {
    v1::WatchRunResponse message = message_of(v1::RUN_STATE_RUNNING, "1");
    v1::RunEvent& calm = *message.add_events();
    calm.set_kind(v1::RUN_EVENT_KIND_ALARM);
    calm.set_severity(v1::SEVERITY_INFO);
    calm.set_message("Safe state, proved by readings.");
    v1::RunEvent& grave = *message.add_events();
    grave.set_kind(v1::RUN_EVENT_KIND_ALARM);
    grave.set_severity(v1::SEVERITY_ERROR);
    grave.set_message("current passed the limit");
    grave.set_reason("LIMIT_TRIPPED");
    writer.Write(message);
    writer.Write(end_message());
    return grpc::Status::OK;
  });
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("  Safe state, proved by readings.\n"));
  EXPECT_THAT(err(), HasSubstr("! current passed the limit (LIMIT_TRIPPED)\n"));
}

TEST_F(BenchctlRun, TheLiveLineFitsTheTerminal) {
  on_terminal();
  test_.io.err_width = 12;
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("\r\033[K[3/9]  thru\r\033[K"));
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

TEST_F(BenchctlRun, AChannelThatTheBenchDoesNotHaveIsRefusedBeforeTheRunStarts) {
  describe_bench();
  EXPECT_EQ(run({"run", "start", kBooking, "--channels", "throttle,gaurd"}), kExitUsage);
  EXPECT_EQ(start_.booking(), "") << "nothing may have been started";
  EXPECT_EQ(err(),
            "error: unknown channel \"gaurd\" (UNKNOWN_CHANNEL)\n"
            "  thrust-1 has throttle, guard, supply_output\n"
            "hint: did you mean \"guard\"?\n");
  EXPECT_EQ(run({"run", "start", kBooking, "--channels", "throttle,guard"}), kExitOk);
  EXPECT_EQ(start_.booking(), kBooking);
}

TEST_F(BenchctlRun, ADryRunRefusesAnUnknownChannelToo) {
  describe_bench();
  EXPECT_EQ(run({"run", "start", kBooking, "--channels", "gaurd", "-n"}), kExitUsage);
}

TEST_F(BenchctlRun, ADryRunNamesNoRunThatCouldBeWatched) {
  EXPECT_EQ(run({"run", "start", kBooking, "--detach", "-n"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("Would start"));
  EXPECT_THAT(err(), Not(HasSubstr("run watch r-")));
}

TEST_F(BenchctlRun, AWatcherIsToldOfAnUnknownChannelToo) {
  describe_bench();
  EXPECT_EQ(run({"run", "watch", kRun, "--channels", "gaurd"}), kExitUsage);
  EXPECT_EQ(site_.watch_run.size(), 1U);
}

TEST_F(BenchctlRun, WhoLeavesAnAttendedRunIsWarnedThatItWillBeStopped) {
  describe_bench();
  EXPECT_EQ(run({"run", "start", kBooking, "--detach"}), kExitOk);
  EXPECT_THAT(err(), HasSubstr("warning: this booking is attended: when nobody has shown presence "
                               "for 1 min, the run is stopped"));
  test_.err.str("");
  attended_ = false;
  EXPECT_EQ(run({"run", "start", kBooking, "--detach"}), kExitOk);
  EXPECT_THAT(err(), Not(HasSubstr("warning")));
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

TEST_F(BenchctlRun, WaitEndsInTheStateWithTheVerdictsExitCode) {
  site_.watch_run.clear();
  site_.watch_run.push_back([](const auto&, auto& writer) {
    writer.Write(message_of(v1::RUN_STATE_RUNNING, "1"));
    v1::WatchRunResponse end = end_message();
    end.mutable_run()->set_verdict(v1::VERDICT_INCONCLUSIVE);
    writer.Write(end);
    return grpc::Status::OK;
  });
  EXPECT_EQ(run({"run", "wait", kRun}), kExitInconclusive);
  EXPECT_EQ(out(), "r-51xkqd FINISHED\n");
}

TEST_F(BenchctlRun, WaitForAStateThatCannotComeAnyMoreFails) {
  EXPECT_EQ(run({"run", "wait", kRun, "--for", "PAUSED"}), kExitFailure);
  EXPECT_THAT(err(), HasSubstr("r-51xkqd is FINISHED"));
}

TEST_F(BenchctlRun, WaitGivesUpAfterItsTimeWithTheCodeOfATimeout) {
  site_.watch_run.clear();
  site_.watch_run.push_back([this](const auto&, auto& writer) {
    writer.Write(message_of(v1::RUN_STATE_RUNNING, "1"));
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [this] { return waited_; });
    return grpc::Status::OK;
  });
  const int exit_code = run({"run", "wait", kRun, "--timeout", "50ms"});
  {
    const std::lock_guard lock(mutex_);
    waited_ = true;
  }
  changed_.notify_all();
  EXPECT_EQ(exit_code, kExitCancelled);
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

TEST_F(BenchctlRun, AtTheEndItSaysHowToRunAgain) {
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("Next: benchctl booking setup b-7f3a2k && benchctl run again "
                               "r-51xkqd  (a run ends disarmed)\n"));
}

TEST_F(BenchctlRun, NobodyIsToldToRunDirectControlAgain) {
  mode_ = v1::RUN_MODE_MANUAL;
  run({"run", "watch", kRun});
  EXPECT_THAT(err(), Not(HasSubstr("run again")));
}

TEST_F(BenchctlRun, AfterAnEmergencyStopItSaysWhoTakesTheBenchBack) {
  verdict_ = v1::VERDICT_ABORTED;
  reason_ = "INTERLOCK_OPEN";
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr("benchctl bench release thrust-1"));
  EXPECT_THAT(err(), Not(HasSubstr("run again")));
}

class BenchctlChecks : public BenchctlRun {
 protected:
  BenchctlChecks() {
    v1::Check& check = checks_.emplace_back();
    check.set_name("thrust");
    check.set_verdict(v1::VERDICT_PASS);
    check.set_value(14.2);
    check.set_unit("N");
    site_.watch_run.clear();
    site_.watch_run.push_back([this](const auto&, auto& writer) {
      v1::WatchRunResponse message = message_of(v1::RUN_STATE_RUNNING, "1");
      *message.add_checks() = checks_.front();
      writer.Write(message);
      writer.Write(end_message());
      return grpc::Status::OK;
    });
  }
  static constexpr const char* kLine = "PASS  thrust: 14.2 N";
};

TEST_F(BenchctlChecks, AreToldOnceInTheResult) {
  run({"run", "start", kBooking});
  EXPECT_THAT(out(), HasSubstr(kLine));
  EXPECT_THAT(err(), Not(HasSubstr(kLine)));
}

TEST_F(BenchctlChecks, AreInTheLiveLineOfATerminalBeforeThatAndLeaveNoLineThere) {
  on_terminal();
  run({"run", "start", kBooking});
  EXPECT_THAT(err(), HasSubstr(std::string("\r\033[K[3/9]  ") + kLine));
  EXPECT_THAT(err(), Not(HasSubstr(std::string("\n  ") + kLine)));
  EXPECT_THAT(out(), HasSubstr(kLine));
}

}  // namespace
}  // namespace benchd::cli
