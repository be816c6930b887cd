#include "daemon/recording/recorder.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "daemon/recording/recording_reader.hpp"
#include "daemon/recording/sample_times.hpp"
#include "daemon/recording/segment_reader.hpp"
#include "daemon/recording/sha256.hpp"
#include "tests/support/scratch_directory.hpp"

namespace benchd::recording {
namespace {

using test::ScratchDirectory;

using std::chrono::milliseconds;
using std::chrono::seconds;

link::v1::SegmentDescription description() {
  link::v1::SegmentDescription description;
  description.set_run("r-1");
  description.set_tenant("volant");
  description.set_boot_id("boot");
  auto* channel = description.mutable_description()->add_channels();
  channel->set_channel("thrust");
  channel->set_unit("N");
  return description;
}

link::v1::SampleBlock block(Nanoseconds start, const std::vector<double>& values) {
  link::v1::SampleBlock block;
  block.set_channel("thrust");
  block.set_start_elapsed_ns(start.count());
  block.set_interval_ns(Nanoseconds{milliseconds{10}}.count());
  for (const double value : values) block.add_values(value);
  return block;
}

struct Collected final : RecordingVisitor {
  void on_samples(const link::v1::SampleBlock& block) override {
    for_each_sample(block, [&](Nanoseconds elapsed, double value, link::v1::Quality) {
      times.push_back(elapsed);
      values.push_back(value);
    });
  }
  void on_event(const link::v1::Event& event) override { events.push_back(event.number()); }
  std::vector<Nanoseconds> times;
  std::vector<double> values;
  std::vector<std::int64_t> events;
};

TEST(RecorderTest, WhatWasWrittenReadsBackInOrderAndComplete) {
  const ScratchDirectory scratch;
  auto recorder = RunRecorder::open(scratch.path() / "r-1", description());
  ASSERT_TRUE(recorder) << recorder.error().to_string();
  ASSERT_TRUE((*recorder)->append(block(seconds{0}, {1, 2, 3})));
  link::v1::Event event;
  event.set_number(41);
  ASSERT_TRUE((*recorder)->append(event));
  ASSERT_TRUE((*recorder)->append(block(seconds{1}, {4})));
  ASSERT_TRUE((*recorder)->finish());

  Collected collected;
  const auto summary = read_recording(scratch.path() / "r-1", collected);
  ASSERT_TRUE(summary) << summary.error().to_string();
  EXPECT_TRUE(summary->complete);
  EXPECT_EQ(summary->description.tenant(), "volant");
  EXPECT_THAT(collected.values, testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(collected.times,
              testing::ElementsAre(seconds{0}, milliseconds{10}, milliseconds{20}, seconds{1}));
  EXPECT_THAT(collected.events, testing::ElementsAre(41));
}

TEST(RecorderTest, AGrowingRecordingIsReadableUpToTheLastFlush) {
  const ScratchDirectory scratch;
  auto recorder = RunRecorder::open(scratch.path(), description());
  ASSERT_TRUE(recorder);
  ASSERT_TRUE((*recorder)->append(block(seconds{0}, {1, 2})));
  const auto durable = (*recorder)->flush();
  ASSERT_TRUE(durable);
  EXPECT_EQ(*durable, milliseconds{10});
  ASSERT_TRUE((*recorder)->append(block(seconds{1}, {3})));

  Collected collected;
  const auto summary = read_recording(scratch.path(), collected);
  ASSERT_TRUE(summary) << summary.error().to_string();
  EXPECT_FALSE(summary->complete);
  EXPECT_THAT(collected.values, testing::ElementsAre(1, 2));
}

TEST(RecorderTest, ASegmentIsSealedWhenItIsFullAndItsHashIsThatOfTheFile) {
  const ScratchDirectory scratch;
  RecorderLimits limits;
  limits.segment_time = seconds{2};
  auto recorder = RunRecorder::open(scratch.path(), description(), limits);
  ASSERT_TRUE(recorder);
  for (int second = 0; second < 7; ++second) {
    ASSERT_TRUE((*recorder)->append(block(seconds{second}, {1.0 * second})));
    ASSERT_TRUE((*recorder)->flush());
  }
  ASSERT_TRUE((*recorder)->finish());

  const auto sealed = (*recorder)->take_sealed();
  ASSERT_EQ(sealed.size(), 4U);
  for (const auto& segment : sealed) {
    EXPECT_EQ(sha256_hex_of_file(segment.path).value(), segment.sha256);
    EXPECT_EQ(std::filesystem::file_size(segment.path), segment.size);
    EXPECT_EQ(segment.last, &segment == &sealed.back());
  }
  EXPECT_TRUE((*recorder)->take_sealed().empty()) << "each segment is offered once";
}

TEST(RecorderTest, ADamagedByteInASealedSegmentIsNamedAndNothingBeforeItIsLost) {
  const ScratchDirectory scratch;
  auto recorder = RunRecorder::open(scratch.path(), description());
  ASSERT_TRUE(recorder);
  ASSERT_TRUE((*recorder)->append(block(seconds{0}, {1, 2})));
  ASSERT_TRUE((*recorder)->flush());
  ASSERT_TRUE((*recorder)->append(block(seconds{1}, {3, 4})));
  ASSERT_TRUE((*recorder)->finish());
  const auto path = (*recorder)->take_sealed().front().path;

  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path)) - 120);
  file.put('\xA5');
  file.close();

