#include "plugins/sdk/src/device_lock.hpp"

#include "tests/unit/plugin_sdk/support.hpp"

namespace benchd::plugin::testing {
namespace {

TEST(DeviceLockTest, TwoMastersOfOneAddressNeverMeet) {
  const std::string folder = ::testing::TempDir();
  auto first = detail::DeviceLock::acquire(folder, "tcp://10.0.0.1:5025");
  ASSERT_TRUE(first);
  const auto second = detail::DeviceLock::acquire(folder, "tcp://10.0.0.1:5025");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, reason::kDeviceInUse);
  EXPECT_TRUE(detail::DeviceLock::acquire(folder, "tcp://10.0.0.1:5026"));
}

TEST(DeviceLockTest, TheLockIsFreeAgainWhenItsHolderIsGone) {
  const std::string folder = ::testing::TempDir();
  { ASSERT_TRUE(detail::DeviceLock::acquire(folder, "serial:/dev/ttyUSB0")); }
  EXPECT_TRUE(detail::DeviceLock::acquire(folder, "serial:/dev/ttyUSB0"));
}

TEST(DeviceLockTest, SetupWaitsForADyingPredecessorUntilItsDeadline) {
  v1::Setup setup = fake_setup();
  setup.set_lock_directory(::testing::TempDir());
  setup.set_address("tcp://10.0.0.2:1");
  auto holder = std::make_unique<Result<detail::DeviceLock>>(
      detail::DeviceLock::acquire(setup.lock_directory(), setup.address()));
  ASSERT_TRUE(*holder);
  FakeInstrument instrument;
  Session session(instrument.factory(), setup);
  v1::SessionRequest hello;
  hello.mutable_hello()->set_oldest_version(1);
  hello.mutable_hello()->set_newest_version(1);
  session.ask(hello);
  v1::SessionRequest request;
  *request.mutable_setup() = setup;
  request.mutable_setup()->set_idle_heartbeat_ns(20'000'000'000);
  request.mutable_setup()->set_armed_heartbeat_ns(20'000'000'000);
  const auto id = session.send(request);
  session.heartbeat(1);
  ASSERT_TRUE(session.wait_for_heartbeat(1)) << "heartbeats are answered while it waits";
  holder.reset();
  EXPECT_THAT(session.answer_to(id), Succeeds());
}

}  // namespace
}  // namespace benchd::plugin::testing
