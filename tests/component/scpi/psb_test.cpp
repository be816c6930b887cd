// The profile of the EA PSB 10060-60 against the simulated one, with its faults.
#include <gtest/gtest.h>

#include "plugins/scpi/driver.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/support/simulator_process.hpp"

namespace benchd::plugin::scpi {
namespace {

using test::soon;
using namespace std::chrono_literals;

class PsbTest : public testing::Test {
 protected:
  explicit PsbTest(test::SimulatorProcess::Options options = {}) : bench_(options) {
    const auto setup = test::setup_with_profile(test::local(bench_.psb_port()), "ea-psb-10060-60");
    auto made = make_driver(setup);
    EXPECT_TRUE(made) << test::message_of(made);
    driver_ = std::move(*made);
  }

  void open() {
    ASSERT_DONE(driver_->identify(soon()));
    ASSERT_DONE(driver_->open(soon()));
  }
  void set(const std::string& signal, double value) {
    ASSERT_DONE(driver_->write(signal, value, soon()));
  }
  void energise() {
    open();
    set("current_set", 20.0);
    set("voltage_set", 14.8);
    set("output", 1.0);
  }
  RawReading reading(const std::string& signal) {
    const auto readings = test::read(*driver_, {signal});
    EXPECT_TRUE(readings) << test::message_of(readings);
    return readings ? readings->front() : RawReading{};
  }
  bool output_on() { return bench_.state().at("output_on").get<bool>(); }

  test::SimulatorProcess bench_;
  std::unique_ptr<Driver> driver_;
};

TEST_F(PsbTest, IdentifyFindsTheInstrumentAndWritesNothing) {
  bench_.mark();
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_EQ(found->model, "PSB 10060-60");
  EXPECT_EQ(found->serial, "2830060001");
  EXPECT_TRUE(found->reconnected);
  EXPECT_FALSE(driver_->identify(soon())->reconnected);
  EXPECT_TRUE(bench_.writes_since_mark().empty());
}

TEST_F(PsbTest, OpenTakesControlAndSwitchesNothingOn) {
  open();
  EXPECT_EQ(bench_.state().at("instruments").at("psb").at("lock"), "REMOTE");
  EXPECT_FALSE(output_on());
}

TEST_F(PsbTest, VoltageCurrentAndPowerAreMeasuredWithOneQuery) {
  energise();
  test::wait_until([&] { return std::abs(reading("voltage").value - 14.8) < 0.1; });
  const auto requests = [this] {
    return bench_.state().at("instruments").at("psb").at("requests").get<int>();
  };
  const int before = requests();
  const auto readings = test::read(*driver_, {"voltage", "current", "power"});
  ASSERT_DONE(readings);
  EXPECT_EQ(requests() - before, 1);
  EXPECT_NEAR((*readings)[0].value, 14.8, 0.1);
}

TEST_F(PsbTest, WhatIsWrittenIsReadBack) {
  open();
  const auto done = driver_->write("voltage_set", 14.8, soon());
  ASSERT_DONE(done);
  EXPECT_NEAR(**done, 14.8, 0.02);
  EXPECT_NEAR(reading("voltage_set").value, 14.8, 0.02);
}

TEST_F(PsbTest, AValueBeyondTheInstrumentsLimitIsRefusedInItsWords) {
  open();
  const auto done = driver_->write("voltage_set", 80.0, soon());
  EXPECT_EQ(test::reason_of(done), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(done).find("-222"), std::string::npos) << test::message_of(done);
  // The instrument is healthy, and the refusal is not held against the next write.
  EXPECT_DONE(driver_->write("voltage_set", 5.0, soon()));
}

TEST_F(PsbTest, WithoutControlAWriteIsRefused) {
  ASSERT_DONE(driver_->identify(soon()));
  const auto done = driver_->write("voltage_set", 5.0, soon());
  EXPECT_EQ(test::reason_of(done), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(done).find("-201"), std::string::npos) << test::message_of(done);
}

TEST_F(PsbTest, MakeSafeSwitchesOffAndSetsZero) {
  energise();
  ASSERT_TRUE(output_on());
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_FALSE(output_on());
  EXPECT_EQ(reading("voltage_set").value, 0.0);
  EXPECT_EQ(reading("current_set").value, 0.0);
  ASSERT_DONE(driver_->make_safe("", soon()));
}

TEST_F(PsbTest, MakeSafeWorksOnAFreshConnectionWithoutControl) {
  energise();
  driver_->close(soon());  // gives control back; the output stays as it is
  ASSERT_TRUE(output_on());
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_FALSE(output_on());
}

TEST_F(PsbTest, MakeSafeSaysSoWhenSomebodyElseHasControl) {
  energise();
  bench_.fault("psb", "lock_stolen");
  const auto done = driver_->make_safe("", soon());
  EXPECT_EQ(test::reason_of(done), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(done).find("OUTP"), std::string::npos) << test::message_of(done);
}

TEST_F(PsbTest, ControlThatIsTakenAwayIsAFault) {
  open();
  EXPECT_TRUE(driver_->check(soon())->empty());
  bench_.fault("psb", "lock_stolen");
  const auto faults = driver_->check(soon());
  ASSERT_DONE(faults);
  ASSERT_EQ(faults->size(), 1U);
  EXPECT_NE(faults->front().message.find("LOCAL"), std::string::npos);
}

TEST_F(PsbTest, ATripIsAFaultUntilTheInstrumentHasBeenMadeSafe) {
  energise();
  bench_.fault("psb", "trip", {{"alarm", "ovp"}});
  const std::vector<Fault> tripped = {{"over-voltage protection tripped"}};
  EXPECT_EQ(*driver_->check(soon()), tripped);
  // Nothing that the driver does meanwhile acknowledges it.
  EXPECT_EQ(test::reason_of(driver_->write("output", 1.0, soon())), reason::kDeviceFault);
  EXPECT_DONE(driver_->write("voltage_set", 1.0, soon()));
  EXPECT_EQ(*driver_->check(soon()), tripped);

  bench_.clear_faults();
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_EQ(*driver_->check(soon()), tripped) << "what make_safe acknowledged is reported once";
  EXPECT_TRUE(driver_->check(soon())->empty());
  EXPECT_FALSE(output_on());
}

TEST_F(PsbTest, ASilentInstrumentIsATimeoutAndMustBeIdentifiedAgain) {
  open();
  bench_.fault("psb", "silent");
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"voltage"}, soon(100ms))),
            reason::kDeviceTimeout);
  bench_.clear_faults();
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"voltage"})), reason::kDeviceLost);
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_TRUE(found->reconnected);
  EXPECT_DONE(test::read(*driver_, {"voltage"}));
}

