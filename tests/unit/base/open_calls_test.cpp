#include "daemon/base/open_calls.hpp"

#include <gtest/gtest.h>
#include <thread>

#include <asio/io_context.hpp>

namespace benchd {
namespace {

TEST(OpenCallsTest, WaitingEndsWhenTheLastCallHasPostedItsEnd) {
  asio::io_context io;
  const auto calls = std::make_shared<OpenCalls>();
  bool ran = false;
  calls->begin();
  std::thread grpc([&] { release_call(io.get_executor(), calls, [&] { ran = true; }); });
  calls->wait();
  io.run();
  EXPECT_TRUE(ran);
  grpc.join();
}

TEST(OpenCallsTest, TheLastShareOfACallIsNotDroppedByWhoReportsItsEnd) {
  asio::io_context io;
  const auto calls = std::make_shared<OpenCalls>();
  auto call = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = call;
  calls->begin();
  release_call(io.get_executor(), calls, [call = std::move(call)] {});
  EXPECT_FALSE(watched.expired());
  io.run();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace benchd
