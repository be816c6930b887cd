#include <cmath>
#include <limits>

#include "plugins/sdk/src/write_gate.hpp"
#include "tests/unit/plugin_sdk/support.hpp"

namespace benchd::plugin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> writes(const FakeInstrument& instrument) {
  std::vector<std::string> found;
  for (const std::string& call : instrument.calls()) {
    if (call.rfind("write", 0) == 0) found.push_back(call);
  }
  return found;
}

class WriteRulesTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(session_.start_and_open(), Succeeds()); }

  FakeInstrument instrument_;
  Session session_{instrument_.factory(), fake_setup()};
};

TEST_F(WriteRulesTest, AWriteReachesTheInstrumentInOrderAndIsReadBack) {
  const auto answer = session_.write({{"v", 5.0}, {"out", 1.0}});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer.readings().readings(0).value(), 5.0);
  EXPECT_THAT(writes(instrument_), ElementsAre("write voltage 5", "write output 1"));
}

TEST_F(WriteRulesTest, OneValueOutOfRangeRefusesTheWholeWriteBeforeItsFirstValue) {
  for (const double bad : {50.1, -0.1, std::nan(""), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(session_.write({{"out", 1.0}, {"v", bad}}), FailsWith(reason::kOutOfRange));
  }
  EXPECT_THAT(writes(instrument_), IsEmpty());
}

TEST_F(WriteRulesTest, UnknownReadOnlyAndForeignChannelsAreRefused) {
  EXPECT_THAT(session_.write({{"x", 1.0}}), FailsWith(reason::kUnknownChannel));
  EXPECT_THAT(session_.write({{"i", 0.0}}), FailsWith(reason::kInvalidArgument));
  session_.unit = "other";
  EXPECT_THAT(session_.write({{"v", 1.0}}), FailsWith(reason::kInvalidArgument));
  EXPECT_THAT(writes(instrument_), IsEmpty());
}

TEST_F(WriteRulesTest, AnOlderFenceIsRefusedOnceANewerOneWasSeen) {
  session_.fence = 7;
  ASSERT_THAT(session_.write({{"v", 1.0}}), Succeeds());
  session_.fence = 6;
  EXPECT_THAT(session_.write({{"v", 2.0}}), FailsWith(reason::kFenceStale));
  EXPECT_EQ(instrument_.value("voltage"), 1.0);
}

TEST_F(WriteRulesTest, AnExpiredWriteIsDropped) {
  auto request = session_.write_request({{"v", 1.0}});
  request.mutable_write()->set_expires_monotonic_ns(monotonic_now().time_since_epoch().count());
  EXPECT_THAT(session_.ask(request), FailsWith(reason::kCommandExpired));
  request.mutable_write()->set_expires_monotonic_ns(0);
  EXPECT_THAT(session_.ask(request), FailsWith(reason::kCommandExpired));
  EXPECT_THAT(writes(instrument_), IsEmpty());
}

TEST_F(WriteRulesTest, MakeSafeOvertakesAndDropsTheWritesThatWait) {
  instrument_.hold("read");
  v1::SessionRequest read;
  read.mutable_read()->add_channels("v");
  session_.send(read);
  ASSERT_TRUE(instrument_.wait_for("read"));
  const auto first = session_.send(session_.write_request({{"v", 1.0}}));
  const auto second = session_.send(session_.write_request({{"v", 2.0}}));
  const auto safe = session_.send(session_.make_safe_request());
  instrument_.release();
  EXPECT_TRUE(session_.answer_to(safe).safe_report().complete());
  EXPECT_THAT(session_.answer_to(first), FailsWith(reason::kArmStale));
  EXPECT_THAT(session_.answer_to(second), FailsWith(reason::kArmStale));
  EXPECT_THAT(writes(instrument_), IsEmpty());
}

TEST_F(WriteRulesTest, MakeSafeStopsAWriteBeforeItsNextValue) {
  instrument_.hold("write");
  const auto write = session_.send(session_.write_request({{"v", 1.0}, {"out", 1.0}}));
  ASSERT_TRUE(instrument_.wait_for("write voltage 1"));
  const auto safe = session_.send(session_.make_safe_request());
  instrument_.release();
  EXPECT_THAT(session_.answer_to(write), FailsWith(reason::kArmStale));
  EXPECT_TRUE(session_.answer_to(safe).safe_report().complete());
  EXPECT_EQ(instrument_.value("output"), 0.0);
}

TEST_F(WriteRulesTest, AWriteWithTheNewArmNumberIsAllowedAfterMakeSafe) {
  ASSERT_TRUE(session_.make_safe().has_safe_report());
  EXPECT_THAT(session_.write({{"v", 3.0}}), Succeeds());
}

TEST_F(WriteRulesTest, AWriteWithTheFormerArmNumberIsRefusedAfterMakeSafe) {
  ASSERT_TRUE(session_.make_safe().has_safe_report());
  --session_.arm;
  EXPECT_THAT(session_.write({{"v", 3.0}}), FailsWith(reason::kArmStale));
}

TEST_F(WriteRulesTest, ASafeProfileIsCarriedOutBeforeTheInstrumentsOwnWay) {
  ASSERT_THAT(session_.ask(session_.profile_request({{"out", 0.0}, {"v", 1.0}})), Succeeds());
  const auto report = session_.make_safe().safe_report();
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.readings_size(), 3);
  const auto calls = instrument_.calls();
  const std::vector<std::string> expected = {"write output 0", "write voltage 1", "make_safe"};
  EXPECT_TRUE(std::search(calls.begin(), calls.end(), expected.begin(), expected.end()) !=
              calls.end());
}

