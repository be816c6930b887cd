// benchd-sim as a process: its ports, its wire under faults, its control port. libmodbus, which
// nobody of benchd wrote, judges the Modbus side.
#include "tests/support/simulator_process.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <modbus.h>
#include <set>

#include "plugins/simulators/wiring.hpp"
#include "tests/component/simulators/hex.hpp"
#include "tests/component/simulators/tcp_client.hpp"

namespace benchd::test {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
namespace wiring = simulators::wiring;

// A libmodbus client. Throws where it cannot connect.
class LibModbus {
 public:
  explicit LibModbus(std::uint16_t port) : context_(modbus_new_tcp("127.0.0.1", port)) {
    modbus_set_slave(context_, 1);
    if (modbus_connect(context_) != 0) throw std::runtime_error(modbus_strerror(errno));
  }
  ~LibModbus() {
    modbus_close(context_);
    modbus_free(context_);
  }
  LibModbus(const LibModbus&) = delete;
  LibModbus& operator=(const LibModbus&) = delete;

  bool write_u16(int address, std::uint16_t value) {
    return modbus_write_register(context_, address, value) == 1;
  }
  bool write_u32(int address, std::uint32_t value) {
    const std::uint16_t words[2] = {static_cast<std::uint16_t>(value >> 16U),
                                    static_cast<std::uint16_t>(value)};
    return modbus_write_registers(context_, address, 2, words) == 2;
  }
  double read_f32(int address) {
    std::uint16_t words[2] = {};
    if (modbus_read_registers(context_, address, 2, words) != 2) return -1e9;
    return static_cast<double>(modbus_get_float_abcd(words));
  }
  bool write_bit(int address, bool on) { return modbus_write_bit(context_, address, on) == 1; }

 private:
  modbus_t* context_;
};

// Brings the stand to `pulse_us` by the instruments alone, ten times as fast as real time.
class SimulatedStandTest : public testing::Test {
 protected:
  void energise() {
    EXPECT_EQ(psb_.ask("SYST:LOCK ON;:VOLT 14.8;CURR 40;:OUTP ON;:SYST:ERR?"), "0,\"No error\"");
    ASSERT_TRUE(adam_.write_bit(16, true));
    ASSERT_TRUE(t7_.write_u16(44901, 8));
    ASSERT_TRUE(t7_.write_u32(44904, 200000));
    ASSERT_TRUE(t7_.write_u16(44900, 1));
    ASSERT_TRUE(t7_.write_u32(44300, 10000));
    ASSERT_TRUE(t7_.write_u32(44000, 1));
    ASSERT_TRUE(t7_.write_u16(41000, 1));
    ASSERT_TRUE(simulator_.wait_until([](const json& s) { return s.at("esc") == "armed"; }));
  }
  void spin(std::uint32_t pulse_us) {
    ASSERT_TRUE(t7_.write_u32(44300, pulse_us * 10));
    ASSERT_TRUE(simulator_.wait_until([](const json& s) { return s.at("rpm") > 4000.0; }));
  }

