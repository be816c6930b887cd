#include "plugins/simulators/psb_scpi.hpp"

#include <gtest/gtest.h>
#include <string>

#include "plugins/simulators/psb_modbus.hpp"
#include "tests/component/simulators/hex.hpp"

namespace benchd::simulators {
namespace {

constexpr ConnectionId kMine = 1;
constexpr ConnectionId kOther = 2;

// The supply with the plant behind it, time driven by hand, no sockets.
class PsbScpiTest : public testing::Test {
 protected:
  PsbScpiTest() { bench_.advance_to(0.0); }

  std::string send(const std::string& line, ConnectionId connection = kMine) {
    return scpi_.handle(connection, line);
  }
  std::string error() { return send("SYST:ERR?"); }
  void pass(double seconds) { bench_.advance_to(bench_.now_s() + seconds); }
  void trip(const std::string& alarm, double cause_s = 0.0) {
    Fault fault;
    fault.kind = FaultKind::Trip;
    fault.alarm = alarm;
    fault.cause_s = cause_s;
    supply_.on_fault(fault, true);
  }

  ThrustBench bench_{1};
  PsbSupply supply_{bench_, 2};
  PsbScpi scpi_{supply_};
};

TEST_F(PsbScpiTest, IdentifiesItselfWithFourFields) {
  EXPECT_EQ(send("*IDN?"), "EA Elektro-Automatik,PSB 10060-60,2830060001,V3.02 12.10.2023\n");
}

TEST_F(PsbScpiTest, SettingWithoutTheLockIsRefusedWith201AndChangesNothing) {
  EXPECT_EQ(send("VOLT 14.8"), "");
  EXPECT_EQ(error(), "-201,\"Invalid while in local\"\n");
  EXPECT_EQ(send("VOLT?"), "0.00V\n");
  EXPECT_EQ(send("SYST:LOCK:OWN?"), "NONE\n");
}

TEST_F(PsbScpiTest, TheLockBelongsToOneConnectionUntilItEnds) {
  send("SYST:LOCK ON");
  EXPECT_EQ(send("SYST:LOCK:OWNER?"), "REMOTE\n");
  send("SYST:LOCK ON", kOther);
  EXPECT_EQ(error(), "-203,\"Command protected\"\n");
  send("VOLT 5", kOther);
  EXPECT_EQ(error(), "-201,\"Invalid while in local\"\n");
  scpi_.on_closed(kMine);
  send("SYST:LOCK ON;:VOLT 5", kOther);
  EXPECT_EQ(error(), "0,\"No error\"\n");
  EXPECT_EQ(send("VOLT?"), "5.00V\n");
}

TEST_F(PsbScpiTest, TakesShortAndLongFormsInAnyCaseWithOptionalNodesAndUnits) {
  send("SYSTem:LOCK 1");
  for (const char* command : {"VOLT 12", "voltage 12.0", ":SOUR:VOLT:LEV:IMM:AMPL 12V",
                              "SOURce:VOLTage 12000 mV", "volt1 1.2e1"}) {
    send("VOLT 0");
    send(command);
    EXPECT_EQ(send("VOLT?"), "12.00V\n") << command;
    EXPECT_EQ(error(), "0,\"No error\"\n") << command;
  }
  send("VOLTA 3");
  EXPECT_EQ(error(), "-113,\"Undefined header; VOLTA\"\n");
}

TEST_F(PsbScpiTest, CarriesOutCompoundLinesAndJoinsTheReplies) {
  EXPECT_EQ(send("SYST:LOCK ON;:VOLT 14.8;CURR 12.5;:VOLT?;CURR?;*OPC?"), "14.80V;12.50A;1\n");
  EXPECT_EQ(send("SYST:ALAR:COUN:OVOL?;OCUR?;OPOW?"), "0;0;0\n");
}

struct ErrorCase {
  const char* line;
  const char* reply;
};

TEST_F(PsbScpiTest, NamesWhatIsWrongWithACommand) {
  send("SYST:LOCK ON");
  const ErrorCase cases[] = {
      {"VOLT", "-109,\"Missing parameter\"\n"},
      {"VOLT 1,2", "-108,\"Parameter not allowed\"\n"},
      {"VOLT abc", "-104,\"Data type error\"\n"},
      {"VOLT 5 A", "-131,\"Invalid suffix\"\n"},
      {"VOLT 61.3", "-222,\"Data out of range\"\n"},
      {"VOLT -1", "-222,\"Data out of range\"\n"},
      {"VOLT:PROT 67", "-222,\"Data out of range\"\n"},
      {"OUTP MAYBE", "-224,\"Illegal parameter value\"\n"},
      {"MEAS:VOLT", "-113,\"Undefined header; MEAS:VOLT\"\n"},
      {"*RST?", "-113,\"Undefined header; *RST\"\n"},
      {"VO+LT 5", "-102,\"Syntax error\"\n"},
      {"\x01", "-101,\"Invalid character\"\n"},
  };
  for (const ErrorCase& entry : cases) {
    EXPECT_EQ(send(entry.line), "") << entry.line;
    EXPECT_EQ(error(), entry.reply) << entry.line;
    EXPECT_EQ(error(), "0,\"No error\"\n") << entry.line;
  }
}

TEST_F(PsbScpiTest, SetsTheEventStatusBitOfTheErrorClass) {
  send("*CLS");
  send("NONSENSE");
  EXPECT_EQ(send("*ESR?"), "32\n");
  EXPECT_EQ(send("*ESR?"), "0\n");
  send("VOLT 5");
  EXPECT_EQ(send("*ESR?"), "16\n");
  EXPECT_EQ(send("*STB?"), "4\n");
  send("*CLS");
  EXPECT_EQ(send("*STB?"), "0\n");
}

TEST_F(PsbScpiTest, AFullQueueEndsWithOverflow) {
  for (int i = 0; i < 30; ++i) send("NONSENSE");
  const std::string all = send("SYST:ERR:ALL?");
  EXPECT_TRUE(all.ends_with("-350,\"Queue overflow\"\n")) << all;
  EXPECT_EQ(error(), "0,\"No error\"\n");
}

TEST_F(PsbScpiTest, MeasuresWithTheUnitGluedOn) {
  send("SYST:LOCK ON;:VOLT 48;CURR 10;:OUTP ON");
  pass(0.5);
  const std::string volts = send("MEAS:VOLT?");
  EXPECT_NEAR(std::stod(volts), 48.0, 0.03);
  EXPECT_TRUE(volts.ends_with("V\n"));
  EXPECT_TRUE(send("MEAS:ARR?").ends_with("W\n"));
  EXPECT_EQ(send("OUTP?"), "ON\n");
  EXPECT_EQ(send("STAT:QUES:COND?"), "2048\n");  // bit 11, output on
  EXPECT_EQ(send("STAT:OPER:COND?"), "256\n");   // bit 8, CV
}

TEST_F(PsbScpiTest, OvervoltageSwitchesOffAndLatchesUntilTheQueueIsRead) {
  send("SYST:LOCK ON;:VOLT:PROT 20;:VOLT 15;CURR 5;:OUTP ON");
  pass(0.2);
  EXPECT_EQ(send("OUTP?"), "ON\n");
  send("VOLT 25");
  pass(0.2);
  EXPECT_EQ(send("OUTP?"), "OFF\n");
  EXPECT_EQ(send("STAT:QUES:COND?"), "1\n");
  EXPECT_EQ(send("SYST:ALARM:COUNT:OVOL?"), "1\n");
  send("VOLT 15;:OUTP ON");
  EXPECT_EQ(send("OUTP?"), "OFF\n");
  EXPECT_EQ(send("SYST:ERR:ALL?"), "-240,\"Hardware error; OVP\",-221,\"Settings conflict\"\n");
  EXPECT_EQ(send("STAT:QUES:COND?"), "0\n");
  EXPECT_EQ(send("OUTP?"), "OFF\n");  // acknowledging never switches on
  send("OUTP ON");
  EXPECT_EQ(send("OUTP?"), "ON\n");
}

TEST_F(PsbScpiTest, AnAlarmWhoseCauseRemainsCannotBeAcknowledged) {
  trip("ot", 5.0);
  error();
  EXPECT_EQ(send("STAT:QUES:COND?"), "8\n");
  pass(6.0);
  error();
  EXPECT_EQ(send("STAT:QUES:COND?"), "0\n");
}

TEST_F(PsbScpiTest, APressOnLocalTakesTheLockAway) {
  send("SYST:LOCK ON");
  Fault fault;
  fault.kind = FaultKind::LockStolen;
  supply_.on_fault(fault, true);
  EXPECT_EQ(send("SYST:LOCK:OWN?"), "LOCAL\n");
  send("OUTP OFF");
  EXPECT_EQ(error(), "-201,\"Invalid while in local\"\n");
  supply_.on_fault(fault, false);
  send("SYST:LOCK ON");
  EXPECT_EQ(send("SYST:LOCK:OWN?"), "REMOTE\n");
}

TEST_F(PsbScpiTest, FindsMessagesAtLineFeedsOnly) {
  std::string buffer = "*IDN?\r\nVOLT?\nCUR";
  EXPECT_EQ(scpi_.take_message(buffer), "*IDN?\r");
  EXPECT_EQ(scpi_.take_message(buffer), "VOLT?");
  EXPECT_EQ(scpi_.take_message(buffer), std::nullopt);
  EXPECT_EQ(buffer, "CUR");
}

TEST_F(PsbScpiTest, ModbusReadsAndSetsTheSameInstrument) {
  PsbModbus memory(supply_);
  ModbusEndpoint modbus(memory);
  const auto ask = [&modbus](std::string_view hex) {
    return test::to_hex(modbus.handle(kMine, test::from_hex(hex)));
  };
  // Refused before the lock is held.
  EXPECT_EQ(ask("00 02 00 00 00 06 00 06 01 F4 32 84"), "00 02 00 00 00 03 00 86 07");
  EXPECT_EQ(ask("00 01 00 00 00 06 00 05 01 92 FF 00"), "00 01 00 00 00 06 00 05 01 92 FF 00");
  EXPECT_EQ(ask("00 02 00 00 00 06 00 06 01 F4 32 84"), "00 02 00 00 00 06 00 06 01 F4 32 84");
  EXPECT_EQ(send("VOLT?"), "14.80V\n");
  ask("00 03 00 00 00 06 00 05 01 95 FF 00");  // output on
  EXPECT_EQ(ask("00 04 00 00 00 06 00 03 01 F9 00 02"), "00 04 00 00 00 07 00 03 04 00 00 08 86");
  trip("ovp");
  EXPECT_EQ(ask("00 04 00 00 00 06 00 03 01 F9 00 02"), "00 04 00 00 00 07 00 03 04 00 01 88 06");
}

}  // namespace
}  // namespace benchd::simulators
