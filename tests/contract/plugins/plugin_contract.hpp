// What every plugin must keep, tried on its driver behind the SDK.
//
// Include in one file of a test program, describe the device as a ContractDevice, and instantiate:
//
//   INSTANTIATE_TEST_SUITE_P(T7, PluginContractTest, Values(make_device<T7Device>));
#pragma once

#include <chrono>
#include <functional>
#include <gmock/gmock.h>
#include <limits>
#include <memory>
#include <string>

#include "plugins/sdk/testing/session.hpp"

namespace benchd::plugin::testing {

// An instrument that a test can break, with the channels "out" (written) and "in" (read).
class ContractDevice {
 public:
  ContractDevice() = default;
  ContractDevice(const ContractDevice&) = delete;
  ContractDevice& operator=(const ContractDevice&) = delete;
  virtual ~ContractDevice() = default;

  [[nodiscard]] virtual DriverFactory factory() = 0;
  // Address, profile, settings and both channels.
  [[nodiscard]] virtual v1::Setup setup() = 0;
  // A value of "out" that the instrument takes once it is open.
  [[nodiscard]] virtual double harmless_value() const = 0;
  // How many writes have reached the instrument.
  [[nodiscard]] virtual int writes() = 0;
  // The instrument does not answer any more; answers with nonsense; is well again.
  virtual void fall_silent() = 0;
  virtual void talk_nonsense() = 0;
  virtual void mend() = 0;
};

using MakeDevice = std::unique_ptr<ContractDevice> (*)();

template <typename Device>
std::unique_ptr<ContractDevice> make_device() {
  return std::make_unique<Device>();
}

class PluginContractTest : public ::testing::TestWithParam<MakeDevice> {
 protected:
  static std::string reason_of(const v1::SessionResponse& answer) {
    if (answer.has_failure()) return answer.failure().reason();
    return answer.response_case() == v1::SessionResponse::RESPONSE_NOT_SET ? "no answer" : "";
  }
  static std::string text_of(const v1::SessionResponse& answer) { return answer.DebugString(); }

  v1::SessionResponse write(double value) { return session_.write({{"out", value}}); }
  v1::SessionResponse with_short_deadline(v1::SessionRequest request) {
    const auto deadline = monotonic_now() + std::chrono::milliseconds(300);
    request.set_deadline_monotonic_ns(deadline.time_since_epoch().count());
    return session_.ask(std::move(request));
  }
  // Opens until it succeeds: after a disturbance the instrument is looked for now and then.
  v1::SessionResponse open_patiently() {
    const auto until = monotonic_now() + std::chrono::seconds(20);
    auto answer = session_.open();
    while (answer.has_failure() && monotonic_now() < until) answer = session_.open();
    return answer;
  }

  std::unique_ptr<ContractDevice> device_ = GetParam()();
  Session session_{device_->factory(), device_->setup()};
};

TEST_P(PluginContractTest, TheDeviceSaysWhatItIsAndWhatTheChannelsNeed) {
  ASSERT_EQ(reason_of(session_.start()), "");
  const int before = device_->writes();
  const auto answer = session_.describe();
  ASSERT_EQ(reason_of(answer), "") << text_of(answer);
  EXPECT_FALSE(answer.description().model().empty());
  EXPECT_GT(answer.description().units_size(), 0);
  EXPECT_EQ(device_->writes(), before) << "identification writes nothing";
}

TEST_P(PluginContractTest, OpeningTwiceIsAsGoodAsOnce) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  EXPECT_EQ(reason_of(session_.open()), "");
  EXPECT_EQ(reason_of(session_.read({"in"})), "");
}

TEST_P(PluginContractTest, AWriteReachesTheDevice) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  const int before = device_->writes();
  const auto answer = write(device_->harmless_value());
  ASSERT_EQ(reason_of(answer), "") << text_of(answer);
  EXPECT_GT(device_->writes(), before);
}

TEST_P(PluginContractTest, MakingSafeTwiceIsAsGoodAsOnce) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  for (int i = 0; i < 2; ++i) {
    const auto answer = session_.make_safe();
    EXPECT_TRUE(answer.safe_report().complete()) << text_of(answer);
  }
}

