#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using testing::IsEmpty;

class QuarantineTest : public SiteTest {
 protected:
  Result<v1::QuarantineBenchResponse> take_out(const access::Caller& caller, bool dry_run = false) {
    v1::QuarantineBenchRequest request;
    request.set_name("sites/hub/benches/thrust-1");
    request.set_message("smells of burnt varnish");
    request.set_validate_only(dry_run);
    return call(site_->benches, &Benches::quarantine_bench, caller, request);
  }
};

TEST_F(QuarantineTest, AnOperatorTakesABenchOutOfUseAndItsStationIsOrderedToMakeItSafe) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  const auto taken = take_out(operator_);
  ASSERT_TRUE(taken) << taken.error().to_string();
  EXPECT_EQ(taken->status().state(), v1::BENCH_STATE_QUARANTINED);
  EXPECT_EQ(taken->status().message(), "smells of burnt varnish");
  EXPECT_EQ(taken->status().reason(), "BENCH_QUARANTINED");
  EXPECT_EQ(station_->orders().back(), "enter_safe_state");
  EXPECT_FALSE(get(booking.name()).setup_record().complete());
  EXPECT_EQ(arm(booking.name()).error().reason, Reason::SetupIncomplete);
  EXPECT_EQ(confirm(booking.name()).error().reason, Reason::BenchQuarantined);
}

TEST_F(QuarantineTest, AStationThatIsAwayKeepsNobodyFromTakingItsBenchOutOfUse) {
  station_->disconnect();
  const auto taken = take_out(operator_);
  ASSERT_TRUE(taken) << taken.error().to_string();
  EXPECT_FALSE(taken->has_proof());
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED);
  close();
  open();
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED) << "also after a restart of the site";
}

TEST_F(QuarantineTest, MembersMayNotAndOthersSeeThatItIsBusy) {
  EXPECT_EQ(take_out(volant_).error().reason, Reason::RoleNeeded);
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
  ASSERT_TRUE(take_out(operator_));
  v1::GetBenchRequest request;
  request.set_name("sites/hub/benches/thrust-1");
  const auto seen = call(site_->benches, &Benches::get_bench, kestrel_, request);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->bench().availability(), v1::AVAILABILITY_BUSY);
  EXPECT_FALSE(seen->has_status());
}

TEST_F(QuarantineTest, ADryRunOrdersNothing) {
  ASSERT_TRUE(take_out(operator_, true));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
  EXPECT_THAT(station_->commands, IsEmpty());
}

TEST_F(QuarantineTest, WithoutACauseItIsRefused) {
  v1::QuarantineBenchRequest request;
  request.set_name("sites/hub/benches/thrust-1");
  const auto refused = call(site_->benches, &Benches::quarantine_bench, operator_, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().violations[0].field, "message");
}

}  // namespace
}  // namespace benchd::site