  SimulatorProcess simulator_{{.seed = 5, .time_scale = 10.0}};
  TcpClient psb_{simulator_.psb_port()};
  LibModbus t7_{simulator_.t7_port()};
  LibModbus adam_{simulator_.adam_port()};
};

TEST_F(SimulatedStandTest, ThreeInstrumentsSeeOnePlant) {
  energise();
  spin(1500);
  ASSERT_TRUE(simulator_.wait_until([start = simulator_.state().at("plant_t").get<double>()](
                                        const json& s) { return s.at("plant_t") > start + 2.0; }));
  const json state = simulator_.state();
  const double bus_a = state.at("bus_a");
  EXPECT_NEAR(t7_.read_f32(8) / wiring::kBusCurrentVoltPerA, bus_a, 0.03 * bus_a);
  EXPECT_NEAR(std::stod(psb_.ask("MEAS:CURR?")), bus_a, 0.03 * bus_a);
  EXPECT_NEAR(t7_.read_f32(0) / wiring::kThrustVoltPerN, state.at("thrust_n").get<double>(), 0.4);
}

TEST_F(SimulatedStandTest, TheEstopCutsThePowerWithoutAnySoftware) {
  energise();
  spin(1500);
  simulator_.mark();
  simulator_.set({{"estop", true}});
  EXPECT_TRUE(simulator_.wait_until(
      [](const json& s) { return s.at("rpm") == 0.0 && s.at("energised") == false; }));
  EXPECT_TRUE(simulator_.writes_since_mark().empty());
  EXPECT_EQ(psb_.ask("OUTP?"), "ON");
}

TEST_F(SimulatedStandTest, ListsTheWritesSinceTheMark) {
  energise();
  simulator_.mark();
  psb_.ask("MEAS:VOLT?");
  psb_.ask("VOLT 5;*OPC?");
  ASSERT_TRUE(adam_.write_bit(16, false));
  const json writes = simulator_.writes_since_mark();
  ASSERT_EQ(writes.size(), 2U) << writes;
  EXPECT_EQ(writes[0].at("meaning"), "voltage");
  EXPECT_EQ(writes[0].at("energising"), true);
  EXPECT_EQ(writes[1].at("instrument"), "adam");
  EXPECT_EQ(writes[1].at("energising"), false);
  EXPECT_EQ(simulator_.state().at("instruments").at("psb").at("writes_since_mark"), 1);
}

TEST(SimulatorProcessTest, PortsAreChosenByTheSystemAndAllDifferent) {
  const SimulatorProcess one;
  const SimulatorProcess other;
  const std::set<std::uint16_t> ports = {
      one.psb_port(),        one.t7_port(),          one.adam_port(), one.control_port(),
      one.psb_modbus_port(), other.psb_port(),       other.t7_port(), other.adam_port(),
      other.control_port(),  other.psb_modbus_port()};
  EXPECT_EQ(ports.size(), 10U);
  EXPECT_EQ(ports.count(0), 0U);
}

TEST(SimulatorProcessTest, WritesThePortsFileAndEndsCleanlyOnSigterm) {
  const std::string path = testing::TempDir() + "benchd_sim_ports.json";
  SimulatorProcess simulator({.arguments = {"--ports-file", path}});
  std::ifstream file(path);
  EXPECT_EQ(json::parse(file).at("psb"), simulator.psb_port());
  EXPECT_EQ(simulator.terminate(), 0);
  std::remove(path.c_str());
}

TEST(SimulatorProcessTest, RefusesUnknownRequestsWithAReason) {
  SimulatorProcess simulator;
  EXPECT_THROW(simulator.request({{"cmd", "dance"}}), std::runtime_error);
  EXPECT_THROW(simulator.fault("psb", "tired"), std::runtime_error);
  EXPECT_THROW(simulator.fault("t7", "trip"), std::runtime_error);
  EXPECT_THROW(simulator.set({{"estopp", true}}), std::runtime_error);
  EXPECT_EQ(simulator.state().at("estop"), false);
}

// Faults on the wire of the PSB and the T7.
class WireFaultTest : public testing::Test {
 protected:
  static constexpr const char* kReadProductId = "00 01 00 00 00 06 01 03 EA 60 00 02";
  static constexpr const char* kProductId = "00 01 00 00 00 07 01 03 04 40 E0 00 00";
  static constexpr std::size_t kProductIdSize = 13;

  SimulatorProcess simulator_;
  TcpClient psb_{simulator_.psb_port()};
  TcpClient t7_{simulator_.t7_port()};
};

TEST_F(WireFaultTest, SlowRepliesComeAfterTheDelay) {
  simulator_.fault("psb", "slow", {{"delay_s", 0.3}, {"count", 1}});
  const auto start = Clock::now();
  EXPECT_EQ(psb_.ask("OUTP?"), "OFF");
  EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(300));
}

TEST_F(WireFaultTest, SilentInstrumentsAcceptButNeitherAnswerNorObey) {
  simulator_.fault("psb", "silent");
  TcpClient late(simulator_.psb_port());
  EXPECT_TRUE(late.connected());
  late.send("SYST:LOCK ON\n*IDN?\n");
  EXPECT_FALSE(late.readable(std::chrono::milliseconds(200)));
  simulator_.clear_faults();
  EXPECT_EQ(late.ask("SYST:LOCK:OWN?"), "NONE");
}

TEST_F(WireFaultTest, SplitRepliesArriveInPieces) {
  simulator_.fault("t7", "split", {{"gap_s", 0.2}, {"count", 1}});
  t7_.send(from_hex(kReadProductId));
  EXPECT_LT(t7_.read_some().size(), kProductIdSize);
  simulator_.fault("t7", "split", {{"count", 1}});
  TcpClient other(simulator_.t7_port());
  other.send(from_hex(kReadProductId));
  EXPECT_EQ(to_hex(other.read_exactly(kProductIdSize)), kProductId);
}

TEST_F(WireFaultTest, AStaleReplyIsReadByTheNextQuery) {
  simulator_.fault("psb", "stale");
  psb_.send("*IDN?\n");
  EXPECT_FALSE(psb_.readable(std::chrono::milliseconds(100)));
  psb_.send("OUTP?\n");
  EXPECT_TRUE(psb_.read_line().starts_with("EA Elektro"));
  EXPECT_EQ(psb_.read_line(), "OFF");
}

