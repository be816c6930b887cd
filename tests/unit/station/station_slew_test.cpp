// Writes by hand of channels with a slew limit.
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

class StationSlew : public StationFixture {
 protected:
  StationSlew() { config_.benches[0].channels[0].slew_per_s = 100; }
  // Without waiting for it.
  std::shared_ptr<std::optional<link::v1::CommandResult>> begin_to_write(double throttle) {
    link::v1::Command order = command();
    order.mutable_write_channels()->set_run("m-1");
    order.mutable_write_channels()->set_dead_man_ns(Nanoseconds(10s).count());
    auto& value = *order.mutable_write_channels()->add_values();
    value.set_channel("throttle");
    value.set_value(throttle);
    return post(order);
  }
  [[nodiscard]] std::vector<double> throttles() const {
    std::vector<double> values;
    for (const FakeAct& act : record_->of(FakeAct::Kind::Write)) {
      if (act.channel == "thrust-1/throttle") values.push_back(act.value);
    }
    return values;
  }
};

TEST_F(StationSlew, ByHandAChannelMovesNoFasterThanItsSlew) {
  make_armed();
  const MonotonicTime begun = loop_.clock().monotonic_now();
  ASSERT_EQ(write("throttle", 50).reason(), "");
  EXPECT_GE(loop_.clock().monotonic_now() - begun, 480ms);
  EXPECT_EQ(plant("throttle"), 50);
  ASSERT_EQ(write("throttle", 0).reason(), "");
  const auto values = throttles();
  double last = 0;
  for (const double value : values) {
    EXPECT_LE(std::abs(value - last), 10);
    last = value;
  }
  EXPECT_EQ(last, 0);
}

TEST_F(StationSlew, ANewerWriteEndsTheOneUnderWay) {
  make_armed();
  ASSERT_EQ(write("throttle", 1).reason(), "");
  const auto older = begin_to_write(100);
  loop_.advance(200ms);
  ASSERT_FALSE(older->has_value());
  ASSERT_EQ(write("throttle", 0).reason(), "");
  ASSERT_TRUE(older->has_value());
  EXPECT_EQ((*older)->reason(), "CANCELLED");
  EXPECT_EQ(plant("throttle"), 0);
  const auto values = throttles();
  EXPECT_LT(*std::max_element(values.begin(), values.end()), 40);
}

TEST_F(StationSlew, ASafeStateEndsTheWriteUnderWay) {
  make_armed();
  ASSERT_EQ(write("throttle", 1).reason(), "");
  const auto older = begin_to_write(100);
  loop_.advance(200ms);
  link::v1::Command safe = command();
  safe.mutable_enter_safe_state();
  EXPECT_EQ(send(safe).reason(), "");
  ASSERT_TRUE(older->has_value());
  EXPECT_EQ((*older)->reason(), "ARM_STALE");
  const auto before = throttles().size();
  loop_.advance(1s);
  EXPECT_EQ(throttles().size(), before);
  EXPECT_TRUE(plant_is_safe());
}

}  // namespace
}  // namespace benchd::test
