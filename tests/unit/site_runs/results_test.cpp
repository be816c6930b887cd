#include <sstream>

#include "daemon/recording/exports.hpp"
#include "daemon/recording/sha256.hpp"
#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class ResultsTest : public RunsTest {
 protected:
  using ExportStream = TestStream<v1::ExportRecordingResponse>;
  using SampleStream = TestStream<v1::ReadSamplesResponse>;

  std::string finished_run() {
    const auto run = started_run();
    send_finished(run);
    record(run);
    return run;
  }

  std::shared_ptr<ExportStream> export_of(const v1::ExportRecordingRequest& request) {
    auto stream = std::make_shared<ExportStream>();
    site_->results.export_recording(volant_, request, stream);
    wait([&] { return stream->ended.has_value(); });
    return stream;
  }

  static v1::ExportRecordingRequest request_for(const std::string& run, v1::ExportFormat format) {
    v1::ExportRecordingRequest request;
    request.set_run(run);
    request.set_format(format);
    return request;
  }

  static std::string text_of(const std::shared_ptr<ExportStream>& stream) {
    std::string text;
    for (const auto& message : stream->messages) text += message.data();
    return text;
  }

  Result<v1::Result> result_of(const std::string& run) {
    v1::GetResultRequest request;
    request.set_run(run);
    auto response = call(site_->results, &Results::get_result, volant_, request);
    if (!response) return fail(response.error());
    return response->result();
  }

  std::shared_ptr<SampleStream> samples_of(const v1::ReadSamplesRequest& request) {
    auto stream = std::make_shared<SampleStream>();
    site_->results.read_samples(volant_, request, stream);
    wait([&] { return stream->ended.has_value(); });
    return stream;
  }
};

TEST_F(ResultsTest, AnExportIsByteForByteWhatTheRecordingGives) {
  const auto run = finished_run();
  std::ostringstream samples;
  std::ostringstream stand;
  ASSERT_TRUE(recording::export_raw_csv(recording(run), samples));
  ASSERT_TRUE(recording::export_thrust_stand_csv(recording(run), stand));
  const auto json = recording::export_result_json(recording(run));
  ASSERT_TRUE(json);

  EXPECT_EQ(text_of(export_of(request_for(run, v1::EXPORT_FORMAT_RAW_CSV))), samples.str());
  EXPECT_EQ(text_of(export_of(request_for(run, v1::EXPORT_FORMAT_THRUST_STAND_CSV))), stand.str());
  EXPECT_EQ(text_of(export_of(request_for(run, v1::EXPORT_FORMAT_JSON_RESULT))), *json);
}

TEST_F(ResultsTest, AnExportNamesTheFileFirstAndItsHashLast) {
  const auto stream = export_of(request_for(finished_run(), v1::EXPORT_FORMAT_RAW_CSV));

  ASSERT_TRUE(stream->ended && *stream->ended) << stream->ended->error().to_string();
  EXPECT_EQ(stream->messages.front().file_name(), "samples.csv");
  EXPECT_EQ(stream->messages.back().sha256(), recording::sha256_hex(text_of(stream)));
  EXPECT_EQ(stream->messages.back().size_bytes(),
            static_cast<std::int64_t>(text_of(stream).size()));
}

TEST_F(ResultsTest, AnExportOfChosenChannelsHasNoOtherColumns) {
  auto request = request_for(finished_run(), v1::EXPORT_FORMAT_RAW_CSV);
  request.add_channels("thrust");

  const auto text = text_of(export_of(request));

  EXPECT_EQ(text.substr(0, text.find('\n')), "Time (s),thrust (N)");
}

TEST_F(ResultsTest, AFormatThatIsNoneIsRefused) {
  const auto stream = export_of(request_for(finished_run(), v1::EXPORT_FORMAT_UNSPECIFIED));

  ASSERT_FALSE(*stream->ended);
  EXPECT_EQ(stream->ended->error().reason, Reason::InvalidArgument);
}

TEST_F(ResultsTest, NoTraceOfAnExportIsLeftOnTheDisk) {
  const auto run = finished_run();
  export_of(request_for(run, v1::EXPORT_FORMAT_RAW_CSV));

  for (const auto& entry : std::filesystem::directory_iterator(recording(run).parent_path())) {
    EXPECT_TRUE(entry.is_directory()) << entry.path();
  }
}

