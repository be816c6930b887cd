#include "tests/unit/plugin_sdk/support.hpp"

namespace benchd::plugin::testing {
namespace {

class DisturbanceTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(session_.start_and_open(), Succeeds()); }

  FakeInstrument instrument_;
  Session session_{instrument_.factory(), fake_setup()};
};

TEST_F(DisturbanceTest, ALostDeviceIsLookedForAndNothingIsWrittenUntilItIsOpenedAgain) {
  instrument_.fail("read", "DEVICE_LOST");
  instrument_.fail("identify", "DEVICE_LOST");
  EXPECT_THAT(session_.read({"v"}), FailsWith(reason::kDeviceLost));
  ASSERT_TRUE(session_.wait_for_event(v1::DeviceEvent::KIND_LOST));
  EXPECT_THAT(session_.write({{"v", 1.0}}), FailsWith(reason::kDeviceLost));

  instrument_.fail("read", "");
  instrument_.fail("identify", "");
  ASSERT_TRUE(session_.wait_for_event(v1::DeviceEvent::KIND_FOUND));
  EXPECT_THAT(session_.write({{"v", 1.0}}), FailsWith(reason::kBenchNotArmed));
  EXPECT_EQ(instrument_.count("open"), 1);
  ASSERT_THAT(session_.open(), Succeeds());
  EXPECT_THAT(session_.write({{"v", 1.0}}), Succeeds());
}

TEST_F(DisturbanceTest, AfterATimeoutTheDeviceIsIdentifiedBeforeTheNextRequest) {
  instrument_.describe([](Description& description) { description.reconnected = false; });
  instrument_.fail("read", "DEVICE_TIMEOUT");
  EXPECT_THAT(session_.read({"v"}), FailsWith(reason::kDeviceTimeout));
  instrument_.fail("read", "");
  EXPECT_THAT(session_.read({"v"}), Succeeds());
  EXPECT_EQ(instrument_.count("identify"), 2);
  EXPECT_EQ(session_.events(v1::DeviceEvent::KIND_LOST), 0);
  EXPECT_THAT(session_.write({{"v", 1.0}}), Succeeds());
}

TEST_F(DisturbanceTest, ATimeoutThatEndsInANewConnectionIsALoss) {
  instrument_.fail("read", "DEVICE_TIMEOUT");
  EXPECT_THAT(session_.read({"v"}), FailsWith(reason::kDeviceTimeout));
  ASSERT_TRUE(session_.wait_for_event(v1::DeviceEvent::KIND_LOST));
  ASSERT_TRUE(session_.wait_for_event(v1::DeviceEvent::KIND_FOUND));
  EXPECT_THAT(session_.write({{"v", 1.0}}), FailsWith(reason::kBenchNotArmed));
}

TEST_F(DisturbanceTest, AnotherSerialNumberIsNotTheSameDevice) {
  instrument_.fail("read", "DEVICE_LOST");
  instrument_.describe([](Description& description) { description.serial = "0002"; });
  EXPECT_THAT(session_.read({"v"}), FailsWith(reason::kDeviceLost));
  ASSERT_TRUE(instrument_.wait_for("identify", 3));
  EXPECT_THAT(session_.open(), FailsWith(reason::kIdentityMismatch));
  EXPECT_EQ(session_.events(v1::DeviceEvent::KIND_FOUND), 0);
  EXPECT_FALSE(session_.make_safe().safe_report().complete());
  EXPECT_EQ(instrument_.count("make_safe"), 0) << "nothing is written to another instrument";
}

TEST_F(DisturbanceTest, ARefusedCommandLeavesTheDeviceOpen) {
  instrument_.fail("write", "DEVICE_REFUSED");
  EXPECT_THAT(session_.write({{"v", 1.0}}), FailsWith(reason::kDeviceRefused));
  instrument_.fail("write", "");
  EXPECT_THAT(session_.write({{"v", 1.0}}), Succeeds());
}

TEST_F(DisturbanceTest, AnExceptionOfTheDriverIsAnErrorAndNothingMore) {
  instrument_.fail("read", "throw");
  EXPECT_THAT(session_.read({"v"}), FailsWith(reason::kInternal));
  instrument_.fail("read", "");
  EXPECT_THAT(session_.read({"v"}), Succeeds());
}

TEST_F(DisturbanceTest, MakeSafeStillReachesALostDeviceAndSaysWhatFailed) {
  instrument_.fail("read", "DEVICE_LOST");
  instrument_.fail("identify", "DEVICE_LOST");
  EXPECT_THAT(session_.read({"v"}), FailsWith(reason::kDeviceLost));
  const auto report = session_.make_safe().safe_report();
  EXPECT_FALSE(report.complete());
  EXPECT_EQ(instrument_.count("make_safe"), 1);
}

TEST_F(DisturbanceTest, AFaultIsReportedOnceWhileItIsLatched) {
  instrument_.set_faults({{"over-voltage protection tripped"}});
  const auto event = session_.wait_for_event(v1::DeviceEvent::KIND_FAULT);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->message(), "over-voltage protection tripped");
  ASSERT_TRUE(instrument_.wait_for("check", instrument_.count("check") + 1));
  EXPECT_THAT(session_.read({"v"}), Succeeds());
  EXPECT_EQ(session_.events(v1::DeviceEvent::KIND_FAULT), 0);
}

TEST_F(DisturbanceTest, ANumberThatIsNoNumberIsBad) {
  instrument_.set_value("voltage", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(session_.read({"v"}).readings().readings(0).quality(), v1::QUALITY_BAD);
}

TEST(IdentityTest, ADeviceThatIsNotThereAtFirstIsFoundLater) {
  FakeInstrument instrument;
  instrument.fail("identify", "DEVICE_LOST");
  Session session(instrument.factory(), fake_setup());
  session.start();
  EXPECT_THAT(session.describe(), FailsWith(reason::kDeviceLost));
  instrument.fail("identify", "");
  EXPECT_TRUE(session.wait_for_event(v1::DeviceEvent::KIND_FOUND));
  EXPECT_THAT(session.open(), Succeeds());
}

TEST(IdentityTest, TheWrongSerialNumberIsRefused) {
  FakeInstrument instrument;
  v1::Setup setup = fake_setup();
  setup.set_expected_serial("4711");
  Session session(instrument.factory(), setup);
  session.start();
  EXPECT_THAT(session.open(), FailsWith(reason::kIdentityMismatch));
  EXPECT_EQ(instrument.count("open"), 0);
}

}  // namespace
}  // namespace benchd::plugin::testing
