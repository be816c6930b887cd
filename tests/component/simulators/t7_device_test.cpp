#include "plugins/simulators/t7_device.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "plugins/simulators/t7_errors.hpp"
#include "plugins/simulators/wiring.hpp"
#include "tests/component/simulators/modbus_asker.hpp"

namespace benchd::simulators {
namespace {

constexpr std::uint16_t kLastError = 55000;
constexpr std::uint16_t kEnable = 44000;
constexpr std::uint16_t kIndex = 44100;
constexpr std::uint16_t kConfigA = 44300;

// The T7 with the plant behind it, time driven by hand, no sockets.
class T7DeviceTest : public testing::Test {
 protected:
  T7DeviceTest() { bench_.advance_to(0.0); }

  void pass(double seconds) { bench_.advance_to(bench_.now_s() + seconds); }

  void start_pwm(double pulse_us) {
    ASSERT_TRUE(t7_.write_u16(44901, 8));
    ASSERT_TRUE(t7_.write_u32(44904, 200000));
    ASSERT_TRUE(t7_.write_u16(44900, 1));
    ASSERT_TRUE(t7_.write_u32(kIndex, 0));
    ASSERT_TRUE(t7_.write_u32(kConfigA, static_cast<std::uint32_t>(pulse_us * 10.0)));
    ASSERT_TRUE(t7_.write_u32(kEnable, 1));
  }
  void spin(double pulse_us) {
    bench_.supply() = {14.8, 40.0, 1500.0, true};
    bench_.set_enable_relay(true);
    start_pwm(1000.0);
    pass(2.5);
    ASSERT_TRUE(t7_.write_u32(kConfigA, static_cast<std::uint32_t>(pulse_us * 10.0)));
    pass(1.0);
    ASSERT_GT(rpm(), 1000.0);
  }
  [[nodiscard]] double rpm() const { return bench_.outputs().power.rpm; }