TEST_F(ResultsTest, TheListedHashesAreThoseOfTheExports) {
  const auto run = finished_run();

  const auto result = result_of(run);

  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_TRUE(result->sealed());
  EXPECT_EQ(result->sample_count(), 150);
  EXPECT_EQ(result->run().verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(result->devices(0).serial(), "SN-7");
  EXPECT_TRUE(result->setup_record().complete());
  EXPECT_EQ(result->sequence_source_text(), kHoldSource);
  ASSERT_GE(result->files_size(), 3);
  for (const auto& file : result->files()) {
    auto request = request_for(run, file.format());
    request.set_ascii(file.ascii());
    const auto text = text_of(export_of(request));
    EXPECT_EQ(file.sha256(), recording::sha256_hex(text)) << file.file_name();
    EXPECT_EQ(file.size_bytes(), static_cast<std::int64_t>(text.size()));
  }
}

TEST_F(ResultsTest, ARunThatGoesOnHasAResultWithoutFiles) {
  const auto result = result_of(started_run());

  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_FALSE(result->sealed());
  EXPECT_EQ(result->files_size(), 0);
  EXPECT_EQ(result->run().state(), v1::RUN_STATE_RUNNING);
}

TEST_F(ResultsTest, ADamagedRecordingIsSaidToBeDamaged) {
  const auto run = finished_run();
  for (const auto& entry : std::filesystem::directory_iterator(recording(run))) {
    std::filesystem::resize_file(entry.path(), entry.file_size() - 1);
  }

  const auto stream = export_of(request_for(run, v1::EXPORT_FORMAT_RAW_CSV));

  ASSERT_FALSE(*stream->ended);
  EXPECT_EQ(stream->ended->error().reason, Reason::RecordingDamaged);
}

TEST_F(ResultsTest, SamplesAreCutToTheChannelsAndTimesThatWereAskedFor) {
  v1::ReadSamplesRequest request;
  request.set_run(finished_run());
  request.add_channels("current");
  put_duration(200ms, *request.mutable_start_elapsed_duration());
  put_duration(230ms, *request.mutable_end_elapsed_duration());

  const auto stream = samples_of(request);

  ASSERT_TRUE(*stream->ended) << stream->ended->error().to_string();
  ASSERT_EQ(stream->messages.size(), 1U);
  ASSERT_EQ(stream->messages[0].blocks_size(), 1);
  const auto& block = stream->messages[0].blocks(0);
  EXPECT_EQ(block.unit(), "A");
  EXPECT_EQ(Nanoseconds{block.start_elapsed_ns()}, 200ms);
  EXPECT_EQ(Nanoseconds{block.start_monotonic_ns()}, 5s + 200ms);
  EXPECT_THAT(block.values(), ElementsAre(20, 21, 22));
  EXPECT_EQ(block.qualities_size(), 0) << "all are good";
}

TEST_F(ResultsTest, AChannelThatWasNotRecordedIsUnknown) {
  v1::ReadSamplesRequest request;
  request.set_run(finished_run());
  request.add_channels("torque");

  const auto stream = samples_of(request);

  ASSERT_FALSE(*stream->ended);
  EXPECT_EQ(stream->ended->error().reason, Reason::UnknownChannel);
}

TEST_F(ResultsTest, ASlowReaderGetsEverythingInItsOwnTime) {
  const auto run = finished_run();
  auto stream = std::make_shared<ExportStream>();
  stream->stall();
  site_->results.export_recording(volant_, request_for(run, v1::EXPORT_FORMAT_RAW_CSV), stream);
  wait([&] { return !stream->messages.empty(); });

  wait([&] {
    EXPECT_LE(stream->waiting(), 4U);
    stream->drain();
    return stream->ended.has_value();
  });

  std::ostringstream whole;
  ASSERT_TRUE(recording::export_raw_csv(recording(run), whole));
  EXPECT_EQ(text_of(stream), whole.str());
}

}  // namespace
}  // namespace benchd::site
