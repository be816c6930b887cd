#include <csignal>
#include <iostream>
#include <random>

#include "tests/component/devices/host_fixture.hpp"

namespace benchd::devices::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PluginCrashTest : public HostTest {};

TEST_F(PluginCrashTest, AStoppedPluginMissesItsHeartbeatsAndIsReplaced) {
  start_open_witness();
  ASSERT_TRUE(set_profile(true));
  const pid_t stopped = plugins().front();
  ASSERT_EQ(::kill(stopped, SIGSTOP), 0);
  ASSERT_TRUE(run_until([&] { return !observer_.losses.empty(); }));
  EXPECT_THAT(observer_.losses.front().error.message, HasSubstr("missed three heartbeats"));
  ASSERT_TRUE(run_until([&] { return observer_.founds.size() == 2; }));
  EXPECT_NE(plugins().front(), stopped);
}

TEST_F(PluginCrashTest, AReplacementHasMadeTheDeviceSafeBeforeItIsReportedAndRefusesWrites) {
  start_open_witness();
  ASSERT_TRUE(set_profile(true));
  ASSERT_TRUE(write(50.0));
  ASSERT_EQ(::kill(plugins().front(), SIGKILL), 0);
  ASSERT_TRUE(run_until([&] { return observer_.founds.size() == 2; }));
  ASSERT_TRUE(observer_.founds.back().made_safe);
  EXPECT_TRUE(observer_.founds.back().made_safe->complete());
  EXPECT_THAT(witness(), ElementsAre("open", "write voltage 50", "open", "write output 0",
                                     "write voltage 3", "make_safe"));
  const auto refused = write(1.0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::BenchNotArmed);
  ASSERT_TRUE(open());
  EXPECT_TRUE(write(1.0));
}

TEST_F(PluginCrashTest, AReplacementStillRefusesTheArmNumbersThatItsPredecessorRefused) {
  start_open_witness();
  ASSERT_TRUE(set_profile(true));
  ASSERT_TRUE(make_safe());
  ASSERT_EQ(::kill(plugins().front(), SIGKILL), 0);
  ASSERT_TRUE(run_until([&] { return observer_.founds.size() == 2; }));
  ASSERT_TRUE(open());
  --arm_;
  const auto refused = write(1.0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::ArmStale);
}

TEST_F(PluginCrashTest, TheThirdCrashInTenMinutesLeavesItDownUntilItIsRestarted) {
  start_open_witness();
  for (int i = 0; i < 2; ++i) {
    const auto founds = observer_.founds.size();
    ASSERT_EQ(::kill(plugins().front(), SIGKILL), 0);
    ASSERT_TRUE(run_until([&] { return observer_.founds.size() > founds; }));
  }
  const auto losses = observer_.losses.size();
  ASSERT_EQ(::kill(plugins().front(), SIGKILL), 0);
  ASSERT_TRUE(run_until([&] { return observer_.losses.size() > losses; }));
  EXPECT_EQ(observer_.losses.back().recovery, Recovery::None);
  EXPECT_THAT(observer_.losses.back().error.message, HasSubstr("stays down"));
  EXPECT_FALSE(write(1.0));
  device_->restart();
  EXPECT_TRUE(run_until([&] { return observer_.founds.size() == 4; }));
}

TEST_F(PluginCrashTest, AHundredKillsAtRandomMomentsLeaveOneAnswerForEachRequestAndNoDescriptor) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  start_open_witness();
  ASSERT_TRUE(set_profile(true));
  const std::size_t before = open_descriptors();
  int asked = 0;
  int answered = 0;
  for (int kill = 0; kill < 100; ++kill) {
    const auto founds = observer_.founds.size();
    const auto losses = observer_.losses.size();
    const int requests = std::uniform_int_distribution(0, 10)(random);
    for (int i = 0; i < requests; ++i, ++asked) {
      device_->read({ChannelId("v")}, [&](const Result<v1::Readings>&) { ++answered; });
    }
    const int wait_for = answered + std::uniform_int_distribution(0, requests)(random);
    ASSERT_TRUE(run_until([&] { return answered >= wait_for; }));
    for (const pid_t pid : plugins()) ::kill(pid, SIGKILL);
    ASSERT_TRUE(run_until([&] { return observer_.losses.size() > losses; }));
    if (observer_.losses.back().recovery == Recovery::None) device_->restart();
    ASSERT_TRUE(run_until([&] { return observer_.founds.size() > founds; }));
  }
  EXPECT_TRUE(run_until([&] { return answered == asked; }));
  EXPECT_TRUE(run_until([&] { return open_descriptors() <= before; }));
}

// The requests of a plugin's life at which it may die.
class CrashAtTest : public HostTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(CrashAtTest, TheDeviceIsLostThenFoundAgainAndWhatWasAskedIsAnswered) {
  make_host(GetParam(), true);
  start("hostile");
  bool asked = false;
  int answers = 0;
  int safe = 0;
  const auto crashed_and_found = [&] {
    if (!observer_.founds.empty() && !asked) {
      asked = true;
      device_->open(false, [&](const auto&) { ++answers; });
      device_->read({ChannelId("v")}, [&](const auto&) { ++answers; });
      device_->write({}, [&](const auto&) { ++answers; });
      device_->set_safe_profile({}, [&](const auto&) { ++answers; });
      device_->make_safe("", 2, [&](const auto&) { ++safe; });
    }
    return !observer_.losses.empty() && !observer_.founds.empty() && answers == 4 && safe == 1 &&
           (observer_.founds.back().made_safe.has_value());
  };
  EXPECT_TRUE(run_until(crashed_and_found))
      << observer_.losses.size() << " losses, " << observer_.founds.size() << " founds, " << answers
      << " answers";
  EXPECT_EQ(observer_.losses.front().error.reason, Reason::PluginFailed);
  EXPECT_EQ(observer_.losses.front().recovery, Recovery::Automatic);
}

INSTANTIATE_TEST_SUITE_P(Kills,
                         CrashAtTest,
                         ::testing::Values("crash-hello",
                                           "crash-setup",
                                           "crash-describe",
                                           "crash-open",
                                           "crash-read",
                                           "crash-write",
                                           "crash-safe_profile",
                                           "crash-make_safe",
                                           "crash-heartbeat"));
INSTANTIATE_TEST_SUITE_P(Exits, CrashAtTest, ::testing::Values("exit-setup", "exit-read"));
INSTANTIATE_TEST_SUITE_P(Hangs,
                         CrashAtTest,
                         ::testing::Values("hang-hello",
                                           "hang-setup",
                                           "hang-describe",
                                           "hang-open",
                                           "hang-read",
                                           "hang-write",
                                           "hang-make_safe"));

TEST_F(PluginCrashTest, ACrashInCloseStillCloses) {
  make_host("crash-close");
  start("hostile");
  ASSERT_TRUE(run_until([&] { return !observer_.founds.empty(); }));
  EXPECT_TRUE(close());
  EXPECT_TRUE(plugins().empty());
}

}  // namespace
}  // namespace benchd::devices::test
