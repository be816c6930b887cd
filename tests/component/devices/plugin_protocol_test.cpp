#include "tests/component/devices/host_fixture.hpp"

namespace benchd::devices::test {
namespace {

using ::testing::HasSubstr;

class PluginProtocolTest : public HostTest {
 protected:
  // Starts the hostile plugin; its first loss.
  Loss first_loss(const std::string& rule) {
    make_host(rule);
    start("hostile");
    if (!run_until([&] { return !observer_.losses.empty(); })) return {};
    return observer_.losses.front();
  }
  // The loss that says that it stays down.
  Loss last_loss(const std::string& rule) {
    make_host(rule);
    start("hostile");
    const auto down = [&] {
      return !observer_.losses.empty() && observer_.losses.back().recovery == Recovery::None;
    };
    if (!run_until(down)) return {};
    return observer_.losses.back();
  }
};

TEST_F(PluginProtocolTest, AVersionThatNobodySpeaksIsRefusedWithWhatToDo) {
  const Loss loss = first_loss("wrong-version");
  EXPECT_EQ(loss.error.reason, Reason::PluginVersion);
  EXPECT_THAT(loss.error.message, HasSubstr("Install the plugin"));
  EXPECT_EQ(loss.recovery, Recovery::None);
}

TEST_F(PluginProtocolTest, APluginThatRefusesTheVersionIsQuoted) {
  const Loss loss = first_loss("refuse-version");
  EXPECT_EQ(loss.error.reason, Reason::PluginVersion);
  EXPECT_THAT(loss.error.message, HasSubstr("speaks version 7 only"));
  EXPECT_EQ(loss.recovery, Recovery::None);
}

TEST_F(PluginProtocolTest, APluginThatExitsAtOnceStaysDownAfterThreeTries) {
  const Loss loss = last_loss("exit-at-once");
  EXPECT_EQ(loss.error.reason, Reason::PluginFailed);
  EXPECT_THAT(loss.error.message, HasSubstr("stays down"));
}

TEST_F(PluginProtocolTest, APluginWithoutHandshakeStaysDown) {
  EXPECT_THAT(last_loss("no-handshake").error.message, HasSubstr("does not shake hands"));
}

TEST_F(PluginProtocolTest, AProcessThatIsNoPluginAtAllStaysDown) {
  EXPECT_EQ(last_loss("no-grpc").error.reason, Reason::PluginFailed);
}

TEST_F(PluginProtocolTest, GarbageOnTheSocketIsACrash) {
  EXPECT_EQ(last_loss("garbage").error.reason, Reason::PluginFailed);
}

TEST_F(PluginProtocolTest, IgnoredHeartbeatsAreACrash) {
  EXPECT_THAT(first_loss("ignore-heartbeats").error.message, HasSubstr("three heartbeats"));
}

TEST_F(PluginProtocolTest, AFloodOfEventsIsACrash) {
  EXPECT_THAT(first_loss("flood-events").error.message, HasSubstr("floods"));
}

TEST_F(PluginProtocolTest, AnswersToNothingAreACrash) {
  EXPECT_THAT(first_loss("unasked-answers").error.message, HasSubstr("protocol"));
}

TEST_F(PluginProtocolTest, SamplesFromTheFutureNeverReachTheStation) {
  EXPECT_THAT(first_loss("bad-samples").error.message, HasSubstr("protocol"));
  EXPECT_TRUE(observer_.batches.empty());
}

TEST_F(PluginProtocolTest, AFloodOfLogLinesCostsNothingButLines) {
  make_host("flood-log");
  start("hostile");
  ASSERT_TRUE(run_until([&] { return !observer_.founds.empty(); }));
  EXPECT_TRUE(open());
}

}  // namespace
}  // namespace benchd::devices::test