TEST_F(PsbTest, ASlowInstrumentIsWaitedForUntilTheDeadline) {
  open();
  bench_.fault("psb", "slow", {{"delay_s", 0.2}});
  EXPECT_DONE(test::read(*driver_, {"voltage"}));
}

TEST_F(PsbTest, AReplyThatIsHeldBackIsNotTakenForTheNextOne) {
  energise();
  bench_.fault("psb", "stale");
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"voltage_set"}, soon(100ms))),
            reason::kDeviceTimeout);
  ASSERT_DONE(driver_->identify(soon()));
  EXPECT_NEAR(reading("current_set").value, 20.0, 0.02);
}

TEST_F(PsbTest, GarbageEndsTheConnectionAndTheNextIdentifyMendsIt) {
  open();
  bench_.fault("psb", "garbage", {{"count", 1}});
  EXPECT_FALSE(test::read(*driver_, {"voltage"}, soon(200ms)));
  ASSERT_DONE(driver_->identify(soon()));
  EXPECT_DONE(test::read(*driver_, {"voltage"}));
}

TEST_F(PsbTest, ARepliesCutInHalfIsNoNumber) {
  open();
  bench_.fault("psb", "close", {{"count", 1}});
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"voltage"})), reason::kDeviceLost);
  ASSERT_DONE(driver_->identify(soon()));
}

TEST_F(PsbTest, RepliesByteByByteAreReadAsUsual) {
  energise();
  bench_.fault("psb", "split", {{"gap_s", 0.0005}});
  EXPECT_NEAR(reading("voltage_set").value, 14.8, 0.02);
}

TEST_F(PsbTest, NotANumberIsBadAndCostsNoConnection) {
  open();
  bench_.fault("psb", "nan");
  EXPECT_EQ(reading("voltage").quality, Quality::Bad);
  bench_.clear_faults();
  EXPECT_EQ(reading("voltage").quality, Quality::Good);
}

TEST_F(PsbTest, ARestartedInstrumentIsNotWrittenToBeforeItIsIdentified) {
  energise();
  bench_.fault("psb", "reboot");
  test::wait_until([&] { return !test::read(*driver_, {"voltage"}); });
  EXPECT_EQ(test::reason_of(driver_->write("voltage_set", 5.0, soon())), reason::kDeviceLost);
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_TRUE(found->reconnected);
}

TEST_F(PsbTest, MakeSafeGetsThroughADuplicatedReply) {
  energise();
  bench_.fault("psb", "duplicate");
  ASSERT_DONE(driver_->make_safe("", soon()));
  EXPECT_FALSE(output_on());
}

class DroppingPsbTest : public PsbTest {
 protected:
  DroppingPsbTest() : PsbTest({.arguments = {"--psb-idle-drop", "0.3"}}) {}
};

TEST_F(DroppingPsbTest, AnIdleConnectionThatIsDroppedIsMadeAnew) {
  ASSERT_DONE(driver_->identify(soon()));
  test::wait_until(
      [&] { return bench_.state().at("instruments").at("psb").at("connections").get<int>() == 0; });
  ASSERT_DONE(driver_->open(soon()));
  EXPECT_DONE(driver_->write("voltage_set", 5.0, soon()));
}

TEST_F(DroppingPsbTest, TheCheckOfEachSecondKeepsTheConnection) {
  open();
  // Ten checks, each well within the time of the drop, span more than that time.
  for (int i = 0; i < 10; ++i) {
    EXPECT_DONE(driver_->check(soon()));
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_FALSE(driver_->identify(soon())->reconnected);
}

}  // namespace
}  // namespace benchd::plugin::scpi
