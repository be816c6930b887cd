#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ControlTest : public RunsTest {
 protected:
  static v1::WriteChannelsRequest write_request(const std::string& booking,
                                                double value,
                                                const std::string& unit = {}) {
    v1::WriteChannelsRequest request;
    request.set_booking(booking);
    auto& setpoint = *request.add_setpoints();
    setpoint.set_channel("current");
    setpoint.set_value(value);
    setpoint.set_unit(unit);
    return request;
  }

  Result<v1::WriteChannelsResponse> write(const v1::WriteChannelsRequest& request) {
    return call(site_->control, &Control::write_channels, volant_, request);
  }

  Result<v1::ReadChannelsResponse> read(const std::string& booking) {
    v1::ReadChannelsRequest request;
    request.set_booking(booking);
    return call(site_->control, &Control::read_channels, volant_, request);
  }

  Result<v1::EnterSafeStateResponse> make_safe(const std::string& booking) {
    v1::EnterSafeStateRequest request;
    request.set_booking(booking);
    return call(site_->control, &Control::enter_safe_state, volant_, request);
  }

  void answer_with_readings() {
    station_->adds = [](const link::v1::Command& command, link::v1::CommandResult& result) {
      if (command.has_enter_safe_state()) result.mutable_safe_state()->set_proved(true);
      if (!command.has_read_channels() && !command.has_write_channels()) return;
      auto& reading = *result.add_readings();
      reading.set_channel("current");
      reading.set_value(1.5);
      reading.set_unit("A");
      reading.set_quality(link::v1::QUALITY_GOOD);
    };
  }

  [[nodiscard]] int writes() const {
    int count = 0;
    for (const auto& command : station_->commands) count += command.has_write_channels() ? 1 : 0;
    return count;
  }
};

TEST_F(ControlTest, TheFirstWriteBeginsAManualRunAndLaterOnesBelongToIt) {
  answer_with_readings();
  const auto booking = armed_booking();

  const auto first = write(write_request(booking, 1500, "mA"));

  ASSERT_TRUE(first) << first.error().to_string();
  EXPECT_EQ(get_run(first->run()).mode(), v1::RUN_MODE_MANUAL);
  const auto& order = station_->commands.back().write_channels();
  EXPECT_DOUBLE_EQ(order.values(0).value(), 1.5) << "in the channel's unit";
  EXPECT_EQ(Nanoseconds{order.dead_man_ns()}, 10s);
  EXPECT_DOUBLE_EQ(first->readings(0).value(), 1.5);
  send_started(first->run());
  const auto second = write(write_request(booking, 2));
  ASSERT_TRUE(second) << second.error().to_string();
  EXPECT_EQ(second->run(), first->run());
}

TEST_F(ControlTest, ReadingTellsOfTheOpenSessionAndItsEnd) {
  answer_with_readings();
  const auto booking = armed_booking();
  const auto before = read(booking);
  ASSERT_TRUE(before) << before.error().to_string();
  EXPECT_EQ(before->run(), "");
  auto request = write_request(booking, 1);
  put_duration(30s, *request.mutable_dead_man_duration());
  const auto written = write(request);
  ASSERT_TRUE(written) << written.error().to_string();
  send_started(written->run());

  const auto after = read(booking);

  ASSERT_TRUE(after) << after.error().to_string();
  EXPECT_EQ(after->run(), written->run());
  EXPECT_EQ(after->dead_man_expire_time().seconds(), at(30s).seconds());
}

TEST_F(ControlTest, WhatIsOutOfRangeNeverReachesTheStation) {
  const auto booking = armed_booking();

  const auto written = write(write_request(booking, 61));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::OutOfRange);
  EXPECT_THAT(written.error().message, HasSubstr("60 A"));
  EXPECT_EQ(writes(), 0);
}

TEST_F(ControlTest, EachMistakeInASetpointHasItsReason) {
  const auto booking = armed_booking();
  const auto reason_of = [&](const char* channel, double value, const char* unit) {
    auto request = write_request(booking, value, unit);
    request.mutable_setpoints(0)->set_channel(channel);
    const auto written = write(request);
    return written ? Reason::Internal : written.error().reason;
  };

  EXPECT_EQ(reason_of("nothing", 1, ""), Reason::UnknownChannel);
  EXPECT_EQ(reason_of("guard", 1, ""), Reason::InvalidArgument);
  EXPECT_EQ(reason_of("current", 1, "V"), Reason::UnitMismatch);
  EXPECT_EQ(reason_of("current", 1, "1"), Reason::QuantityInvalid);
  EXPECT_EQ(reason_of("current", 1, "ampfere"), Reason::UnknownUnit);
  EXPECT_EQ(reason_of("current", std::nan(""), ""), Reason::InvalidArgument);
  EXPECT_EQ(writes(), 0);
}

