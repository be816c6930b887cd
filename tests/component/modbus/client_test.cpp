// The Modbus client against scripted bytes: what goes over the wire, and what it makes of replies
// that a well-behaved server never sends.
#include <gtest/gtest.h>

#include "plugins/sdk/transport/modbus_client.hpp"
#include "plugins/sdk/transport/modbus_words.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/component/scripted_server.hpp"

namespace benchd::plugin::transport {
namespace {

using test::ScriptedServer;
using test::soon;
using namespace std::chrono_literals;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

// The reply to a request with the given unit id, function and data: the header is made to fit.
std::string reply_to(const std::string& request, const std::string& pdu) {
  return request.substr(0, 2) + bytes({0, 0, 0, static_cast<int>(pdu.size()) + 1}) +
         request.substr(6, 1) + pdu;
}

// Without the transaction id, which is the client's to choose.
std::string body_of(const std::string& message) { return message.substr(2); }

class ModbusClientTest : public testing::Test {
 protected:
  void answer_with(ScriptedServer::Handler handler) {
    server_.emplace(ScriptedServer::split_modbus, std::move(handler));
    client_.emplace(ModbusClient::Options{
        .endpoint = {"127.0.0.1", server_->port()}, .unit_id = 1, .reply_timeout = 300ms});
    ASSERT_DONE(client_->connect(soon()));
  }
  void answer_with_pdu(const std::string& pdu) {
    answer_with([pdu](const std::string& request) {
      return ScriptedServer::Answer{reply_to(request, pdu)};
    });
  }

  std::optional<ScriptedServer> server_;
  std::optional<ModbusClient> client_;
};

// The exchanges below are those of LabJack's and Advantech's documents.
TEST_F(ModbusClientTest, ReadingAFloatSendsAndUnderstandsTheDocumentedBytes) {
  answer_with_pdu(bytes({0x03, 0x04, 0x40, 0xE0, 0x00, 0x00}));
  const auto words = client_->read_words(ModbusTable::HoldingRegister, 60'000, 2, soon());
  ASSERT_DONE(words);
  EXPECT_EQ(f32_of((*words)[0], (*words)[1]), 7.0F);
  EXPECT_EQ(body_of(server_->messages().front()),
            bytes({0, 0, 0, 6, 1, 3, 0xEA, 0x60, 0x00, 0x02}));
}

TEST_F(ModbusClientTest, WritingAFloatSendsTheDocumentedBytes) {
  answer_with_pdu(bytes({0x10, 0x9C, 0x40, 0x00, 0x02}));
  ASSERT_DONE(client_->write_words(40'000, words_of_f32(0.01F), soon()));
  EXPECT_EQ(body_of(server_->messages().front()),
            bytes({0, 0, 0, 0x0B, 1, 0x10, 0x9C, 0x40, 0, 2, 4, 0x3C, 0x23, 0xD7, 0x0A}));
}

TEST_F(ModbusClientTest, WritingAWholeNumberSendsTheHighWordFirst) {
  answer_with_pdu(bytes({0x10, 0xAD, 0x0C, 0x00, 0x02}));
  ASSERT_DONE(client_->write_words(44'300, words_of_u32(120'000), soon()));
  EXPECT_EQ(body_of(server_->messages().front()),
            bytes({0, 0, 0, 0x0B, 1, 0x10, 0xAD, 0x0C, 0, 2, 4, 0x00, 0x01, 0xD4, 0xC0}));
}

TEST_F(ModbusClientTest, SwitchingSixOutputsOffSendsTheDocumentedBytes) {
  answer_with_pdu(bytes({0x0F, 0x00, 0x10, 0x00, 0x06}));
  ASSERT_DONE(client_->write_bits(16, std::vector<bool>(6, false), soon()));
  EXPECT_EQ(body_of(server_->messages().front()),
            bytes({0, 0, 0, 8, 1, 0x0F, 0x00, 0x10, 0x00, 0x06, 0x01, 0x00}));
}

TEST_F(ModbusClientTest, TwelveInputsAreUnpackedLowestBitFirst) {
  answer_with_pdu(bytes({0x01, 0x02, 0x8B, 0x00}));
  const auto bits = client_->read_bits(ModbusTable::Coil, 0, 12, soon());
  ASSERT_DONE(bits);
  const std::vector<bool> expected = {true,  true, false, true,  false, false,
                                      false, true, false, false, false, false};
  EXPECT_EQ(*bits, expected);
}

TEST_F(ModbusClientTest, AnExceptionComesInWordsAndTheConnectionStays) {
  answer_with_pdu(bytes({0x83, 0x02}));
  const auto words = client_->read_words(ModbusTable::HoldingRegister, 9'999, 2, soon());
  EXPECT_EQ(test::reason_of(words), reason::kDeviceRefused);
  EXPECT_NE(test::message_of(words).find("no such address"), std::string::npos);
  EXPECT_TRUE(client_->connected());
}

TEST_F(ModbusClientTest, AnExceptionNumberThatNobodyKnowsIsStillARefusalOrALoss) {
  answer_with_pdu(bytes({0x83, 0x55}));
  EXPECT_FALSE(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon()));
}

TEST_F(ModbusClientTest, ATimeoutClosesTheConnection) {
  answer_with([](const std::string&) { return ScriptedServer::Answer{}; });
  const auto words = client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon());
  EXPECT_EQ(test::reason_of(words), reason::kDeviceTimeout);
  EXPECT_FALSE(client_->connected());
}

TEST_F(ModbusClientTest, TheDeadlineBeatsTheReplyTimeout) {
  answer_with([](const std::string&) { return ScriptedServer::Answer{}; });
  EXPECT_EQ(test::reason_of(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon(20ms))),
            reason::kDeviceTimeout);
  EXPECT_EQ(test::reason_of(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon(0ms))),
            reason::kDeviceLost);
}

TEST_F(ModbusClientTest, AReplyWithAnOldTransactionIdIsNotTaken) {
  answer_with([](const std::string& request) {
    std::string reply = reply_to(request, bytes({0x03, 0x02, 0x12, 0x34}));
    reply[1] = static_cast<char>(reply[1] - 1);
    return ScriptedServer::Answer{reply};
  });
  const auto words = client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon());
  EXPECT_EQ(test::reason_of(words), reason::kDeviceLost);
  EXPECT_FALSE(client_->connected());
}

