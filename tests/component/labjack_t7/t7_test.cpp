// The T7 driver against the simulated one, wired to a thrust stand.
#include <gtest/gtest.h>

#include "plugins/labjack_t7/driver.hpp"
#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/modbus_words.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/support/simulator_process.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

using test::soon;
using namespace std::chrono_literals;

class T7Test : public testing::Test {
 protected:
  T7Test() {
    setup_ = test::setup_for(test::local(bench_.t7_port()));
    for (const char* signal : {"AIN0", "AIN2", "AIN4", "AIN5", "AIN6_TEMPERATURE", "DIO1_FREQUENCY",
                               "FIO4", "pwm0", "DAC0"}) {
      test::add_channel(setup_, signal);
    }
    test::add_setting(setup_, "ain0_negative", "AIN1");
    test::add_setting(setup_, "ain2_negative", "AIN3");
    test::add_setting(setup_, "ain6_thermocouple", "K");
    driver_ = make(setup_);
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
  void start_pulses() {
    open();
    ASSERT_DONE(driver_->write("pwm0", 1000.0, soon()));
    ASSERT_DONE(driver_->write("pwm0", 1300.0, soon()));
  }
  RawReading reading(const std::string& signal) {
    const auto readings = test::read(*driver_, {signal});
    EXPECT_TRUE(readings) << test::message_of(readings);
    return readings ? readings->front() : RawReading{};
  }
  bool pulses() {
    const auto us = bench_.state().at("pwm_us");
    return us.is_number() && us.get<double>() > 0.0;
  }
  int requests() { return bench_.state().at("instruments").at("t7").at("requests").get<int>(); }
  std::vector<std::string> written() {
    std::vector<std::string> names;
    for (const auto& write : bench_.writes_since_mark()) {
      names.push_back(write.at("meaning").get<std::string>());
    }
    return names;
  }

  test::SimulatorProcess bench_;
  v1::Setup setup_;
  std::unique_ptr<Driver> driver_;
};

TEST_F(T7Test, IdentifyFindsTheDeviceAndWritesNothing) {
  bench_.mark();
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_EQ(found->maker, "LabJack");
  EXPECT_EQ(found->model, "T7");
  EXPECT_EQ(found->serial, "470012345");
  EXPECT_EQ(found->firmware, "1.0292");
  EXPECT_EQ(found->own_watchdog, 1s);
  EXPECT_TRUE(written().empty());
}

TEST_F(T7Test, AModbusDeviceThatIsNoT7IsRefused) {
  setup_.set_address(test::local(bench_.adam_port()));
  driver_ = make(setup_);
  EXPECT_EQ(test::reason_of(driver_->identify(soon())), reason::kIdentityMismatch);
}

TEST_F(T7Test, NothingIsWrittenBeforeTheDevicesWatchdogIsArmed) {
  ASSERT_DONE(driver_->identify(soon()));
  bench_.mark();
  EXPECT_EQ(test::reason_of(driver_->write("pwm0", 1000.0, soon())), reason::kDeviceRefused);
  EXPECT_EQ(test::reason_of(driver_->write("DAC0", 1.0, soon())), reason::kDeviceRefused);
  EXPECT_TRUE(written().empty());
}

TEST_F(T7Test, OpenArmsTheWatchdogBeforeItTouchesThePwmAndStartsNoPulses) {
  bench_.mark();
  open();
  const auto names = written();
  const auto armed = std::ranges::find(names, "WATCHDOG_ENABLE_DEFAULT");
  const auto pwm = std::ranges::find(names, "DIO0_EF_CONFIG_A");
  ASSERT_NE(armed, names.end());
  ASSERT_NE(pwm, names.end());
  EXPECT_LT(armed, pwm);
  EXPECT_EQ(bench_.writes_since_mark().dump().find("\"energising\":true"), std::string::npos);
  EXPECT_FALSE(pulses());
}

TEST_F(T7Test, TheWatchdogsSettingsAreWrittenToTheFlashOnlyOnce) {
  open();
  driver_->close(soon());
  bench_.mark();
  open();
  for (const std::string& name : written()) {
    EXPECT_FALSE(name.starts_with("WATCHDOG") && name.ends_with("DEFAULT")) << name;
  }
}

TEST_F(T7Test, FiveVoltagesComeWithOneRequest) {
  open();
  const int before = requests();
  const auto readings = test::read(*driver_, {"AIN0", "AIN2", "AIN4", "AIN5"});
  ASSERT_DONE(readings);
  EXPECT_EQ(requests() - before, 1);
  for (const RawReading& reading : *readings) EXPECT_EQ(reading.quality, Quality::Good);
  EXPECT_LT(std::abs((*readings)[0].value), 0.1) << "the bridges are read differentially";
}

TEST_F(T7Test, TemperatureIsInKelvin) {
  open();
  EXPECT_NEAR(reading("AIN6_TEMPERATURE").value, 297.0, 10.0);
}

TEST_F(T7Test, TheEmergencyStopLineIsReadWithoutMakingItAnOutput) {
  open();
  EXPECT_EQ(reading("FIO4").value, 1.0);
  bench_.set({{"estop", true}});
  EXPECT_EQ(reading("FIO4").value, 0.0);
}

TEST_F(T7Test, PulsesBeginWithZeroThrottleOrNotAtAll) {
  open();
  EXPECT_EQ(test::reason_of(driver_->write("pwm0", 1500.0, soon())), reason::kDeviceRefused);
  EXPECT_FALSE(pulses());
  ASSERT_DONE(driver_->write("pwm0", 1000.0, soon()));
  EXPECT_TRUE(pulses());
  const auto done = driver_->write("pwm0", 1500.0, soon());
  ASSERT_DONE(done);
  EXPECT_DOUBLE_EQ(**done, 1500.0);
  EXPECT_NEAR(bench_.state().at("pwm_us").get<double>(), 1500.0, 0.1);
  EXPECT_DOUBLE_EQ(reading("pwm0").value, 1500.0);
}

TEST_F(T7Test, AfterTheStartOnlyThePulseLengthIsWritten) {
  start_pulses();
  bench_.mark();
  ASSERT_DONE(driver_->write("pwm0", 1400.0, soon()));
  EXPECT_EQ(written(), std::vector<std::string>{"DIO0_EF_CONFIG_A"});
}

TEST_F(T7Test, MakeSafeGoesToZeroThrottleThenEndsThePulsesAndPullsTheLineLow) {
  start_pulses();
  ASSERT_DONE(driver_->write("DAC0", 2.5, soon()));
  bench_.mark();
  ASSERT_DONE(driver_->make_safe("", soon()));
  const std::vector<std::string> order = {"DIO0_EF_CONFIG_A", "DIO0_EF_ENABLE", "DIO0", "DAC0",
                                          "DAC1"};
  EXPECT_EQ(written(), order);
  EXPECT_FALSE(pulses());
  EXPECT_EQ(reading("DAC0").value, 0.0);
  EXPECT_EQ(reading("pwm0").value, 1000.0);
  ASSERT_DONE(driver_->make_safe("", soon()));
}

TEST_F(T7Test, MakeSafeWorksOnAFreshConnection) {
  start_pulses();
  driver_->close(soon());
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_FALSE(pulses());
}

TEST_F(T7Test, MakeSafeTriesAgainAfterALostConnection) {
  for (const char* fault : {"reset", "close", "garbage", "wrong_id"}) {
    start_pulses();
    bench_.fault("t7", fault, {{"count", 1}});
    EXPECT_DONE(driver_->make_safe("", soon()));
    EXPECT_FALSE(pulses()) << fault;
  }
}

TEST_F(T7Test, WithoutTheKeyTheDeviceEndsThePulsesByItselfWhateverElseIsRead) {
  start_pulses();
  // A reader keeps the connection busy; in strict mode that does not feed the watchdog.
  test::wait_until([&] {
    EXPECT_DONE(test::read(*driver_, {"AIN0"}));
    return !pulses();
  });
  const auto faults = driver_->check(soon());
  ASSERT_DONE(faults);
  ASSERT_EQ(faults->size(), 1U);
  EXPECT_NE(faults->front().message.find("watchdog has acted"), std::string::npos);
}

TEST_F(T7Test, KeepAliveKeepsThePulses) {
  start_pulses();
  const auto end = monotonic_now() + 2500ms;  // more than twice the watchdog's time
  while (monotonic_now() < end) {
    ASSERT_DONE(driver_->keep_alive(soon()));
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_TRUE(pulses());
  EXPECT_TRUE(driver_->check(soon())->empty());
}

TEST_F(T7Test, KeepAliveWithoutAnArmedWatchdogWritesNothing) {
  ASSERT_DONE(driver_->identify(soon()));
  bench_.mark();
  EXPECT_DONE(driver_->keep_alive(soon()));
  EXPECT_TRUE(written().empty());
}

TEST_F(T7Test, AfterARestartOfTheDeviceItMustBeOpenedAgain) {
  start_pulses();
  bench_.fault("t7", "reboot");
  test::wait_until([&] { return !test::read(*driver_, {"AIN0"}); });
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_TRUE(found->reconnected);
  EXPECT_EQ(test::reason_of(driver_->write("pwm0", 1000.0, soon())), reason::kDeviceRefused);
  ASSERT_DONE(driver_->open(soon()));
  EXPECT_DONE(driver_->write("pwm0", 1000.0, soon()));
}

TEST_F(T7Test, ARefusalHoldsTheDevicesOwnError) {
  test::add_channel(setup_, "DIO5_FREQUENCY");  // that pin cannot
  driver_ = make(setup_);
  ASSERT_DONE(driver_->identify(soon()));
  const auto done = driver_->open(soon());
  EXPECT_EQ(test::reason_of(done), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(done).find("extended feature"), std::string::npos)
      << test::message_of(done);
}

TEST_F(T7Test, AnInputBeyondItsRangeIsMarked) {
  test::add_channel(setup_, "AIN1");  // 2.5 V common mode against ground
  test::add_setting(setup_, "ain1_range", "1 V");
  driver_ = make(setup_);
  open();
  EXPECT_EQ(reading("AIN1").quality, Quality::Overrange);
}

TEST_F(T7Test, NotANumberIsBad) {
  open();
  bench_.fault("t7", "nan");
  EXPECT_EQ(reading("AIN0").quality, Quality::Bad);
}

TEST_F(T7Test, ASilentDeviceIsATimeoutAndMustBeIdentifiedAgain) {
  open();
  bench_.fault("t7", "silent");
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"AIN0"}, soon(100ms))), reason::kDeviceTimeout);
  bench_.clear_faults();
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"AIN0"})), reason::kDeviceLost);
  ASSERT_DONE(driver_->identify(soon()));
  EXPECT_DONE(test::read(*driver_, {"AIN0"}));
}

TEST_F(T7Test, RepliesByteByByteAreReadAsUsual) {
  open();
  bench_.fault("t7", "split", {{"gap_s", 0.0005}});
  EXPECT_EQ(reading("FIO4").value, 1.0);
}

}  // namespace
}  // namespace benchd::plugin::labjack_t7
