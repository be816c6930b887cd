#include <fcntl.h>
#include <unistd.h>

#include "tests/component/devices/host_fixture.hpp"

namespace benchd::devices::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PluginHostTest : public HostTest {};

TEST_F(PluginHostTest, ADeviceIsFoundOpenedWrittenReadMadeSafeAndClosed) {
  start_open_witness();
  EXPECT_EQ(observer_.founds.front().description.model(), "Witness");
  EXPECT_FALSE(observer_.founds.front().made_safe);
  ASSERT_TRUE(write(5.0));
  const auto readings = answer<v1::Readings>(
      [&](auto handler) { device_->read({ChannelId("v")}, std::move(handler)); });
  ASSERT_TRUE(readings);
  EXPECT_EQ(readings->readings(0).value(), 5.0);
  const auto report = make_safe();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->complete());
  EXPECT_TRUE(close());
  EXPECT_TRUE(plugins().empty());
  EXPECT_THAT(witness(), ElementsAre("open", "write voltage 5", "make_safe", "make_safe", "close"));
}

TEST_F(PluginHostTest, ASessionThatGoesAwayWithoutCloseLeavesASafeDevice) {
  start_open_witness();
  ASSERT_TRUE(set_profile(true));
  ASSERT_TRUE(write(50.0));
  device_.reset();
  ASSERT_TRUE(run_until([] { return plugins().empty(); }));
  EXPECT_THAT(witness(), ElementsAre("open", "write voltage 50", "write output 0",
                                     "write voltage 3", "make_safe", "close"));
}

TEST_F(PluginHostTest, RequestsBeforeTheDeviceIsFoundFailAtOnce) {
  make_host();
  start("witness");
  const auto early = write(5.0);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().reason, Reason::PluginFailed);
}

TEST_F(PluginHostTest, AProgramThatIsNotThereIsNamedAndNotTriedAgain) {
  make_host();
  start("no_such");
  ASSERT_TRUE(run_until([&] { return !observer_.losses.empty(); }));
  EXPECT_THAT(observer_.losses.front().error.message, HasSubstr("benchd-plugin-no-such"));
  EXPECT_EQ(observer_.losses.front().recovery, Recovery::None);
}

TEST_F(PluginHostTest, APluginGetsItsSocketItsLogAndNoOtherDescriptor) {
  const int leaky = ::open("/dev/zero", O_RDONLY);  // without O_CLOEXEC, as libraries do
  start_open_witness();
  ASSERT_EQ(plugins().size(), 1U);
  const auto folder = "/proc/" + std::to_string(plugins().front()) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT_NE(std::filesystem::read_symlink(entry.path()), "/dev/zero");
  }
  ::close(leaky);
}

TEST_F(PluginHostTest, TwentySessionsLeaveNoDescriptorBehind) {
  start_open_witness();
  ASSERT_TRUE(close());
  device_.reset();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    start("witness");
    const auto founds = observer_.founds.size();
    ASSERT_TRUE(run_until([&] { return observer_.founds.size() > founds; }));
    ASSERT_TRUE(close());
    device_.reset();
  }
  EXPECT_TRUE(run_until([&] { return open_descriptors() <= before; }))
      << before << " before, " << open_descriptors() << " after";
}

TEST_F(PluginHostTest, ASecondMasterOfOneAddressIsRefused) {
  start_open_witness();
  const auto first = std::move(device_);
  start("witness");
  ASSERT_TRUE(run_until([&] { return !observer_.losses.empty(); }));
  EXPECT_EQ(observer_.losses.front().error.reason, Reason::DeviceInUse);
  EXPECT_EQ(observer_.losses.front().recovery, Recovery::Automatic);
}

}  // namespace
}  // namespace benchd::devices::test