TEST_F(ControlTest, ADeadManTimeBeyondItsBoundsIsRefused) {
  const auto booking = armed_booking();
  for (const auto time : {999ms, 60001ms}) {
    auto request = write_request(booking, 1);
    put_duration(time, *request.mutable_dead_man_duration());

    const auto written = write(request);

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().reason, Reason::InvalidArgument);
  }
}

TEST_F(ControlTest, ABenchThatIsNotArmedIsNotWritten) {
  const auto booking = book().name();
  ASSERT_TRUE(confirm(booking));

  const auto written = write(write_request(booking, 1));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::BenchNotArmed);
}

TEST_F(ControlTest, WhatMadeTheBenchSafeIsToldAtTheNextWrite) {
  const auto booking = armed_booking();
  link::v1::Event event;
  event.set_booking(station_->booking());
  event.mutable_disarmed()->set_message("no call has come within the dead-man time");
  station_->send_event(event);
  wait([&] { return !get(booking).armed(); });

  const auto written = write(write_request(booking, 1));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::BenchNotArmed);
  EXPECT_EQ(written.error().message,
            "The bench is not armed any more (no call has come within the dead-man time); confirm "
            "the setup first.");
}

TEST_F(ControlTest, NobodyWritesIntoASequence) {
  const auto booking = armed_booking();
  ASSERT_TRUE(start(start_request(booking)));

  const auto written = write(write_request(booking, 1));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::RunActive);
}

TEST_F(ControlTest, AFirstWriteThatIsRefusedLeavesNoRunBehind) {
  const auto booking = armed_booking();
  station_->refuses = "INTERLOCK_OPEN";

  const auto refused = write(write_request(booking, 1));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::InterlockOpen);
  EXPECT_TRUE(write(write_request(booking, 1))) << "the bench must be free";
}

TEST_F(ControlTest, ARepeatedWriteIsCarriedOutOnce) {
  const auto booking = armed_booking();
  auto request = write_request(booking, 1);
  request.set_request_id("once");

  const auto first = write(request);
  const auto second = write(request);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(writes(), 1);
}

TEST_F(ControlTest, AfterTheSafeStateTheSetupHasToBeConfirmedAgain) {
  answer_with_readings();
  const auto booking = armed_booking();

  const auto safe = make_safe(booking);

  ASSERT_TRUE(safe) << safe.error().to_string();
  ASSERT_EQ(safe->proofs_size(), 1);
  EXPECT_TRUE(safe->proofs(0).proved());
  const auto armed = arm(booking);
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().reason, Reason::SetupIncomplete);
}

TEST_F(ControlTest, ADryRunOfTheSafeStateOrdersNothingAndFindsAStationThatIsAway) {
  const auto booking = armed_booking();
  v1::EnterSafeStateRequest request;
  request.set_booking(booking);
  request.set_validate_only(true);
  const auto orders = station_->commands.size();

  EXPECT_TRUE(call(site_->control, &Control::enter_safe_state, volant_, request));
  station_->disconnect();
  const auto away = call(site_->control, &Control::enter_safe_state, volant_, request);

  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().reason, Reason::BenchOffline);
  EXPECT_EQ(station_->commands.size(), orders);
}

TEST_F(ControlTest, AWrongUnitIsNamedAsPeopleWriteIt) {
  const auto written = write(write_request(armed_booking(), 1, "circ/min"));

  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("rpm"));
  EXPECT_THAT(written.error().message, Not(HasSubstr("circ/min")));
}

TEST_F(ControlTest, ASafeStateThatIsNotProvedIsAnError) {
  const auto booking = armed_booking();
  station_->refuses = "SAFE_STATE_UNPROVED";

  const auto safe = make_safe(booking);

  ASSERT_FALSE(safe);
  EXPECT_EQ(safe.error().reason, Reason::SafeStateUnproved);
}

}  // namespace
}  // namespace benchd::site