  Collected collected;
  const auto summary = read_recording(scratch.path(), collected);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().reason, Reason::RecordingDamaged);
  EXPECT_NE(summary.error().message.find("000000.seg"), std::string::npos);
}

TEST(RecorderTest, ARecorderOpenedAgainKeepsWhatIsWholeAndGoesOnInANewSegment) {
  const ScratchDirectory scratch;
  {
    auto recorder = RunRecorder::open(scratch.path(), description());
    ASSERT_TRUE(recorder);
    ASSERT_TRUE((*recorder)->append(block(seconds{0}, {1, 2})));
    ASSERT_TRUE((*recorder)->flush());
  }
  // Half a frame, as a power cut leaves it.
  std::ofstream(scratch.path() / "000000.part", std::ios::binary | std::ios::app) << "\x20\x00half";

  auto recorder = RunRecorder::open(scratch.path(), description());
  ASSERT_TRUE(recorder) << recorder.error().to_string();
  EXPECT_EQ((*recorder)->recovered_elapsed(), milliseconds{10});
  ASSERT_TRUE((*recorder)->append(block(seconds{5}, {3})));
  ASSERT_TRUE((*recorder)->finish());

  Collected collected;
  const auto summary = read_recording(scratch.path(), collected);
  ASSERT_TRUE(summary) << summary.error().to_string();
  EXPECT_TRUE(summary->complete);
  EXPECT_EQ(summary->segments, 2);
  EXPECT_THAT(collected.values, testing::ElementsAre(1, 2, 3));
}

// Writes one sample after the other and tells through a pipe what flush() has answered for.
[[noreturn]] void record_until_killed(const std::filesystem::path& directory, int acknowledge) {
  auto recorder = RunRecorder::open(directory, description());
  for (int i = 0; recorder; ++i) {
    if (!(*recorder)->append(block(milliseconds{i}, {1.0 * i})) || !(*recorder)->flush()) _exit(1);
    if (write(acknowledge, &i, sizeof i) != sizeof i) _exit(1);
  }
  _exit(1);
}

TEST(RecorderTest, NothingThatFlushAnsweredForIsLostByKill9) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 10; ++round) {
    const ScratchDirectory scratch;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto child = fork();
    if (child == 0) record_until_killed(scratch.path(), ends[1]);
    close(ends[1]);
    int acknowledged = -1;
    const int stop_at = static_cast<int>(random() % 40);
    while (acknowledged < stop_at &&
           read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    while (read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    }
    close(ends[0]);

    auto recovered = RunRecorder::open(scratch.path(), description());
    ASSERT_TRUE(recovered) << recovered.error().to_string();
    Collected collected;
    ASSERT_TRUE(read_recording(scratch.path(), collected));
    EXPECT_GE(static_cast<int>(collected.values.size()), acknowledged + 1);
  }
}

TEST(RecorderTest, ADirectoryThatCannotBeMadeIsAReasonAndNoCrash) {
  auto recorder = RunRecorder::open("/dev/full/cannot", description());
  ASSERT_FALSE(recorder);
  EXPECT_EQ(recorder.error().reason, Reason::StorageFailed);
}

}  // namespace
}  // namespace benchd::recording