TEST_P(PluginContractTest, ADeviceThatWasNeverOpenedIsMadeSafe) {
  ASSERT_EQ(reason_of(session_.start()), "");
  const auto answer = session_.make_safe();
  EXPECT_TRUE(answer.safe_report().complete()) << text_of(answer);
}

TEST_P(PluginContractTest, NothingThatMayNotBeWrittenReachesTheDevice) {
  ASSERT_EQ(reason_of(session_.start()), "");
  ASSERT_EQ(reason_of(session_.open(true)), "");
  int before = device_->writes();
  EXPECT_EQ(reason_of(write(device_->harmless_value())), reason::kBenchNotArmed);
  EXPECT_EQ(device_->writes(), before);
  ASSERT_EQ(reason_of(session_.open()), "");
  session_.make_safe();

  before = device_->writes();
  for (const double bad : {1e9, -1e9, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(reason_of(write(bad)), reason::kOutOfRange) << bad;
  }
  auto late = session_.write_request({{"out", device_->harmless_value()}});
  late.mutable_write()->set_expires_monotonic_ns(1);
  EXPECT_EQ(reason_of(session_.ask(late)), reason::kCommandExpired);
  --session_.arm;
  EXPECT_EQ(reason_of(write(device_->harmless_value())), reason::kArmStale);
  --session_.fence;
  EXPECT_EQ(reason_of(write(device_->harmless_value())), reason::kFenceStale);
  EXPECT_EQ(device_->writes(), before);
}

TEST_P(PluginContractTest, EveryCallEndsWhenTheDeviceFallsSilent) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  device_->fall_silent();
  v1::SessionRequest read;
  read.mutable_read()->add_channels("in");
  v1::SessionRequest describe;
  describe.mutable_describe();
  v1::SessionRequest open;
  open.mutable_open();
  const auto write = session_.write_request({{"out", device_->harmless_value()}});
  for (const auto& request : {read, write, describe, open}) {
    const auto answer = with_short_deadline(request);
    EXPECT_THAT(reason_of(answer), ::testing::AnyOf(reason::kDeviceTimeout, reason::kDeviceLost,
                                                    reason::kCommandExpired))
        << text_of(answer);
  }
}

TEST_P(PluginContractTest, ADeviceThatHasFallenSilentIsUsedAgainWhenItAnswers) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  device_->fall_silent();
  v1::SessionRequest read;
  read.mutable_read()->add_channels("in");
  EXPECT_NE(reason_of(with_short_deadline(read)), "");
  device_->mend();
  const auto opened = open_patiently();
  ASSERT_EQ(reason_of(opened), "") << text_of(opened);
  EXPECT_EQ(reason_of(session_.read({"in"})), "");
  const auto written = write(device_->harmless_value());
  EXPECT_EQ(reason_of(written), "") << text_of(written);
}

TEST_P(PluginContractTest, NonsenseFromTheWireIsNeverAGoodNumber) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  device_->talk_nonsense();
  v1::SessionRequest read;
  read.mutable_read()->add_channels("in");
  const auto answer = with_short_deadline(read);
  const bool refused = answer.has_failure();
  const bool bad = answer.readings().readings_size() == 1 &&
                   answer.readings().readings(0).quality() == v1::QUALITY_BAD;
  EXPECT_TRUE(refused || bad) << text_of(answer);
  device_->mend();
  ASSERT_EQ(reason_of(open_patiently()), "");
  EXPECT_EQ(reason_of(session_.read({"in"})), "");
}

TEST_P(PluginContractTest, AStationThatIsLostLeavesTheDeviceSafeAndThePluginEnds) {
  ASSERT_EQ(reason_of(session_.start_and_open()), "");
  ASSERT_EQ(reason_of(write(device_->harmless_value())), "");
  const int before = device_->writes();
  session_.hang_up();
  EXPECT_EQ(session_.wait_for_end(), detail::SessionEnd::StationLost);
  EXPECT_GT(device_->writes(), before) << "it was made safe";
}

}  // namespace benchd::plugin::testing
