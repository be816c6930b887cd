// The SCPI driver against an instrument whose every answer is scripted: what a real one would do
// only on a bad day.
#include <atomic>
#include <gtest/gtest.h>
#include <map>
#include <mutex>

#include "plugins/scpi/driver.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/component/scripted_server.hpp"

namespace benchd::plugin::scpi {
namespace {

using test::ScriptedServer;
using test::soon;
using namespace std::chrono_literals;

// An instrument with a table of answers; what is not a query changes nothing.
class Instrument {
 public:
  Instrument()
      : server_(ScriptedServer::split_lines,
                [this](const std::string& line) { return answer(line); }) {
    set("*IDN?", "Maker,Model 7,SN1,1.0\n");
    set("SYST:ERR?", "0,\"No error\"\n");
  }

  void set(const std::string& query, const std::string& reply) {
    set_answer(query, {.bytes = reply});
  }
  void set_answer(const std::string& query, ScriptedServer::Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[query] = std::move(answer);
  }

  [[nodiscard]] ScriptedServer& server() { return server_; }
  [[nodiscard]] int count(const std::string& line) const {
    const auto messages = server_.messages();
    return static_cast<int>(std::ranges::count(messages, line + "\n"));
  }

 private:
  ScriptedServer::Answer answer(const std::string& line) {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(line.substr(0, line.size() - 1));
    return found == answers_.end() ? ScriptedServer::Answer{} : found->second;
  }

  std::mutex mutex_;
  std::map<std::string, ScriptedServer::Answer> answers_;
  ScriptedServer server_;
};

v1::Setup setup_of(const std::string& address) {
  v1::Setup setup = test::setup_for(address);
  auto& profile = *setup.mutable_profile();
  profile.set_name("model-7");
  profile.mutable_identity()->set_maker("Maker");
  profile.mutable_identity()->set_model("Model [0-9]+");
  auto& scpi = *profile.mutable_scpi();
  scpi.set_reply_timeout("200 ms");
  const auto add = [&](const char* name, const char* query, const char* command, const char* back) {
    auto& signal = *scpi.add_signals();
    signal.set_name(name);
    signal.set_unit("V");
    signal.set_query(query);
    signal.set_command(command);
    signal.set_read_back(back);
    signal.set_min("0 V");
    signal.set_max("100 V");
    return &signal;
  };
  add("first", "ALL?", "", "");
  add("second", "ALL?", "", "")->set_field(1);
  add("level", "LEV?", "LEV {}", "LEV?");
  add("blind", "", "BLIND {}", "");
  return setup;
}

class ScpiDriverTest : public testing::Test {
 protected:
  ScpiDriverTest() {
    auto made = make_driver(setup_of(instrument_.server().address()));
    EXPECT_TRUE(made) << test::message_of(made);
    driver_ = std::move(*made);
  }

  void open() {
    ASSERT_DONE(driver_->identify(soon()));
    ASSERT_DONE(driver_->open(soon()));
  }

  Instrument instrument_;
  std::unique_ptr<Driver> driver_;
};

TEST_F(ScpiDriverTest, SignalsOfOneQueryAreFetchedWithOneExchange) {
  open();
  instrument_.set("ALL?", "1.5 V, 2.5V\n");
  const auto readings = test::read(*driver_, {"second", "first", "second"});
  ASSERT_DONE(readings);
  EXPECT_EQ((*readings)[0].value, 2.5);
  EXPECT_EQ((*readings)[1].value, 1.5);
  EXPECT_EQ((*readings)[2].value, 2.5);
  EXPECT_EQ(instrument_.count("ALL?"), 1);
}

TEST_F(ScpiDriverTest, AnotherModelIsRefusedBeforeAnythingIsWritten) {
  instrument_.set("*IDN?", "Maker,Model X,SN1,1.0\n");
  EXPECT_EQ(test::reason_of(driver_->identify(soon())), reason::kIdentityMismatch);
  EXPECT_EQ(instrument_.server().messages().size(), 1U);
}

TEST_F(ScpiDriverTest, ALateReplyIsNeverTakenForTheNextAnswer) {
  open();
  instrument_.set("ALL?", "");  // silent
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"first"})), reason::kDeviceTimeout);
  instrument_.set("ALL?", "7, 8\n");
  // Not identified again: no number is trusted.
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"first"})), reason::kDeviceLost);
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_TRUE(found->reconnected);
  EXPECT_EQ(test::read(*driver_, {"first"})->front().value, 7.0);
  EXPECT_EQ(instrument_.server().connections(), 2);
}

TEST_F(ScpiDriverTest, TwoRepliesToOneQuestionPutTheLinkOutOfStep) {
  open();
  instrument_.set("ALL?", "1, 2\n3, 4\n");
  EXPECT_DONE(test::read(*driver_, {"first"}));
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"first"})), reason::kDeviceLost);
}

