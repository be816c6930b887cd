#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class StartRunTest : public RunsTest {
 protected:
  static void set_parameter(v1::StartRunRequest& request, const char* name, const char* value) {
    auto& parameter = *request.add_parameters();
    parameter.set_name(name);
    parameter.set_value(value);
  }

  [[nodiscard]] const link::v1::StartRun& last_order() const {
    return station_->commands.back().start_run();
  }

  Result<v1::StopRunResponse> stop(const std::string& run, v1::StopMode mode) {
    v1::StopRunRequest request;
    request.set_name(run);
    request.set_mode(mode);
    return call(site_->runs, &Runs::stop_run, volant_, request);
  }
};

TEST_F(StartRunTest, TheStationGetsTheTextAndParametersOfTheRun) {
  auto request = start_request(armed_booking());
  set_parameter(request, "level", "12 A");
  request.set_external_id("job-7");

  const auto response = start(request);

  ASSERT_TRUE(response) << response.error().to_string();
  EXPECT_EQ(response->run().state(), v1::RUN_STATE_PENDING);
  EXPECT_EQ(response->run().external_id(), "job-7");
  EXPECT_GE(response->predicted_duration().seconds(), 1200);
  ASSERT_TRUE(station_->commands.back().has_start_run());
  EXPECT_EQ(last_order().run(), last_part(response->run().name()));
  EXPECT_EQ(last_order().sequence_source(), kHoldSource);
  ASSERT_EQ(last_order().parameters_size(), 1);
  EXPECT_EQ(last_order().parameters(0).value(), "12 A");
}

TEST_F(StartRunTest, ARepeatedRequestIdStartsOneRunOnly) {
  auto request = start_request(armed_booking());
  request.set_request_id("once");
  const auto first = start(request);
  const auto orders = station_->commands.size();

  const auto second = start(request);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->run().name(), second->run().name());
  EXPECT_EQ(station_->commands.size(), orders);
}

TEST_F(StartRunTest, ARequestIdWithAnotherRequestIsRefused) {
  auto request = start_request(armed_booking());
  request.set_request_id("once");
  ASSERT_TRUE(start(request));
  set_parameter(request, "level", "3 A");

  const auto second = start(request);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::RequestIdReused);
}

TEST_F(StartRunTest, WhatLastsLongerThanTheBookingIsRefusedWithBothTimes) {
  const auto booking = armed_booking(10min);

  const auto response = start(start_request(booking));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::BookingEnding);
  EXPECT_EQ(response.error().message, "The sequence needs 20 min, the booking has 15 min left.");
}

TEST_F(StartRunTest, ABenchThatIsNotArmedStartsNothing) {
  const auto booking = book().name();
  ASSERT_TRUE(confirm(booking));

  const auto response = start(start_request(booking));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::BenchNotArmed);
}

TEST_F(StartRunTest, ASecondRunHasToWaitForTheFirst) {
  const auto booking = armed_booking();
  ASSERT_TRUE(start(start_request(booking)));

  const auto second = start(start_request(booking));

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::RunActive);
}

TEST_F(StartRunTest, AWrongParameterIsNamedAndNothingIsOrdered) {
  auto request = start_request(armed_booking());
  set_parameter(request, "level", "1000 A");
  const auto orders = station_->commands.size();

  const auto response = start(request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::ParameterInvalid);
  EXPECT_EQ(response.error().message, "level is 1000 A, its range is 0 A to 100 A");
  EXPECT_EQ(station_->commands.size(), orders);
}

TEST_F(StartRunTest, AnotherDutThanThatOfTheBookingIsRefused) {
  v1::CreateDutRequest create;
  create.set_parent("tenants/volant");
  create.set_dut_id("m35");
  ASSERT_TRUE(call(site_->duts, &Duts::create_dut, volant_, create));
  auto request = start_request(armed_booking(1h, "tenants/volant/duts/m35"));
  request.set_dut("tenants/volant/duts/m36");

  const auto response = start(request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::InvalidArgument);
  EXPECT_THAT(response.error().message, HasSubstr("m35"));
}