TEST_F(ModbusClientTest, ASecondCopyOfAReplyIsDropped) {
  answer_with([n = 0](const std::string& request) mutable {
    ++n;
    const auto reply = reply_to(request, bytes({0x03, 0x02, 0x00, n}));
    return ScriptedServer::Answer{n == 1 ? reply + reply : reply};
  });
  EXPECT_EQ(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon())->front(), 1);
  // The copy was sent in the same segment, so it is there.
  EXPECT_EQ(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon())->front(), 2);
}

TEST_F(ModbusClientTest, AReplyByteByByteIsPutTogether) {
  answer_with([](const std::string& request) {
    return ScriptedServer::Answer{.bytes = reply_to(request, bytes({0x03, 0x02, 0x12, 0x34})),
                                  .in_pieces = true};
  });
  EXPECT_EQ(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon())->front(), 0x1234);
}

TEST_F(ModbusClientTest, AReplyCutInHalfIsALoss) {
  answer_with([](const std::string& request) {
    return ScriptedServer::Answer{
        .bytes = reply_to(request, bytes({0x03, 0x02, 0x12, 0x34})).substr(0, 9), .close = true};
  });
  EXPECT_FALSE(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon()));
  EXPECT_FALSE(client_->connected());
}

TEST_F(ModbusClientTest, AReplyToAnotherFunctionIsNotTaken) {
  answer_with_pdu(bytes({0x04, 0x02, 0x12, 0x34}));
  EXPECT_FALSE(client_->read_words(ModbusTable::HoldingRegister, 0, 1, soon(200ms)));
  EXPECT_FALSE(client_->connected());
}

}  // namespace
}  // namespace benchd::plugin::transport