  ThrustBench bench_{1};
  T7Device device_{bench_, 2};
  test::ModbusAsker t7_{device_};
};

TEST_F(T7DeviceTest, AnswersTheDocumentedExchangesByteForByte) {
  EXPECT_EQ(t7_.adu("00 01 00 00 00 06 01 03 EA 60 00 02"),
            "00 01 00 00 00 07 01 03 04 40 E0 00 00");
  EXPECT_EQ(t7_.adu("00 04 00 00 00 0B 01 10 9C 40 00 02 04 3C 23 D7 0A"),
            "00 04 00 00 00 06 01 10 9C 40 00 02");
  EXPECT_EQ(t7_.adu("00 08 00 00 00 0B 01 10 AD 0C 00 02 04 00 01 D4 C0"),
            "00 08 00 00 00 06 01 10 AD 0C 00 02");
  EXPECT_EQ(t7_.adu("00 07 00 00 00 06 01 03 27 0F 00 02"), "00 07 00 00 00 03 01 83 02");
}

TEST_F(T7DeviceTest, TestRegisterShowsTheWordOrder) {
  EXPECT_EQ(t7_.pdu("03 D7 3C 00 02"), "03 04 00 11 22 33");
  EXPECT_EQ(t7_.pdu("04 D7 3C 00 02"), "04 04 00 11 22 33");
}

TEST_F(T7DeviceTest, ReadsAdjacentInputsInOneRequest) {
  EXPECT_EQ(t7_.pdu("03 00 00 00 0E").substr(0, 5), "03 1C");
}

TEST_F(T7DeviceTest, ThrustBridgeGivesTheIndicatedThrustAtItsScale) {
  ASSERT_TRUE(t7_.write_u16(41000 + wiring::kThrustAin, wiring::kThrustAin + 1));
  spin(1500.0);
  const double volts = t7_.read_f32(2 * wiring::kThrustAin);
  EXPECT_NEAR(volts / wiring::kThrustVoltPerN, bench_.outputs().thrust_indicated_n, 0.01);
  EXPECT_NEAR(t7_.read_f32(8) / wiring::kBusCurrentVoltPerA, bench_.outputs().power.bus_a, 0.01);
  EXPECT_NEAR(t7_.read_f32(10) / wiring::kBusVoltageVoltPerV, bench_.outputs().power.bus_v, 0.01);
}

TEST_F(T7DeviceTest, ABridgeReadSingleEndedShowsTheCommonMode) {
  EXPECT_NEAR(t7_.read_f32(0), 2.5, 0.1);
}

TEST_F(T7DeviceTest, AnInputBeyondItsRangeIsInvalid) {
  ASSERT_TRUE(t7_.write_f32(40000, 1.0));
  EXPECT_EQ(t7_.read_f32(0), -9999.0);
}

TEST_F(T7DeviceTest, ThermocoupleFeatureGivesKelvinUnlessAskedForCelsius) {
  EXPECT_EQ(t7_.pdu("03 1B 64 00 02"), "83 04");  // no feature yet
  EXPECT_EQ(t7_.read_u16(kLastError), 2583U);
  ASSERT_TRUE(t7_.write_u32(9012, 22));
  EXPECT_NEAR(t7_.read_f32(7012), 296.15, 1.0);
  ASSERT_TRUE(t7_.write_u32(9312, 1));
  EXPECT_NEAR(t7_.read_f32(7012), 23.0, 1.0);
}

TEST_F(T7DeviceTest, CountsTheOpticalPickUp) {
  ASSERT_TRUE(t7_.write_u32(kIndex + 2, 11));
  ASSERT_TRUE(t7_.write_u32(kEnable + 2, 1));
  spin(1500.0);
  EXPECT_NEAR(t7_.read_f32(3502) * 60.0, rpm(), 0.005 * rpm());
}

TEST_F(T7DeviceTest, RefusesWrongSettingsAndNamesTheReason) {
  struct Case {
    bool taken;
    std::uint32_t error;
  };
  const auto attempt = [this](bool taken) { return Case{taken, t7_.read_u16(kLastError)}; };
  Case result = attempt(t7_.write_f32(40000, 3.0));
  EXPECT_FALSE(result.taken);
  EXPECT_EQ(result.error, 2370U);
  result = attempt(t7_.write_u16(41000, 2));
  EXPECT_FALSE(result.taken);
  EXPECT_EQ(result.error, 2373U);
  result = attempt(t7_.write_u16(41500, 13));
  EXPECT_FALSE(result.taken);
  EXPECT_EQ(result.error, 2375U);
  EXPECT_EQ(t7_.pdu("03 00 00 00 01"), "83 04");  // half of a 32-bit register
  EXPECT_EQ(t7_.read_u16(kLastError), 2315U);
  EXPECT_EQ(t7_.pdu("03 00 00 00 7E"), "83 03");  // 126 words
  EXPECT_EQ(t7_.read_u16(kLastError), 2314U);
  EXPECT_EQ(t7_.pdu("2B 0E 01 00"), "AB 01");  // a function it does not have
}

TEST_F(T7DeviceTest, PwmRulesHold) {
  EXPECT_FALSE(t7_.write_u32(kEnable, 1));  // its clock is off
  start_pwm(1000.0);
  EXPECT_EQ(device_.digital().pulse_us(), 1000.0);
  EXPECT_FALSE(t7_.write_u32(kIndex, 11));
  EXPECT_EQ(t7_.read_u16(kLastError), 2566U);
  EXPECT_FALSE(t7_.write_u32(kConfigA, 200001));
  EXPECT_EQ(t7_.read_u16(kLastError), 2565U);
  EXPECT_FALSE(t7_.write_u32(44904, 100000));  // the clock runs
  EXPECT_EQ(device_.digital().pulse_us(), 1000.0);
  ASSERT_TRUE(t7_.write_u32(kEnable, 0));
  EXPECT_EQ(device_.digital().pulse_us(), std::nullopt);
}

TEST_F(T7DeviceTest, APulseRateThatNoEscTakesIsNoPulse) {
  start_pwm(1000.0);
  ASSERT_TRUE(t7_.write_u16(44900, 0));
  ASSERT_TRUE(t7_.write_u32(44904, 2000000));  // 5 Hz
  ASSERT_TRUE(t7_.write_u16(44900, 1));
  EXPECT_EQ(device_.digital().pulse_us(), std::nullopt);
}

TEST_F(T7DeviceTest, ReadingALineMakesItAnInputWritingMakesItAnOutput) {
  EXPECT_TRUE(t7_.write_u16(2005, 1));
  EXPECT_EQ(t7_.read_u16(2600), 1U << 5U);
  t7_.read_u16(2005);
  EXPECT_EQ(t7_.read_u16(2600), 0U);
}

TEST_F(T7DeviceTest, SensesTheEstopLoop) {
  EXPECT_NE(t7_.read_u16(2500) & 1U << wiring::kEstopSenseDio, 0U);
  bench_.switches.estop_a_closed = false;
  EXPECT_EQ(t7_.read_u16(2500) & 1U << wiring::kEstopSenseDio, 0U);
}

// Timeout 2 s; on expiry every line goes low.
class T7WatchdogTest : public T7DeviceTest {
 protected:
  void enable_watchdog(bool strict) {
    ASSERT_TRUE(t7_.write_u32(61604, 2));
    ASSERT_TRUE(t7_.write_u32(61610, strict ? 1 : 0));
    ASSERT_TRUE(t7_.write_u32(61612, 4711));
    ASSERT_TRUE(t7_.write_u32(61630, 1));
    ASSERT_TRUE(t7_.write_u32(61632, 0));
    ASSERT_TRUE(t7_.write_u32(61634, 1));
    ASSERT_TRUE(t7_.write_u32(61636, ~1U));
    ASSERT_TRUE(t7_.write_u32(61600, 1));
  }
};

TEST_F(T7WatchdogTest, SilenceEndsThePwmAndTheMotorStops) {
  spin(1500.0);
  enable_watchdog(false);
  pass(1.9);
  EXPECT_GT(rpm(), 1000.0);
  pass(0.6);
  EXPECT_EQ(device_.digital().pulse_us(), std::nullopt);
  EXPECT_EQ(rpm(), 0.0);
  EXPECT_EQ(device_.watchdog().times_fired(), 1U);
}

TEST_F(T7WatchdogTest, AnyReadKeepsItQuietUnlessItIsStrict) {
  spin(1500.0);
  enable_watchdog(false);
  for (int i = 0; i < 5; ++i) {
    pass(1.0);
    t7_.read_f32(0);
  }
  EXPECT_GT(rpm(), 1000.0);
}

TEST_F(T7WatchdogTest, StrictModeHeedsOnlyTheKey) {
  spin(1500.0);
  enable_watchdog(true);
  for (int i = 0; i < 4; ++i) {
    pass(1.0);
    ASSERT_TRUE(t7_.write_u32(61614, 4711));
  }
  EXPECT_GT(rpm(), 1000.0);
  EXPECT_FALSE(t7_.write_u32(61614, 1));  // a wrong key clears nothing
  for (int i = 0; i < 3; ++i) {
    pass(1.0);
    t7_.read_f32(0);
  }
  EXPECT_EQ(rpm(), 0.0);
}

TEST_F(T7WatchdogTest, CannotBeChangedWhileEnabled) {
  enable_watchdog(true);
  EXPECT_FALSE(t7_.write_u32(61604, 60));
  EXPECT_EQ(t7_.read_u16(kLastError), 2671U);
  ASSERT_TRUE(t7_.write_u32(61600, 0));
  EXPECT_FALSE(t7_.write_u32(61604, 0));
  EXPECT_EQ(t7_.read_u16(kLastError), 2670U);
}

TEST_F(T7DeviceTest, RebootDropsEverySettingAndTellsTheServer) {
  bool told = false;
  device_.on_reboot([&told] { told = true; });
  start_pwm(1500.0);
  ASSERT_TRUE(t7_.write_u32(61998, 0x4C4A0002));
  EXPECT_TRUE(device_.digital().pulse_us().has_value());
  pass(0.2);
  EXPECT_TRUE(told);
  EXPECT_EQ(device_.digital().pulse_us(), std::nullopt);
  EXPECT_EQ(t7_.read_u32(60028), T7Device::kSerial);
}

TEST_F(T7DeviceTest, FrozenInputsHoldWhileTheMotorGoesOn) {
  ASSERT_TRUE(t7_.write_u32(kIndex + 2, 11));
  ASSERT_TRUE(t7_.write_u32(kEnable + 2, 1));
  spin(1300.0);
  Fault fault;
  fault.kind = FaultKind::Frozen;
  device_.on_fault(fault, true);
  const double current = t7_.read_f32(8);
  const double pulses = t7_.read_f32(3502);
  ASSERT_TRUE(t7_.write_u32(kConfigA, 16000));
  pass(1.0);
  EXPECT_EQ(t7_.read_f32(8), current);
  EXPECT_EQ(t7_.read_f32(3502), pulses);
  device_.on_fault(fault, false);
  EXPECT_GT(t7_.read_f32(8), 2.0 * current);
}

TEST_F(T7DeviceTest, StartingThePulsesCountsAsEnergisingAlsoAtZeroThrottle) {
  const auto starts_energising = [this](double pulse_us) {
    bench_.writes.mark();
    start_pwm(pulse_us);
    const auto writes = bench_.writes.since_mark();
    const bool found = std::ranges::any_of(writes, &WriteEntry::energising);
    EXPECT_TRUE(t7_.write_u32(kEnable, 0));
    EXPECT_TRUE(t7_.write_u16(44900, 0));
    return found;
  };
  EXPECT_TRUE(starts_energising(1000.0));
  EXPECT_TRUE(starts_energising(1400.0));
}

TEST_F(T7DeviceTest, LogsWhichWritesCouldDriveTheMotor) {
  start_pwm(1000.0);
  bench_.writes.mark();
  ASSERT_TRUE(t7_.write_u32(kConfigA, 10000));
  ASSERT_TRUE(t7_.write_u32(kConfigA, 14000));
  t7_.read_f32(0);
  const auto writes = bench_.writes.since_mark();
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_EQ(writes[0].meaning, "DIO0_EF_CONFIG_A");
  EXPECT_FALSE(writes[0].energising);
  EXPECT_TRUE(writes[1].energising);
}

}  // namespace
}  // namespace benchd::simulators
