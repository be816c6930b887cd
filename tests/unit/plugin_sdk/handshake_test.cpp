#include "tests/unit/plugin_sdk/support.hpp"

namespace benchd::plugin::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

v1::SessionRequest hello(int oldest, int newest) {
  v1::SessionRequest request;
  request.mutable_hello()->set_oldest_version(oldest);
  request.mutable_hello()->set_newest_version(newest);
  request.mutable_hello()->set_benchd_version("9.9");
  return request;
}

TEST(HandshakeTest, TheNewestVersionThatBothSpeakIsTaken) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  const auto answer = session.ask(hello(0, 7));
  ASSERT_TRUE(answer.has_hello());
  EXPECT_EQ(answer.hello().version(), 1);
  EXPECT_EQ(answer.hello().plugin(), "under-test");
}

TEST(HandshakeTest, AStationOfAnotherVersionIsToldWhatToDoAndTheSessionEnds) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  const auto answer = session.ask(hello(2, 3));
  EXPECT_THAT(answer, FailsWith(reason::kPluginVersion));
  EXPECT_THAT(answer.failure().message(),
              AllOf(HasSubstr("speaks version 1"), HasSubstr("2 to 3"), HasSubstr("Install")));
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::Refused);
}

TEST(HandshakeTest, ARequestBeforeHelloEndsTheSession) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  EXPECT_THAT(session.describe(), FailsWith(reason::kInvalidArgument));
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::Refused);
  EXPECT_THAT(instrument.calls(), ::testing::IsEmpty());
}

TEST(HandshakeTest, ASecondSetupIsRefusedAndChangesNothing) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  ASSERT_THAT(session.start_and_open(), Succeeds());
  v1::SessionRequest again;
  again.mutable_setup()->set_idle_heartbeat_ns(1);
  EXPECT_THAT(session.ask(again), FailsWith(reason::kInvalidArgument));
  EXPECT_THAT(session.read({"v"}), Succeeds());
}

TEST(HandshakeTest, AChannelOfASignalThatTheDeviceLacksIsNamedWhenTheDeviceIsDescribed) {
  FakeInstrument instrument;
  v1::Setup setup = fake_setup();
  *setup.add_channels() = channel("p", "pressure", 0, 1, false);
  Session session(instrument.factory(), setup);
  ASSERT_THAT(session.start(), Succeeds());
  const auto answer = session.describe();
  EXPECT_THAT(answer, FailsWith(reason::kConfigInvalid));
  EXPECT_THAT(answer.failure().message(), HasSubstr("pressure"));
}

TEST(HandshakeTest, AChannelThatIsThereTwiceIsRefused) {
  FakeInstrument instrument;
  v1::Setup setup = fake_setup();
  *setup.add_channels() = setup.channels(0);
  Session session(instrument.factory(), setup);
  EXPECT_THAT(session.start(), FailsWith(reason::kConfigInvalid));
}

TEST(HandshakeTest, AStationThatNeverSpeaksEndsThePluginWithoutTouchingTheDevice) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup(), {.handshake = std::chrono::milliseconds(20)});
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::StationLost);
  EXPECT_THAT(instrument.calls(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace benchd::plugin::testing
