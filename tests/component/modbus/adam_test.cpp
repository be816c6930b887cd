// The profile of the ADAM-6050 against the simulated one, with its faults.
#include <gtest/gtest.h>

#include "plugins/modbus/driver.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/support/simulator_process.hpp"

namespace benchd::plugin::modbus {
namespace {

using test::soon;
using namespace std::chrono_literals;

class AdamTest : public testing::Test {
 protected:
  AdamTest() { driver_ = make(setup()); }

  v1::Setup setup() {
    return test::setup_with_profile(test::local(bench_.adam_port()), "adam-6050");
  }
  static std::unique_ptr<Driver> make(const v1::Setup& setup) {
    auto made = make_driver(setup);
    EXPECT_TRUE(made) << test::message_of(made);
    return made ? std::move(*made) : nullptr;
  }
  void open() {
    ASSERT_DONE(driver_->identify(soon()));
    ASSERT_DONE(driver_->open(soon()));
  }
  double value(const std::string& signal) {
    const auto readings = test::read(*driver_, {signal});
    EXPECT_TRUE(readings) << test::message_of(readings);
    return readings ? readings->front().value : -1.0;
  }
  int requests() { return bench_.state().at("instruments").at("adam").at("requests").get<int>(); }

  test::SimulatorProcess bench_;
  std::unique_ptr<Driver> driver_;
};

TEST_F(AdamTest, IdentifyAndOpenWriteNothing) {
  bench_.mark();
  open();
  EXPECT_TRUE(bench_.writes_since_mark().empty());
}

TEST_F(AdamTest, AllInputsComeWithOneRequest) {
  open();
  const int before = requests();
  const auto readings = test::read(*driver_, {"di4", "di0", "di1", "di2", "di3"});
  ASSERT_DONE(readings);
  EXPECT_EQ(requests() - before, 1);
  EXPECT_EQ((*readings)[0].value, 0.0);  // contactor open
  EXPECT_EQ((*readings)[1].value, 1.0);  // loops closed
}

TEST_F(AdamTest, AnEmergencyStopIsSeenOnBothLoops) {
  open();
  bench_.set({{"estop", true}});
  EXPECT_EQ(value("di0"), 0.0);
  EXPECT_EQ(value("di1"), 0.0);
}

TEST_F(AdamTest, AnOutputIsWrittenAndReadBack) {
  open();
  const auto done = driver_->write("do0", 1.0, soon());
  ASSERT_DONE(done);
  EXPECT_EQ(**done, 1.0);
  EXPECT_TRUE(bench_.state().at("relay").get<bool>());
  EXPECT_EQ(value("do0"), 1.0);
}

TEST_F(AdamTest, AnInputCannotBeWritten) {
  open();
  EXPECT_EQ(test::reason_of(driver_->write("di0", 1.0, soon())), reason::kInvalidArgument);
}

TEST_F(AdamTest, MakeSafeSwitchesAllOutputsOffAtOnceAndProvesIt) {
  open();
  for (const char* output : {"do0", "do3", "do5"}) {
    ASSERT_DONE(driver_->write(output, 1.0, soon()));
  }
  const int before = requests();
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_EQ(requests() - before, 2);
  EXPECT_FALSE(bench_.state().at("relay").get<bool>());
  for (int i = 0; i < 6; ++i) EXPECT_EQ(value("do" + std::to_string(i)), 0.0);
}

TEST_F(AdamTest, MakeSafeConnectsByItself) {
  open();
  ASSERT_DONE(driver_->write("do0", 1.0, soon()));
  driver_->close(soon());
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_FALSE(bench_.state().at("relay").get<bool>());
}

TEST_F(AdamTest, MakeSafeTriesAgainAfterABusyReplyAndAfterALostConnection) {
  for (const char* fault : {"exception", "reset", "close", "garbage", "wrong_id", "empty"}) {
    ASSERT_DONE(driver_->identify(soon()));
    ASSERT_DONE(driver_->write("do0", 1.0, soon()));
    bench_.fault("adam", fault, {{"count", 1}});
    EXPECT_DONE(driver_->make_safe("", soon()));
    EXPECT_FALSE(bench_.state().at("relay").get<bool>()) << fault;
  }
}

TEST_F(AdamTest, ABusyModuleIsARefusalInWords) {
  open();
  bench_.fault("adam", "exception", {{"code", 6}});
  const auto done = driver_->write("do0", 1.0, soon());
  EXPECT_EQ(test::reason_of(done), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(done).find("busy"), std::string::npos);
}

TEST_F(AdamTest, ASilentModuleIsATimeoutAndMustBeIdentifiedAgain) {
  open();
  bench_.fault("adam", "silent");
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"di0"}, soon(100ms))), reason::kDeviceTimeout);
  bench_.clear_faults();
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"di0"})), reason::kDeviceLost);
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_TRUE(found->reconnected);
  EXPECT_EQ(value("di0"), 1.0);
}

TEST_F(AdamTest, RepliesByteByByteAndTwiceAreReadAsUsual) {
  open();
  bench_.fault("adam", "split", {{"gap_s", 0.0005}});
  EXPECT_EQ(value("di0"), 1.0);
  bench_.clear_faults();
  bench_.fault("adam", "duplicate", {{"count", 1}});
  EXPECT_EQ(value("di0"), 1.0);
  EXPECT_EQ(value("di4"), 0.0);
}

TEST_F(AdamTest, AReplyThatIsHeldBackIsNotTakenForTheNextOne) {
  open();
  bench_.fault("adam", "stale");
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"di0"}, soon(100ms))), reason::kDeviceTimeout);
  ASSERT_DONE(driver_->identify(soon()));
  EXPECT_EQ(value("di4"), 0.0);
}

TEST_F(AdamTest, TheHostIdleFailSafeIsSetOnlyWhereTheStationFileAsksForIt) {
  v1::Setup wanted = setup();
  test::add_setting(wanted, "host_idle", "true");
  driver_ = make(wanted);
  open();
  EXPECT_EQ(value("host_idle_enable"), 1.0);
  EXPECT_EQ(value("host_idle_time"), 2.0);
}

TEST_F(AdamTest, AnUnknownSettingIsRefusedWithASuggestion) {
  v1::Setup wanted = setup();
  test::add_setting(wanted, "host_idel", "true");
  const auto made = make_driver(wanted);
  ASSERT_EQ(test::reason_of(made), reason::kConfigInvalid);
  EXPECT_NE(test::message_of(made).find("Did you mean 'host_idle'?"), std::string::npos);
}

}  // namespace
}  // namespace benchd::plugin::modbus
