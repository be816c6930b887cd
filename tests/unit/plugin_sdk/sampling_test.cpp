#include "plugins/sdk/src/sample_builder.hpp"
#include "tests/unit/plugin_sdk/support.hpp"

namespace benchd::plugin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;

v1::Setup sampled(std::chrono::nanoseconds interval) {
  v1::Setup setup = fake_setup();
  setup.mutable_channels(0)->set_sample_interval_ns(interval.count());
  setup.mutable_channels(2)->set_sample_interval_ns(interval.count());
  return setup;
}

TEST(SamplingTest, ChannelsOfOneIntervalArePolledWithOneCallAndEachHasItsBlock) {
  FakeInstrument instrument;
  instrument.set_value("voltage", 12.0);
  Session session(instrument.factory(), sampled(50ms));
  session.start_and_open();
  const auto batch = session.next_samples();
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->blocks_size(), 2);
  EXPECT_EQ(batch->blocks(0).channel(), "v");
  EXPECT_THAT(batch->blocks(0).values(), ElementsAre(12.0));
  EXPECT_EQ(batch->blocks(1).channel(), "i");
}

TEST(SamplingTest, WhileTheDeviceIsLostItsSamplesAreBad) {
  FakeInstrument instrument;
  Session session(instrument.factory(), sampled(5ms));
  session.start_and_open();
  ASSERT_TRUE(session.next_samples());
  instrument.fail("read", "DEVICE_LOST");
  instrument.fail("identify", "DEVICE_LOST");
  ASSERT_TRUE(session.wait_for_event(v1::DeviceEvent::KIND_LOST));
  for (int i = 0; i < 1000; ++i) {
    const auto batch = session.next_samples();
    ASSERT_TRUE(batch);
    if (batch->blocks(0).quality_size() == 0) continue;
    EXPECT_EQ(batch->blocks(0).quality(0).quality(), v1::QUALITY_BAD);
    return;
  }
  FAIL() << "no bad sample among a thousand batches";
}

v1::SessionRequest pace(std::chrono::nanoseconds least_interval) {
  v1::SessionRequest request;
  request.mutable_pace()->set_least_interval_ns(least_interval.count());
  return request;
}

TEST(SamplingTest, AtAnIdlePaceTheNextSampleComesAfterItsLeastInterval) {
  FakeInstrument instrument;
  Session session(instrument.factory(), sampled(1ms));
  session.start_and_open();
  ASSERT_THAT(session.ask(pace(1h)), Succeeds());
  const int polled = instrument.count("read");
  ASSERT_THAT(session.ask(pace(1h)), Succeeds());
  ASSERT_THAT(session.read({"v"}), Succeeds());
  EXPECT_LE(instrument.count("read"), polled + 2);  // one for the question, one for the change
}

TEST(SamplingTest, BackAtFullPaceASampleIsTakenAtOnce) {
  FakeInstrument instrument;
  Session session(instrument.factory(), sampled(10min));
  session.start_and_open();
  ASSERT_THAT(session.ask(pace(1h)), Succeeds());
  ASSERT_TRUE(instrument.wait_for("read", 2));
  ASSERT_THAT(session.ask(pace(0s)), Succeeds());
  EXPECT_TRUE(instrument.wait_for("read", 3));
}

TEST(SamplingTest, ANegativePaceIsRefused) {
  FakeInstrument instrument;
  Session session(instrument.factory(), sampled(1ms));
  session.start_and_open();
  EXPECT_THAT(session.ask(pace(-1s)), FailsWith(reason::kInvalidArgument));
}

detail::Channel plain_channel() { return {channel("v", "voltage", 0, 1, false)}; }

TEST(SampleBuilderTest, FastPolledSamplesShareABlock) {
  detail::SampleQueue queue(1000);
  detail::SampleBuilder builder(queue);
  const auto v = plain_channel();
  const MonotonicTime start{1s};
  for (int i = 0; i < 3; ++i) builder.add(v, good(i), start + i * 100us);
  EXPECT_EQ(builder.flush_at(), start + 2ms);
  builder.flush();
  const auto batch = queue.take();
  ASSERT_EQ(batch->blocks_size(), 1);
  EXPECT_THAT(batch->blocks(0).values(), ElementsAre(0.0, 1.0, 2.0));
  EXPECT_THAT(batch->blocks(0).offsets_ns(), ElementsAre(0, 100'000, 200'000));
  EXPECT_EQ(batch->blocks(0).quality_size(), 0) << "no runs mean that all is good";
}

TEST(SampleBuilderTest, QualityRunsCoverEachValueOnce) {
  detail::SampleQueue queue(1000);
  detail::SampleBuilder builder(queue);
  const auto v = plain_channel();
  builder.add(v, good(1), MonotonicTime{1s});
  builder.add(v, good(2), MonotonicTime{2s});
  builder.add(v, {}, MonotonicTime{3s});
  builder.add(v, {9.0, Quality::Overrange}, MonotonicTime{4s});
  builder.add(v, {9.0, Quality::Overrange}, MonotonicTime{5s});
  builder.flush();
  const auto batch = queue.take();
  std::vector<std::pair<int, v1::Quality>> runs;
  for (const auto& run : batch->blocks(0).quality()) runs.emplace_back(run.count(), run.quality());
  EXPECT_THAT(runs, ElementsAre(std::pair(2, v1::QUALITY_GOOD), std::pair(1, v1::QUALITY_BAD),
                                std::pair(2, v1::QUALITY_OVERRANGE)));
}

TEST(SampleBuilderTest, ALargeBlockIsCutIntoBlocksOfAtMost16KiValues) {
  detail::SampleQueue queue(1 << 20);
  detail::SampleBuilder builder(queue);
  const SignalBlock block{.signal = "voltage",
                          .start = MonotonicTime{1s},
                          .interval = 1us,
                          .values = std::vector<double>(40'000, 2.0)};
  builder.add(plain_channel(), block);
  builder.flush();
  std::vector<int> sizes;
  std::vector<std::int64_t> starts;
  for (int i = 0; i < 3; ++i) {
    const auto batch = queue.take();
    ASSERT_EQ(batch->blocks_size(), 1);
    sizes.push_back(batch->blocks(0).values_size());
    starts.push_back(batch->blocks(0).start_monotonic_ns() - 1'000'000'000);
    EXPECT_THAT(batch->blocks(0).values(), Each(2.0));
  }
  EXPECT_THAT(sizes, ElementsAre(16'384, 16'384, 7'232));
  EXPECT_THAT(starts, ElementsAre(0, 16'384'000, 32'768'000));
}

TEST(SampleQueueTest, WhatIsNotReadIsDroppedFromTheOldestOnAndCounted) {
  detail::SampleQueue queue(25);
  for (int i = 0; i < 5; ++i) {
    v1::StreamSamplesResponse batch;
    v1::SampleBlock& block = *batch.add_blocks();
    for (int k = 0; k < 10; ++k) block.add_values(i);
    queue.push(std::move(batch));
  }
  const auto first = queue.take();
  EXPECT_EQ(first->dropped_samples(), 30);
  EXPECT_EQ(first->blocks(0).values(0), 3.0);
  EXPECT_EQ(queue.take()->dropped_samples(), 0);
}

}  // namespace
}  // namespace benchd::plugin::testing
