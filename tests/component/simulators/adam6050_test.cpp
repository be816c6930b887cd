#include "plugins/simulators/adam6050.hpp"

#include <gtest/gtest.h>

#include "tests/component/simulators/modbus_asker.hpp"

namespace benchd::simulators {
namespace {

class Adam6050Test : public testing::Test {
 protected:
  Adam6050Test() { bench_.advance_to(0.0); }
  void pass(double seconds) { bench_.advance_to(bench_.now_s() + seconds); }

  ThrustBench bench_{1};
  Adam6050 device_{bench_};
  test::ModbusAsker adam_{device_};
};

TEST_F(Adam6050Test, AnswersTheDocumentedExchangesByteForByte) {
  // Four loops closed, the contactor open.
  EXPECT_EQ(adam_.adu("00 01 00 00 00 06 01 01 00 00 00 0C"), "00 01 00 00 00 05 01 01 02 0F 00");
  EXPECT_EQ(adam_.adu("00 02 00 00 00 06 01 05 00 10 FF 00"),
            "00 02 00 00 00 06 01 05 00 10 FF 00");
  EXPECT_EQ(adam_.adu("00 03 00 00 00 08 01 0F 00 10 00 06 01 00"),
            "00 03 00 00 00 06 01 0F 00 10 00 06");
}

TEST_F(Adam6050Test, ACutLoopReadsZero) {
  bench_.switches.estop_b_closed = false;
  bench_.switches.door_closed = false;
  EXPECT_EQ(adam_.pdu("02 00 00 00 04"), "02 01 05");
}

TEST_F(Adam6050Test, TheContactorNeedsTheRelayAndBothLoops) {
  EXPECT_EQ(adam_.pdu("05 00 10 FF 00"), "05 00 10 FF 00");
  EXPECT_TRUE(bench_.contactor_closed());
  EXPECT_EQ(adam_.pdu("01 00 04 00 01"), "01 01 01");
  bench_.switches.estop_a_closed = false;
  EXPECT_FALSE(bench_.contactor_closed());
  EXPECT_EQ(adam_.pdu("01 00 10 00 06"), "01 01 01");  // the relay itself is still on
}

TEST_F(Adam6050Test, RefusesWhatItDoesNotHave) {
  EXPECT_EQ(adam_.pdu("01 00 0C 00 01"), "81 02");        // between inputs and outputs
  EXPECT_EQ(adam_.pdu("01 00 00 00 0D"), "81 02");        // past the last input
  EXPECT_EQ(adam_.pdu("05 00 16 FF 00"), "85 02");        // a seventh output
  EXPECT_EQ(adam_.pdu("05 00 00 FF 00"), "85 02");        // an input
  EXPECT_EQ(adam_.pdu("05 00 10 12 34"), "85 03");        // neither on nor off
  EXPECT_EQ(adam_.pdu("0F 00 10 00 06 02 00"), "8F 03");  // byte count and data disagree
  EXPECT_EQ(adam_.pdu("07"), "87 01");
}

TEST_F(Adam6050Test, HostIdleTurnsTheRelayOffOnce) {
  ASSERT_TRUE(adam_.write_u16(100, 0x01));  // 40101: acts on DO0
  ASSERT_TRUE(adam_.write_u16(101, 0x00));  // 40102: off
  ASSERT_TRUE(adam_.write_u16(501, 3));     // 40502: after 3 s
  ASSERT_TRUE(adam_.write_u16(500, 1));     // 40501: on
  adam_.pdu("0F 00 10 00 06 01 03");        // DO0 and DO1
  pass(2.5);
  adam_.pdu("01 00 00 00 0C");  // any request counts
  pass(2.5);
  EXPECT_TRUE(bench_.enable_relay());
  pass(1.0);
  EXPECT_FALSE(bench_.enable_relay());
  EXPECT_TRUE(device_.fail_safe_active());
  EXPECT_EQ(adam_.pdu("01 00 10 00 06"), "01 01 02");  // DO1 was not in the mask
}

TEST_F(Adam6050Test, RebootOpensTheRelay) {
  adam_.pdu("05 00 10 FF 00");
  Fault fault;
  fault.kind = FaultKind::Reboot;
  device_.on_fault(fault, true);
  EXPECT_FALSE(bench_.enable_relay());
}

}  // namespace
}  // namespace benchd::simulators
