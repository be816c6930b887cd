// A station that dies, and one that stops.
#include "daemon/recording/recording_reader.hpp"
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class StationRestart : public StationFixture {};

// Carries out at once what it is given, as an idle thread may.
struct ImmediateExecutor {
  asio::execution_context* owner;

  [[nodiscard]] asio::execution_context& query(asio::execution::context_t) const noexcept {
    return *owner;
  }
  static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  template <typename Function>
  void execute(Function function) const {
    std::move(function)();
  }
  friend bool operator==(const ImmediateExecutor& a, const ImmediateExecutor& b) noexcept {
    return a.owner == b.owner;
  }
  friend bool operator!=(const ImmediateExecutor& a, const ImmediateExecutor& b) noexcept {
    return a.owner != b.owner;
  }
};

TEST_F(StationRestart, ADeviceFoundWhileTheOthersAreStillStartedBringsNothingDown) {
  io_ = ImmediateExecutor{&asio::query(loop_.executor(), asio::execution::context)};
  start_of_a_device_ = 100ms;
  start_and_wait_until_ready();
  EXPECT_TRUE(plant_is_safe());
  kill();
}

TEST_F(StationRestart, BringsTheBenchToItsSafeStateBeforeAnythingElse) {
  plant_->values["thrust-1/contactor"] = 1;
  plant_->values["thrust-1/output"] = 1;
  plant_->values["thrust-1/throttle"] = 30;
  plant_->settle(*plant_);
  start_and_wait_until_ready();
  EXPECT_TRUE(plant_is_safe());
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), IsEmpty());
  const auto safe = record_->of(FakeAct::Kind::SafeWrite);
  ASSERT_GE(safe.size(), 3U);
  const auto last = std::vector<FakeAct>(safe.end() - 4, safe.end());
  EXPECT_EQ(last[0].channel, "thrust-1/throttle");
  EXPECT_EQ(last[1].channel, "thrust-1/output");
  EXPECT_EQ(last[2].channel, "thrust-1/contactor");
  EXPECT_EQ(last[3].channel, "thrust-1/voltage");
}

TEST_F(StationRestart, ARunThatWasUnderWayIsInterruptedOnceWithItsSamples) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  loop_.advance(1600ms);
  kill();
  EXPECT_TRUE(plant_is_safe());  // the plugins, alone
  start_and_wait_until_ready();
  loop_.advance(1s);
  ASSERT_THAT(ends(), SizeIs(1));
  EXPECT_TRUE(ends()[0].interrupted());
  EXPECT_EQ(ends()[0].verdict(), link::v1::VERDICT_ERROR);
  EXPECT_EQ(ends()[0].reason(), "RUN_INTERRUPTED");
  EXPECT_GE(ends()[0].segments(), 1);
  const auto events = uplink_.events(EventCase::kRunFinished);
  EXPECT_EQ(events[0].run(), "r-1");
  EXPECT_GE(events[0].elapsed_ns(), Nanoseconds(900ms).count());  // durable within a second
  EXPECT_THAT(uplink_.segments(), SizeIs(static_cast<std::size_t>(ends()[0].segments())));
  kill();
  start_and_wait_until_ready();
  loop_.advance(1s);
  EXPECT_THAT(ends(), SizeIs(1));
}

TEST_F(StationRestart, NeedsSetupAndArmingAgain) {
  make_armed();
  kill();
  start_and_wait_until_ready();
  EXPECT_FALSE(status().armed());
  EXPECT_EQ(arm().reason(), "SETUP_INCOMPLETE");
}

TEST_F(StationRestart, ADeviceThatComesLateIsMadeSafeBeforeItIsUsed) {
  absent_ = {"psb"};
  start();
  loop_.advance(20s);
  EXPECT_FALSE(status().reason().empty());
  device("psb").restart();
  ASSERT_TRUE(loop_.advance_until([&] { return status().reason().empty(); }, 10s))
      << status().DebugString();
  EXPECT_TRUE(status().safe());
  EXPECT_FALSE(status().latched());
}

TEST_F(StationRestart, WhileADeviceIsBeingFoundNoUnprovedSafeStateIsTold) {
  absent_ = {"t7"};  // which measures the proof
  start();
  loop_.advance(20s);
  EXPECT_FALSE(status().safe());
  for (const auto& event : uplink_.events(EventCase::kSafeStateEntered)) {
    EXPECT_TRUE(event.safe_state_entered().report().proved()) << "the site would take it away";
  }
}

TEST_F(StationRestart, ARunIsEndedEvenWhereADeviceNeverComesBack) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  loop_.advance(1s);
  kill();
  absent_ = {"psb"};
  start();
  loop_.advance(40s);
  ASSERT_THAT(ends(), SizeIs(1));
  EXPECT_TRUE(ends()[0].interrupted());
}

TEST_F(StationRestart, AStopMakesSafeEndsTheRunAndClosesTheDevices) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  loop_.advance(1s);
  bool stopped = false;
  station_->stop([&] { stopped = true; });
  ASSERT_TRUE(loop_.advance_until([&] { return stopped; }, 20s));
  EXPECT_TRUE(plant_is_safe());
  ASSERT_THAT(ends(), SizeIs(1));
  EXPECT_TRUE(ends()[0].interrupted());
  EXPECT_TRUE(device("psb").lost());
}

TEST_F(StationRestart, AStationThatStopsTakesNoMoreCommands) {
  make_armed();
  station_->stop([] {});
  EXPECT_EQ(start_run().reason(), "UNAVAILABLE");
}

TEST_F(StationRestart, AStateFileThatIsDamagedIsNotTakenForAnEmptyOne) {
  start_and_wait_until_ready();
  fence_ = 5;
  ASSERT_EQ(assign().reason(), "");
  kill();
  const auto file = directory_.path() / "benches" / "thrust-1.json";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  station::StationParts parts;
  parts.config = config_;
  parts.make_timers = [this](asio::any_io_executor executor) {
    return loop_.make_timers(std::move(executor));
  };
  parts.uplink = &uplink_;
  parts.clock = &loop_.clock();
  parts.io = parts.blocking = loop_.executor();
  parts.state_directory = directory_.path();
  const auto made = station::Station::create(std::move(parts));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::StoreUnusable);
}

}  // namespace
}  // namespace benchd::test