TEST_F(WriteRulesTest, AFailedStepIsTriedAgainAndTheNextOneFollows) {
  ASSERT_THAT(session_.ask(session_.profile_request({{"out", 0.0}, {"v", 1.0}})), Succeeds());
  instrument_.fail("write", std::string(reason::kDeviceRefused));
  const auto report = session_.make_safe().safe_report();
  EXPECT_FALSE(report.complete());
  EXPECT_EQ(report.problems_size(), 2);
  EXPECT_THAT(writes(instrument_), ElementsAre("write output 0", "write output 0",
                                               "write voltage 1", "write voltage 1"));
  EXPECT_EQ(instrument_.count("make_safe"), 1);
}

TEST_F(WriteRulesTest, ASafeProfileOutOfRangeIsRefusedWhenItComes) {
  EXPECT_THAT(session_.ask(session_.profile_request({{"v", 99.0}})),
              FailsWith(reason::kOutOfRange));
}

TEST(SafeOnlyTest, OnlyReadingAndMakeSafeAreAllowed) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  session.start();
  ASSERT_THAT(session.open(true), Succeeds());
  EXPECT_THAT(session.write({{"v", 1.0}}), FailsWith(reason::kBenchNotArmed));
  EXPECT_THAT(session.read({"v"}), Succeeds());
  EXPECT_TRUE(session.make_safe().safe_report().complete());
  ASSERT_THAT(session.open(false), Succeeds());
  EXPECT_THAT(session.write({{"v", 1.0}}), Succeeds());
}

TEST(SafeOnlyTest, MakeSafeBeforeOpenOpensTheDeviceForSafetyOnly) {
  FakeInstrument instrument;
  Session session(instrument.factory(), fake_setup());
  session.start();
  EXPECT_TRUE(session.make_safe().safe_report().complete());
  EXPECT_THAT(session.write({{"v", 1.0}}), FailsWith(reason::kBenchNotArmed));
}

TEST(ConversionTest, ValuesAreConvertedBothWays) {
  FakeInstrument instrument;
  v1::Setup setup = fake_setup();
  setup.mutable_channels(0)->set_gain(10.0);
  setup.mutable_channels(0)->set_offset(-5.0);
  Session session(instrument.factory(), setup);
  session.start_and_open();
  const auto answer = session.write({{"v", 25.0}});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(instrument.value("voltage"), 3.0);
  EXPECT_EQ(answer.readings().readings(0).value(), 25.0);
  EXPECT_EQ(session.read({"v"}).readings().readings(0).value(), 25.0);
}

TEST(ConversionTest, ARawValueBeyondTheInstrumentsOwnRangeIsRefused) {
  FakeInstrument instrument;
  v1::Setup setup = fake_setup();
  setup.mutable_channels(0)->set_gain(0.5);
  Session session(instrument.factory(), setup);
  session.start_and_open();
  const auto answer = session.write({{"v", 40.0}});
  EXPECT_THAT(answer, FailsWith(reason::kOutOfRange));
  EXPECT_THAT(answer.failure().message(), HasSubstr("instrument takes 0 to 60"));
}

TEST(WriteGateTest, MakingAllUnitsSafeStopsEachOfThem) {
  detail::WriteGate gate;
  const auto one = gate.admit("ch1", 1, 9);
  const auto two = gate.admit("ch2", 1, 2);
  gate.make_safe("", 5);
  EXPECT_FALSE(gate.check(one));
  EXPECT_FALSE(gate.check(two));
  EXPECT_FALSE(gate.check(gate.admit("ch3", 1, 4)));
  EXPECT_TRUE(gate.check(gate.admit("ch3", 1, 5)));
}

TEST(WriteGateTest, MakingOneUnitSafeLeavesTheOthersAlone) {
  detail::WriteGate gate;
  const auto other = gate.admit("ch2", 1, 1);
  gate.make_safe("ch1", 2);
  EXPECT_TRUE(gate.check(other));
}

}  // namespace
}  // namespace benchd::plugin::testing
