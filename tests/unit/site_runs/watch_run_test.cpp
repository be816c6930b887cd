#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class WatchRunTest : public RunsTest {
 protected:
  using StreamPtr = std::shared_ptr<TestStream<v1::WatchRunResponse>>;

  static std::vector<std::int64_t> events_of(const StreamPtr& stream) {
    std::vector<std::int64_t> numbers;
    for (const auto& message : stream->messages) {
      for (const auto& event : message.events()) numbers.push_back(event.number());
    }
    return numbers;
  }

  static std::vector<int> rows_of(const StreamPtr& stream) {
    std::vector<int> rows;
    for (const auto& message : stream->messages) {
      for (const auto& row : message.measurements()) rows.push_back(row.index());
    }
    return rows;
  }

  void wait_for_events(const StreamPtr& stream, std::size_t count) {
    wait([&] { return events_of(stream).size() >= count || stream->ended; });
  }

  void send_samples(const std::string& run) {
    link::v1::LiveRequest samples;
    samples.set_bench("thrust-1");
    samples.set_run(last_part(run));
    auto& block = *samples.add_blocks();
    block.set_channel("current");
    block.add_values(7);
    site_->stations.on_live(samples);
    loop_.run();
  }
};

TEST_F(WatchRunTest, TheFirstMessageHoldsTheRunAndWhatHasHappened) {
  const auto run = started_run();

  const auto stream = watch(run);

  ASSERT_FALSE(stream->messages.empty());
  EXPECT_EQ(stream->messages.front().run().name(), run);
  EXPECT_EQ(stream->messages.front().run().state(), v1::RUN_STATE_RUNNING);
  EXPECT_THAT(events_of(stream), ElementsAre(1));
  stream->go_away();
}

TEST_F(WatchRunTest, ResumingFromACursorLosesAndDoublesNothing) {
  const auto run = started_run();
  const auto first = watch(run);
  send_step_finished(run, 1);
  wait_for_events(first, 2);
  first->go_away();
  send_step_finished(run, 2);
  send_log(run, "half way");

  const auto second = watch(run, first->messages.back().cursor());
  wait_for_events(second, 2);
  send_log(run, "nearly there");
  wait_for_events(second, 3);

  EXPECT_THAT(events_of(first), ElementsAre(1, 2));
  EXPECT_THAT(events_of(second), ElementsAre(3, 4, 5));
  EXPECT_THAT(rows_of(first), ElementsAre(0));
  EXPECT_THAT(rows_of(second), ElementsAre(1)) << "rows are counted over the whole run";
  second->go_away();
}

TEST_F(WatchRunTest, TheWatchGoesOnUntilTheRecordingIsSealed) {
  const auto run = started_run();
  const auto stream = watch(run);
  send_finished(run);
  wait_for_events(stream, 2);
  EXPECT_FALSE(stream->ended) << "its recording has not arrived yet";

  record(run);
  wait([&] { return stream->ended.has_value(); });

  EXPECT_TRUE(*stream->ended);
  EXPECT_TRUE(stream->messages.back().ended());
  EXPECT_EQ(stream->messages.back().run().state(), v1::RUN_STATE_FINISHED);
}

TEST_F(WatchRunTest, AReaderThatMissesAnEventIsCutOff) {
  const auto run = started_run();
  const auto stream = watch(run);
  stream->takes = false;

  send_log(run, "missed");
  wait([&] { return stream->ended.has_value(); });

  ASSERT_FALSE(*stream->ended);
  EXPECT_EQ(stream->ended->error().code(), Code::ResourceExhausted);
  const auto resumed = watch(run, stream->messages.back().cursor());
  EXPECT_THAT(events_of(resumed), ElementsAre(2));
  resumed->go_away();
}

TEST_F(WatchRunTest, SamplesAreLeftOutWithAMarkWhereTheReaderIsSlow) {
  const auto run = started_run();
  const auto stream = watch(run, {}, true);
  send_samples(run);
  ASSERT_EQ(stream->messages.back().blocks_size(), 1);
  EXPECT_EQ(stream->messages.back().blocks(0).unit(), "A");
  EXPECT_FALSE(stream->messages.back().gap());

  stream->takes = false;
  send_samples(run);
  stream->takes = true;
  send_samples(run);

  EXPECT_TRUE(stream->messages.back().gap());
  EXPECT_FALSE(stream->ended);
  stream->go_away();
}

TEST_F(WatchRunTest, SamplesAreOrderedFromTheStationOnlyWhileSomebodyWatchesThem) {
  const auto run = started_run();
  const auto stream = watch(run, {}, true);
  ASSERT_FALSE(station_->watches.empty());
  EXPECT_TRUE(station_->watches.back().second);

  stream->go_away();
  wait([&] { return !station_->watches.back().second; });

  EXPECT_EQ(station_->watches.back().first, BenchId{"thrust-1"});
}

TEST_F(WatchRunTest, ACursorThatIsNoneIsRefused) {
  const auto stream = watch(started_run(), "yesterday");

  ASSERT_TRUE(stream->ended && !*stream->ended);
  EXPECT_EQ(stream->ended->error().reason, Reason::InvalidArgument);
}

}  // namespace
}  // namespace benchd::site