TEST_F(StartRunTest, DirectControlIsNothingThatCouldBeRunAgain) {
  const auto booking = armed_booking();
  v1::WriteChannelsRequest write;
  write.set_booking(booking);
  auto& setpoint = *write.add_setpoints();
  setpoint.set_channel("current");
  setpoint.set_value(1);
  const auto written = call(site_->control, &Control::write_channels, volant_, write);
  ASSERT_TRUE(written) << written.error().to_string();
  send_started(written->run());
  send_finished(written->run());
  v1::StartRunRequest again;
  again.set_again(written->run());

  const auto response = start(again);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::InvalidArgument);
  EXPECT_THAT(response.error().message, HasSubstr("direct control"));
}

TEST_F(StartRunTest, ValidateOnlyOrdersNothing) {
  auto request = start_request(armed_booking());
  request.set_validate_only(true);
  const auto orders = station_->commands.size();

  const auto response = start(request);

  ASSERT_TRUE(response) << response.error().to_string();
  EXPECT_EQ(station_->commands.size(), orders);
  request.set_validate_only(false);
  EXPECT_TRUE(start(request)) << "the bench must still be free";
}

TEST_F(StartRunTest, AnAgainRunTakesTheParametersOfTheFirstWhereNoneAreGiven) {
  const auto booking = armed_booking();
  auto request = start_request(booking);
  set_parameter(request, "level", "12 A");
  set_parameter(request, "time", "3 min");
  const auto first = start(request);
  ASSERT_TRUE(first) << first.error().to_string();
  send_started(first->run().name());
  send_finished(first->run().name());
  v1::StartRunRequest again;
  again.set_again(first->run().name());
  set_parameter(again, "level", "15 A");

  const auto second = start(again);

  ASSERT_TRUE(second) << second.error().to_string();
  EXPECT_EQ(second->run().again_of(), first->run().name());
  EXPECT_EQ(second->run().sequence(), "sites/hub/sequences/hold");
  ASSERT_EQ(last_order().parameters_size(), 2);
  EXPECT_EQ(last_order().parameters(0).value(), "15 A");
  EXPECT_EQ(last_order().parameters(1).value(), "3 min");
}

TEST_F(StartRunTest, ARunThatItsStationRefusesIsNotLeftPending) {
  const auto booking = armed_booking();
  station_->refuses = "INTERLOCK_OPEN";

  const auto response = start(start_request(booking));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::InterlockOpen);
  EXPECT_TRUE(start(start_request(booking))) << "the bench must be free again";
}

TEST_F(StartRunTest, ARunIsFinishedOnlyWhenItsRecordingHasArrived) {
  const auto run = started_run();
  send_finished(run);

  EXPECT_EQ(get_run(run).state(), v1::RUN_STATE_SEALING);
  EXPECT_EQ(get_run(run).verdict(), v1::VERDICT_UNSPECIFIED);
  record(run);

  EXPECT_EQ(get_run(run).state(), v1::RUN_STATE_FINISHED);
  EXPECT_EQ(get_run(run).verdict(), v1::VERDICT_PASS);
}

TEST_F(StartRunTest, AStopIsOrderedAsItWasAskedFor) {
  const auto run = started_run();

  ASSERT_TRUE(stop(run, v1::STOP_MODE_SOFT));
  EXPECT_FALSE(station_->commands.back().stop_run().hard());
  ASSERT_TRUE(stop(run, v1::STOP_MODE_HARD));

  EXPECT_TRUE(station_->commands.back().stop_run().hard());
  EXPECT_EQ(station_->commands.back().stop_run().run(), last_part(run));
}

TEST_F(StartRunTest, WhatHasEndedCannotBeStopped) {
  const auto run = started_run();
  send_finished(run);

  const auto stopped = stop(run, v1::STOP_MODE_SOFT);

  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().reason, Reason::RunNotActive);
}

}  // namespace
}  // namespace benchd::site
