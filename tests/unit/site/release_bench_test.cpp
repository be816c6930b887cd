#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using testing::IsEmpty;

class ReleaseBenchTest : public SiteTest {
 protected:
  Result<v1::ReleaseBenchResponse> take_back(const access::Caller& caller, bool dry_run = false) {
    v1::ReleaseBenchRequest request;
    request.set_name("sites/hub/benches/thrust-1");
    request.set_validate_only(dry_run);
    return call(site_->benches, &Benches::release_bench, caller, request);
  }

  void latch() {
    station_->latched = "interlock guard opened";
    station_->send_status();
    wait([&] { return bench_state() == v1::BENCH_STATE_QUARANTINED; });
  }
};

TEST_F(ReleaseBenchTest, AnOperatorTakesALatchedBenchBackIntoUse) {
  latch();
  const auto released = take_back(operator_);
  ASSERT_TRUE(released) << released.error().to_string();
  EXPECT_EQ(station_->commands.back().clear_latch().member(), "staff/olga");
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
}

TEST_F(ReleaseBenchTest, AQuarantineThatTheSiteKeepsEndsToo) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  station_->proves_safe = false;
  ASSERT_FALSE(release(booking.name()));
  ASSERT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED);
  station_->proves_safe = true;
  ASSERT_TRUE(take_back(operator_));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
}

TEST_F(ReleaseBenchTest, WhileTheCauseIsThereTheBenchStaysOutOfUse) {
  latch();
  station_->guard_closed = false;
  const auto refused = take_back(operator_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::InterlockOpen);
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED);
}

TEST_F(ReleaseBenchTest, TheSetupOfTheBookingMustBeConfirmedAgain) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  latch();
  ASSERT_TRUE(take_back(operator_));
  EXPECT_FALSE(get(booking.name()).setup_record().complete());
}

TEST_F(ReleaseBenchTest, MembersOfATenantMayNotEvenWhereTheyHoldTheBench) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  const auto orders = station_->commands.size();
  latch();
  const auto refused = take_back(volant_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::RoleNeeded);
  EXPECT_EQ(refused.error().context.at("roles"), "operator");
  EXPECT_EQ(station_->commands.size(), orders);
}

TEST_F(ReleaseBenchTest, ADryRunOrdersNothing) {
  latch();
  const auto looked = take_back(operator_, true);
  ASSERT_TRUE(looked) << looked.error().to_string();
  EXPECT_THAT(station_->commands, IsEmpty());
  EXPECT_EQ(looked->status().state(), v1::BENCH_STATE_QUARANTINED);
}

TEST_F(ReleaseBenchTest, AStationThatIsAwayIsNotOrderedLater) {
  latch();
  station_->disconnect();
  const auto refused = take_back(operator_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::BenchOffline);
  ASSERT_TRUE(station_->connect());
  EXPECT_THAT(station_->commands, IsEmpty());
}

}  // namespace
}  // namespace benchd::site