TEST_F(WireFaultTest, AStaleModbusReplyCarriesItsOldTransaction) {
  simulator_.fault("t7", "stale");
  t7_.send(from_hex(kReadProductId));
  EXPECT_FALSE(t7_.readable(std::chrono::milliseconds(100)));
  t7_.send(from_hex("00 02 00 00 00 06 01 03 D7 3C 00 02"));
  EXPECT_EQ(to_hex(t7_.read_exactly(kProductIdSize)), kProductId);
  EXPECT_EQ(to_hex(t7_.read_exactly(13)), "00 02 00 00 00 07 01 03 04 00 11 22 33");
}

TEST_F(WireFaultTest, CoalescedRepliesShareASegment) {
  simulator_.fault("psb", "coalesce", {{"delay_s", 2.0}});
  psb_.send("OUTP?\n");
  psb_.send("VOLT?\n");
  EXPECT_EQ(psb_.read_some(), "OFF\n0.00V\n");
}

TEST_F(WireFaultTest, CloseEndsTheConnectionInTheMiddleOfAReply) {
  simulator_.fault("psb", "close", {{"count", 1}});
  psb_.send("OUTP?\n");
  EXPECT_EQ(psb_.read_some(), "OF");
  EXPECT_EQ(psb_.read_some(), "");
  TcpClient again(simulator_.psb_port());
  EXPECT_EQ(again.ask("OUTP?"), "OFF");
}

TEST_F(WireFaultTest, RefuseDropsAndRefusesUntilCleared) {
  simulator_.fault("t7", "refuse");
  EXPECT_EQ(t7_.read_some(), "");
  EXPECT_FALSE(TcpClient(simulator_.t7_port()).connected());
  simulator_.clear_faults();
  TcpClient again(simulator_.t7_port());
  again.send(from_hex(kReadProductId));
  EXPECT_EQ(to_hex(again.read_exactly(kProductIdSize)), kProductId);
}

TEST_F(WireFaultTest, ExceptionsGarbageWrongIdsAndEmptyRepliesLookLikeThem) {
  simulator_.fault("t7", "exception", {{"code", 6}, {"count", 1}});
  t7_.send(from_hex(kReadProductId));
  EXPECT_EQ(to_hex(t7_.read_exactly(9)), "00 01 00 00 00 03 01 83 06");
  simulator_.fault("t7", "wrong_id", {{"count", 1}});
  t7_.send(from_hex(kReadProductId));
  EXPECT_EQ(to_hex(t7_.read_exactly(kProductIdSize)), "40" + std::string(kProductId).substr(2));
  simulator_.fault("t7", "garbage", {{"count", 1}});
  t7_.send(from_hex(kReadProductId));
  EXPECT_NE(to_hex(t7_.read_exactly(kProductIdSize)), kProductId);
  simulator_.fault("psb", "empty", {{"count", 1}});
  EXPECT_EQ(psb_.ask("OUTP?"), "");
  EXPECT_EQ(psb_.ask("OUTP?"), "OFF");
}

TEST_F(WireFaultTest, AFaultCanWaitForTheNthRequest) {
  simulator_.fault("psb", "empty", {{"after_requests", 2}, {"count", 1}});
  EXPECT_EQ(psb_.ask("OUTP?"), "OFF");
  EXPECT_EQ(psb_.ask("OUTP?"), "OFF");
  EXPECT_EQ(psb_.ask("OUTP?"), "");
  EXPECT_EQ(psb_.ask("OUTP?"), "OFF");
}

TEST_F(WireFaultTest, ATripSwitchesOffAndIsNamedInTheQueue) {
  psb_.ask("SYST:LOCK ON;:OUTP ON;*OPC?");
  simulator_.fault("psb", "trip", {{"alarm", "ocp"}});
  EXPECT_EQ(psb_.ask("OUTP?"), "OFF");
  EXPECT_EQ(psb_.ask("SYST:ERR?"), "-240,\"Hardware error; OCP\"");
}

TEST_F(WireFaultTest, AFaultScriptIsPlayedFromTheStart) {
  const std::string path = testing::TempDir() + "benchd_sim_faults.json";
  std::ofstream(path) << R"([{"target": "psb", "kind": "empty", "at_s": 0, "count": 1}])";
  SimulatorProcess scripted({.arguments = {"--faults", path}});
  std::remove(path.c_str());
  TcpClient client(scripted.psb_port());
  EXPECT_EQ(client.ask("OUTP?"), "");
  EXPECT_EQ(client.ask("OUTP?"), "OFF");
}

TEST(SimulatorProcessTest, ThePsbDropsAnIdleLinkIfAsked) {
  SimulatorProcess simulator({.arguments = {"--psb-idle-drop", "0.2"}});
  TcpClient client(simulator.psb_port());
  EXPECT_EQ(client.ask("OUTP?"), "OFF");
  EXPECT_EQ(client.read_some(), "");
}

}  // namespace
}  // namespace benchd::test