TEST_F(ScpiDriverTest, ALineThatIsCutIsNoNumber) {
  open();
  instrument_.set_answer("ALL?", {.bytes = "12.3", .close = true});
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"first"})), reason::kDeviceLost);
}

TEST_F(ScpiDriverTest, AReplyInPiecesIsPutTogether) {
  open();
  instrument_.set_answer("ALL?", {.bytes = "12.3V, 4 V\r\n", .in_pieces = true});
  EXPECT_EQ(test::read(*driver_, {"second"})->front().value, 4.0);
}

TEST_F(ScpiDriverTest, AnswersThatMakeNoSenseEndTheConnection) {
  for (const char* reply : {"hello\n", "\xff\xfe\n", "1.5\n", "1,2 A\n"}) {
    open();
    instrument_.set("ALL?", reply);
    EXPECT_EQ(test::reason_of(test::read(*driver_, {"second"})), reason::kDeviceLost) << reply;
  }
}

TEST_F(ScpiDriverTest, AMissingNumberIsBadAndTheLinkStays) {
  open();
  for (const char* reply : {"\n", "9.91E37, 9.91E37\n", "nan, nan\n", ", \n"}) {
    instrument_.set("ALL?", reply);
    const auto readings = test::read(*driver_, {"first", "second"});
    ASSERT_DONE(readings);
    EXPECT_EQ(readings->front().quality, Quality::Bad) << reply;
    EXPECT_EQ(readings->back().quality, Quality::Bad) << reply;
  }
  instrument_.set("ALL?", "9.9E37, -9.9E37\n");
  EXPECT_EQ(test::read(*driver_, {"first"})->front().quality, Quality::Overrange);
  EXPECT_EQ(instrument_.server().connections(), 1);
}

TEST_F(ScpiDriverTest, AWriteThatTheInstrumentRefusesSaysSoInItsWords) {
  open();
  instrument_.set("SYST:ERR?", "-222,\"Data out of range\"\n");
  const auto done = driver_->write("blind", 5.0, soon());
  EXPECT_EQ(test::reason_of(done), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(done).find("Data out of range"), std::string::npos);
}

TEST_F(ScpiDriverTest, AnAcceptedWriteThatReadsBackAsSomethingElseFails) {
  open();
  instrument_.set("LEV?", "4.0 V\n");
  EXPECT_EQ(test::reason_of(driver_->write("level", 5.0, soon())), reason::kDeviceRefused);
  instrument_.set("LEV?", "4.9 V\n");  // within 0.5 % of the range
  const auto done = driver_->write("level", 5.0, soon());
  ASSERT_DONE(done);
  EXPECT_EQ(**done, 4.9);
}

TEST_F(ScpiDriverTest, ASilentInstrumentCostsNoMoreThanTheDeadline) {
  instrument_.set("*IDN?", "");
  const auto start = monotonic_now();
  EXPECT_EQ(test::reason_of(driver_->identify(soon(50ms))), reason::kDeviceTimeout);
  EXPECT_LT(monotonic_now() - start, 2s);  // the profile's time-out is 200 ms: a wide margin
}

TEST_F(ScpiDriverTest, AConnectionThatTheInstrumentDropsIsNoticedBeforeTheNextQuestion) {
  open();
  instrument_.set_answer("ALL?", {.bytes = "1, 2\n", .close = true});
  EXPECT_DONE(test::read(*driver_, {"first"}));
  instrument_.set("ALL?", "1, 2\n");
  // The end may arrive a little later than the line before it.
  test::wait_until([&] { return !test::read(*driver_, {"first"}); });
  const auto found = driver_->identify(soon());
  ASSERT_DONE(found);
  EXPECT_TRUE(found->reconnected);
  EXPECT_DONE(test::read(*driver_, {"first"}));
}

TEST(ScpiSetupTest, EverythingThatIsWrongIsSaidAtOnce) {
  v1::Setup setup = setup_of("tcp://127.0.0.1:1");
  test::add_channel(setup, "frist");
  test::add_setting(setup, "speed", "9600");
  auto& scpi = *setup.mutable_profile()->mutable_scpi();
  scpi.set_reply_timeout("soon");
  scpi.mutable_signals(2)->set_command("LEV");
  scpi.mutable_signals(2)->set_max("100 A");
  scpi.add_expect()->set_matches("(");
  const auto made = make_driver(setup);
  ASSERT_EQ(test::reason_of(made), reason::kConfigInvalid);
  for (const char* part : {"Did you mean 'first'?", "setting speed", "'soon' is no duration",
                           "has no {}", "'100 A' is no number in V", "is no regular expression"}) {
    EXPECT_NE(test::message_of(made).find(part), std::string::npos) << part << "\n"
                                                                    << test::message_of(made);
  }
}

TEST(ScpiSetupTest, AnAddressOfAnotherKindIsRefused) {
  EXPECT_EQ(test::reason_of(make_driver(setup_of("serial:/dev/ttyUSB0"))), reason::kConfigInvalid);
}

}  // namespace
}  // namespace benchd::plugin::scpi
