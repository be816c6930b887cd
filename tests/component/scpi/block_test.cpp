// The line transport of SCPI instruments, against answers that are not simple lines.
#include <gtest/gtest.h>

#include "plugins/sdk/transport/line_stream.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/component/scripted_server.hpp"

namespace benchd::plugin::transport {
namespace {

using test::ScriptedServer;
using test::soon;

LineStream connect(const ScriptedServer& server) {
  auto stream = TcpStream::connect({"127.0.0.1", server.port()}, soon());
  if (!stream) throw std::runtime_error(stream.error().message);
  return LineStream(std::move(*stream));
}

ScriptedServer::Handler always(ScriptedServer::Answer answer) {
  return [answer](const std::string&) { return answer; };
}

std::string ask(LineStream& lines) {
  if (auto sent = lines.send_line("?", soon()); !sent) return sent.error().reason;
  auto reply = lines.receive_line(soon());
  return reply ? *reply : reply.error().reason;
}

TEST(LineStreamTest, ABlockMayHoldLineEndsAndCarriageReturns) {
  ScriptedServer server(ScriptedServer::split_lines, always({"#15a\nb\n\r\r\n"}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), "#15a\nb\n\r");
  EXPECT_EQ(lines.pending(), TcpStream::Pending::Nothing);
}

TEST(LineStreamTest, ABlockThatComesByteByByteIsPutTogether) {
  ScriptedServer server(ScriptedServer::split_lines,
                        always({.bytes = "#210\n\n\n\n\n\n\n\n\n\n\n", .in_pieces = true}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), "#210\n\n\n\n\n\n\n\n\n\n");
}

TEST(LineStreamTest, ACarriageReturnBeforeTheLineEndIsDropped) {
  ScriptedServer server(ScriptedServer::split_lines, always({"12.5V\r\n"}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), "12.5V");
}

TEST(LineStreamTest, AHashThatBeginsNoBlockIsAnOrdinaryLine) {
  ScriptedServer server(ScriptedServer::split_lines, always({"#HFF\n"}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), "#HFF");
}

TEST(LineStreamTest, ALineWithoutAnEndIsGivenUp) {
  ScriptedServer server(ScriptedServer::split_lines, always({std::string(100'000, 'x')}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), reason::kDeviceLost);
}

TEST(LineStreamTest, ABlockOfAbsurdLengthIsGivenUp) {
  ScriptedServer server(ScriptedServer::split_lines, always({"#9999999999"}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), reason::kDeviceLost);
}

TEST(LineStreamTest, HalfALineIsNeverGivenOut) {
  ScriptedServer server(ScriptedServer::split_lines, always({.bytes = "48.0", .close = true}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), reason::kDeviceLost);
}

TEST(LineStreamTest, ASecondReplyInTheSameSegmentIsSeenAsUnasked) {
  ScriptedServer server(ScriptedServer::split_lines, always({"1\n2\n"}));
  auto lines = connect(server);
  EXPECT_EQ(ask(lines), "1");
  EXPECT_EQ(lines.pending(), TcpStream::Pending::Bytes);
}

TEST(TcpStreamTest, ConnectingWhereNobodyListensFailsAtOnce) {
  std::uint16_t port = 0;
  {
    ScriptedServer server(ScriptedServer::split_lines, always({}));
    port = server.port();
  }
  const auto stream = TcpStream::connect({"127.0.0.1", port}, soon());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().reason, reason::kDeviceLost);
}

}  // namespace
}  // namespace benchd::plugin::transport
