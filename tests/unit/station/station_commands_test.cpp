// Commands are carried out once, by whoever has the newest fence.
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class StationCommands : public StationFixture {};

TEST_F(StationCommands, ARepeatedCommandGetsTheFirstAnswerAndDoesNothing) {
  make_armed();
  ASSERT_EQ(write("throttle", 0).reason(), "");
  link::v1::Command order = command();
  auto& to = *order.mutable_write_channels()->add_values();
  order.mutable_write_channels()->set_run("m-1");
  to.set_channel("throttle");
  to.set_value(10);
  ASSERT_EQ(send(order).reason(), "");
  ASSERT_EQ(write("throttle", 5).reason(), "");
  const auto writes = record_->of(FakeAct::Kind::Write).size();
  const auto again = send(order);
  EXPECT_EQ(again.reason(), "");
  EXPECT_EQ(again.command_id(), order.command_id());
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), SizeIs(writes));
  EXPECT_EQ(plant("throttle"), 5);
}

TEST_F(StationCommands, ARefusalIsKeptAsTheAnswerToo) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  link::v1::Command order = command();
  order.mutable_arm();
  EXPECT_EQ(send(order).reason(), "SETUP_INCOMPLETE");
  confirm();
  EXPECT_EQ(send(order).reason(), "SETUP_INCOMPLETE");
  EXPECT_EQ(arm().reason(), "");
}

TEST_F(StationCommands, TheFirstAnswerSurvivesTheStation) {
  make_armed();
  ASSERT_EQ(start_run().reason(), "");
  const int started = commands_;
  kill();
  start_and_wait_until_ready();
  commands_ = started - 1;
  EXPECT_EQ(start_run().reason(), "");  // the answer of then; no second run
  EXPECT_TRUE(status().run().empty());
  EXPECT_THAT(uplink_.events(EventCase::kRunStarted), SizeIs(1));
}

TEST_F(StationCommands, AnOlderFenceIsRefusedAlsoAfterARestart) {
  start_and_wait_until_ready();
  fence_ = 7;
  ASSERT_EQ(assign().reason(), "");
  kill();
  start_and_wait_until_ready();
  EXPECT_EQ(station_->fences().at(0).fence(), 7);
  fence_ = 6;
  EXPECT_EQ(assign().reason(), "FENCE_STALE");
}

TEST_F(StationCommands, TheFenceIsOnTheDiskBeforeTheOrderIsCarriedOut) {
  make_armed();
  fence_ = 9;
  ASSERT_EQ(write("throttle", 10).reason(), "");
  EXPECT_EQ(record_->of(FakeAct::Kind::Write).back().fence, 9);
  EXPECT_EQ(station_->fences().at(0).fence(), 9);
}

TEST_F(StationCommands, AnOrderForAnotherConfigurationIsRefused) {
  start_and_wait_until_ready();
  link::v1::Command order = command();
  order.set_config_hash("hash-2");
  order.mutable_assign()->set_booking("b-1");
  EXPECT_EQ(send(order).reason(), "CONFIG_HASH_MISMATCH");
}

TEST_F(StationCommands, TheSafeStateIsTakenFromAnybodyWhateverTheFence) {
  fence_ = 5;
  make_armed();
  link::v1::Command order = command();
  order.set_fence(0);
  order.set_config_hash("");
  order.mutable_enter_safe_state();
  EXPECT_TRUE(send(order).safe_state().proved());
  EXPECT_FALSE(status().armed());
}

TEST_F(StationCommands, AnUnknownBenchIsNamed) {
  start_and_wait_until_ready();
  link::v1::Command order = command();
  order.set_bench("thrust-9");
  order.mutable_arm();
  EXPECT_EQ(send(order).reason(), "UNKNOWN_BENCH");
}

TEST_F(StationCommands, ReadingGivesValuesWithUnitTimeAndQuality) {
  start_and_wait_until_ready();
  set_plant("rpm", 42);
  loop_.advance(40ms);
  link::v1::Command order = command();
  order.mutable_read_channels()->add_channels("rpm");
  order.mutable_read_channels()->add_channels("voltage");
  const auto result = send(order);
  ASSERT_EQ(result.readings_size(), 2);
  EXPECT_EQ(result.readings(0).value(), 42);
  EXPECT_EQ(result.readings(0).unit(), units::unit("rpm").code());
  EXPECT_EQ(result.readings(0).quality(), link::v1::QUALITY_GOOD);
  EXPECT_EQ(result.readings(1).channel(), "voltage");
}

TEST_F(StationCommands, AnUnknownChannelIsNamed) {
  start_and_wait_until_ready();
  link::v1::Command order = command();
  order.mutable_read_channels()->add_channels("rmp");
  EXPECT_EQ(send(order).reason(), "UNKNOWN_CHANNEL");
}

TEST_F(StationCommands, AWriteOutsideTheRangeIsRefusedBeforeAnythingMoves) {
  make_armed();
  const auto writes = record_->of(FakeAct::Kind::Write).size();
  EXPECT_EQ(write("throttle", 101).reason(), "OUT_OF_RANGE");
  EXPECT_EQ(write("rpm", 1).reason(), "INVALID_ARGUMENT");
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), SizeIs(writes));
}

TEST_F(StationCommands, AWriteIsAnsweredWithAReadingThatIsNotOlder) {
  config_.benches[0].channels[3].rate_hz = 2;  // voltage
  make_armed();
  loop_.advance(1s);
  plant_->silent.insert("thrust-1/voltage");  // its next sample takes a while
  const auto written = write("voltage", 20);
  ASSERT_EQ(written.readings_size(), 1);
  EXPECT_EQ(written.readings(0).value(), 20);
  EXPECT_EQ(written.readings(0).quality(), link::v1::QUALITY_GOOD);
}

TEST_F(StationCommands, WritingByHandNeedsAnArmedBench) {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  EXPECT_EQ(write("throttle", 10).reason(), "BENCH_NOT_ARMED");
  EXPECT_THAT(record_->of(FakeAct::Kind::Write), IsEmpty());
}

TEST_F(StationCommands, WritingByHandIsARunThatTheDeadManEnds) {
  make_armed();
  const auto written = write("throttle", 10, 2s);
  ASSERT_EQ(written.reason(), "");
  ASSERT_EQ(written.readings_size(), 1);
  EXPECT_EQ(written.readings(0).value(), 10);
  EXPECT_EQ(status().run(), "m-1");
  loop_.advance(1500ms);
  link::v1::Command order = command();
  order.mutable_renew_presence();
  send(order);
  loop_.advance(1500ms);
  EXPECT_EQ(plant("throttle"), 10);  // any call renews
  const auto end = wait_for_end();
  EXPECT_EQ(end.verdict(), link::v1::VERDICT_ABORTED);
  EXPECT_EQ(end.reason(), "PRESENCE_LOST");
  EXPECT_TRUE(plant_is_safe());
}

TEST_F(StationCommands, SamplesAreSentOnlyWhileSomebodyWatches) {
  start_and_wait_until_ready();
  loop_.advance(100ms);
  EXPECT_THAT(uplink_.live(), IsEmpty());
  station_->set_watched(BenchId("thrust-1"), true);
  loop_.advance(100ms);
  const auto seen = uplink_.live().size();
  EXPECT_GT(seen, 0U);
  station_->set_watched(BenchId("thrust-1"), false);
  loop_.run();
  const auto then = uplink_.live().size();
  loop_.advance(100ms);
  EXPECT_THAT(uplink_.live(), SizeIs(then));
}

}  // namespace
}  // namespace benchd::test
