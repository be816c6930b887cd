#include <atomic>

#include "tests/unit/plugin_sdk/support.hpp"

namespace benchd::plugin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

v1::Setup with_heartbeats(std::chrono::nanoseconds idle, std::chrono::nanoseconds armed) {
  v1::Setup setup = fake_setup();
  setup.set_idle_heartbeat_ns(idle.count());
  setup.set_armed_heartbeat_ns(armed.count());
  return setup;
}

// The calls from the first write or make_safe on.
std::vector<std::string> last_calls(const FakeInstrument& instrument, std::size_t count) {
  auto calls = instrument.calls();
  std::erase(calls, "read");
  std::erase(calls, "check");
  return {calls.end() - static_cast<std::ptrdiff_t>(std::min(count, calls.size())), calls.end()};
}

TEST(DeadManTest, EndOfFileCarriesOutTheSafeProfileAndEndsTheSession) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  session.start_and_open();
  session.ask(session.profile_request({{"out", 0.0}, {"v", 2.0}}));
  session.write({{"v", 40.0}, {"out", 1.0}});
  session.hang_up();
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::StationLost);
  EXPECT_THAT(last_calls(instrument, 4),
              ElementsAre("write output 0", "write voltage 2", "make_safe", "close"));
}

TEST(DeadManTest, ThreeMissedHeartbeatsWhileArmedMakeTheDeviceSafe) {
  FakeInstrument instrument;
  Session session(instrument.factory(), with_heartbeats(20s, 20ms));
  session.start_and_open();
  ASSERT_THAT(session.ask(session.profile_request({{"out", 0.0}}, true)), Succeeds());
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::StationLost);
  EXPECT_TRUE(session.wait_for_event(v1::DeviceEvent::KIND_DEAD_MAN));
  EXPECT_THAT(last_calls(instrument, 3), ElementsAre("write output 0", "make_safe", "close"));
}

TEST(DeadManTest, TheIdleIntervalCountsWhileNothingIsArmed) {
  FakeInstrument instrument;
  Session session(instrument.factory(), with_heartbeats(20s, 1ms));
  session.start_and_open();
  ASSERT_THAT(session.ask(session.profile_request({{"out", 0.0}}, false)), Succeeds());
  EXPECT_THAT(session.read({"v"}), Succeeds());
}

TEST(DeadManTest, HeartbeatsAreAnsweredByTheThreadThatTalksToTheDevice) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  session.start_and_open();
  session.heartbeat(1);
  ASSERT_TRUE(session.wait_for_heartbeat(1));
  instrument.hold("read");
  v1::SessionRequest read;
  read.mutable_read()->add_channels("v");
  const auto id = session.send(read);
  ASSERT_TRUE(instrument.wait_for("read"));
  session.heartbeat(2);
  instrument.release();
  EXPECT_THAT(session.answer_to(id), Succeeds());
  EXPECT_TRUE(session.wait_for_heartbeat(2));
}

TEST(DeadManTest, AMakeSafeWithPausesAnswersHeartbeatsMeanwhile) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  session.start_and_open();
  auto profile = session.profile_request({{"out", 0.0}});
  profile.mutable_safe_profile()->mutable_steps(0)->set_delay_ns(
      std::chrono::nanoseconds(300ms).count());
  ASSERT_THAT(session.ask(profile), Succeeds());
  const auto safe = session.send(session.make_safe_request());
  session.heartbeat(1);
  EXPECT_TRUE(session.wait_for_heartbeat(1));
  EXPECT_EQ(instrument.count("write output 0"), 0);
  EXPECT_TRUE(session.answer_to(safe).safe_report().complete());
}

TEST(DeadManTest, ADriverThatHangsIsReportedAndLetsHeartbeatsFail) {
  FakeInstrument instrument;
  Session session(instrument.factory(), with_heartbeats(20ms, 20ms),
                  {.on_hopeless = [&] { instrument.release(); }});
  session.start_and_open();
  instrument.hold("read");
  v1::SessionRequest read;
  read.mutable_read()->add_channels("v");
  session.send(read);
  const auto lost = session.wait_for_event(v1::DeviceEvent::KIND_LOST);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->reason(), reason::kDeviceTimeout);
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::StationLost);
}

TEST(DeadManTest, AStationLostWhileTheDriverHangsIsHopeless) {
  FakeInstrument instrument;
  std::atomic<bool> hopeless = false;
  Session session(instrument.factory(), with_heartbeats(100ms, 100ms), {.on_hopeless = [&] {
                    hopeless = true;
                    instrument.release();
                  }});
  session.start_and_open();
  instrument.hold("read");
  v1::SessionRequest read;
  read.mutable_read()->add_channels("v");
  session.send(read);
  ASSERT_TRUE(instrument.wait_for("read"));
  session.hang_up();
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::StationLost);
  EXPECT_TRUE(hopeless);
}

TEST(DeadManTest, ShorterHeartbeatsCountFromTheMomentTheyAreAgreed) {
  FakeInstrument instrument;
  Session session(instrument.factory(), with_heartbeats(20s, 50ms),
                  {.on_hopeless = [&] { instrument.release(); }});
  session.start_and_open();
  ASSERT_THAT(session.ask(session.profile_request({{"out", 0.0}}, true)), Succeeds());
  instrument.hold("read");
  v1::SessionRequest read;
  read.mutable_read()->add_channels("v");
  session.send(read);
  EXPECT_TRUE(session.wait_for_event(v1::DeviceEvent::KIND_LOST));
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::StationLost);
}

TEST(DeadManTest, KeepAliveIsCalledOnlyWhileTheStationIsThere) {
  FakeInstrument instrument;
  instrument.describe([](Description& description) { description.own_watchdog = 40ms; });
  Session session(instrument.factory(), fake_setup());
  session.start_and_open();
  EXPECT_TRUE(instrument.wait_for("keep_alive", 2));
}

TEST(DeadManTest, CloseMakesTheDeviceSafeFirst) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  session.start_and_open();
  session.ask(session.profile_request({{"out", 0.0}}));
  EXPECT_THAT(session.close(), Succeeds());
  EXPECT_EQ(session.wait_for_end(), detail::SessionEnd::Closed);
  EXPECT_THAT(last_calls(instrument, 3), ElementsAre("write output 0", "make_safe", "close"));
}

}  // namespace
}  // namespace benchd::plugin::testing
