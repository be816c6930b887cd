#include "daemon/station/safe_plan.hpp"

#include <algorithm>

#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using station::safe_profiles;
using station::safe_stages;
using station::units_of;
using ::testing::SizeIs;

const plugin::v1::SafeProfile& profile_of(
    const std::vector<std::pair<station::UnitName, plugin::v1::SafeProfile>>& profiles,
    const std::string& device) {
  return std::find_if(profiles.begin(), profiles.end(),
                      [&](const auto& each) { return each.first.device == DeviceId(device); })
      ->second;
}

TEST(SafePlanTest, ConsecutiveWritesToOneUnitAreOneStage) {
  model::Bench bench = thrust_station().benches[0];
  const auto stages = safe_stages(bench);
  ASSERT_THAT(stages, SizeIs(5));
  EXPECT_EQ(stages[0].writes[0].channel, ChannelId("throttle"));
  EXPECT_TRUE(stages[1].is_wait());
  EXPECT_EQ(stages[2].unit.device, DeviceId("psb"));
  EXPECT_EQ(stages[3].unit.device, DeviceId("adam"));
}

TEST(SafePlanTest, AWritableChannelThatTheDefinitionLeavesOutIsMadeSafeAtTheEnd) {
  const auto stages = safe_stages(thrust_station().benches[0]);
  EXPECT_EQ(stages.back().writes[0].channel, ChannelId("voltage"));
  EXPECT_EQ(stages.back().writes[0].value, 0);
}

TEST(SafePlanTest, AUnitAloneWaitsAsLongAsTheOthersCouldTake) {
  const auto profiles = safe_profiles(thrust_station().benches[0]);
  const auto& throttle = profile_of(profiles, "t7");
  ASSERT_EQ(throttle.steps_size(), 1);
  EXPECT_EQ(throttle.steps(0).delay_ns(), 0);
  const auto& contactor = profile_of(profiles, "adam");
  ASSERT_EQ(contactor.steps_size(), 1);
  EXPECT_EQ(contactor.steps(0).delay_ns(), Nanoseconds(5s).count());
}

TEST(SafePlanTest, TheDelaysOfAUnitAddUpToTheWaitsBeforeItsWrites) {
  model::Bench bench = thrust_station().benches[0];
  bench.safe_state.steps.push_back({.at_most = 2s});
  bench.safe_state.steps.push_back({.write = model::ChannelWrite{ChannelId("output"), 0}});
  const auto profiles = safe_profiles(bench);
  const auto& psb = profile_of(profiles, "psb");
  ASSERT_EQ(psb.steps_size(), 3);
  EXPECT_EQ(psb.steps(0).delay_ns(), Nanoseconds(5s).count());
  EXPECT_EQ(psb.steps(1).delay_ns(), Nanoseconds(2s).count());
  EXPECT_EQ(psb.steps(2).delay_ns(), 0);
}

TEST(SafePlanTest, AUnitThatIsOnlyReadHasAProfileWithoutSteps) {
  model::Bench bench = thrust_station().benches[0];
  for (model::Channel& channel : bench.channels) {
    if (channel.id == ChannelId("rpm")) channel.device = DeviceId("meter");
  }
  const auto units = units_of(bench);
  ASSERT_THAT(units.read_only, SizeIs(1));
  EXPECT_EQ(units.read_only[0].device, DeviceId("meter"));
  EXPECT_EQ(profile_of(safe_profiles(bench), "meter").steps_size(), 0);
}

}  // namespace
}  // namespace benchd::test
