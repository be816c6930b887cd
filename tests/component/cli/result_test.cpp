#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>

#include "daemon/recording/sha256.hpp"
#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BenchctlResult : public Benchctl {
 protected:
  BenchctlResult() {
    site_.get_result = [this](const auto&, v1::GetResultResponse& response) {
      v1::Result& result = *response.mutable_result();
      result.set_sealed(true);
      v1::ResultFile& file = *result.add_files();
      file.set_format(v1::EXPORT_FORMAT_RAW_CSV);
      file.set_file_name("r-51-samples.csv");
      file.set_sha256(listed_sha256_);
      return grpc::Status::OK;
    };
    site_.export_recording = [this](const auto&, auto& writer) {
      v1::ExportRecordingResponse piece;
      piece.set_file_name(file_name_);
      piece.set_data(content_.substr(0, 5));
      writer.Write(piece);
      piece.Clear();
      piece.set_data(content_.substr(5));
      writer.Write(piece);
      if (breaks_off_) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone");
      piece.Clear();
      piece.set_sha256(sent_sha256_);
      piece.set_size_bytes(static_cast<std::int64_t>(content_.size()));
      writer.Write(piece);
      return grpc::Status::OK;
    };
  }

  // Names of what lies in the folder, hidden files included.
  std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(site_.folder() / folder, ignored)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::string content_ = "time,channel,value\n0,thrust,5.2\n";
  std::string listed_sha256_ = recording::sha256_hex(content_);
  std::string sent_sha256_ = listed_sha256_;
  std::string file_name_ = "r-51-samples.csv";
  bool breaks_off_ = false;
};

TEST_F(BenchctlResult, GetWritesEachFileWholeAndNamesItOnStdout) {
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitOk);
  EXPECT_EQ(out(), "thursday/r-51-samples.csv\n");
  std::ifstream file(site_.folder() / "thursday/r-51-samples.csv");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), content_);
  EXPECT_THAT(files_in("thursday"), ElementsAre("r-51-samples.csv"));
}

TEST_F(BenchctlResult, RunsOfABookingDoNotOverwriteEachOther) {
  site_.list_runs = [](const auto&, v1::ListRunsResponse& response) {
    response.add_runs()->set_name(kRun);
    response.add_runs()->set_name("tenants/volant/runs/r-52xkqd5xw4mnrt6yhb2cvzea7f");
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"result", "get", kBooking, "--out", "thursday"}), kExitOk);
  EXPECT_EQ(out(),
            "thursday/r-51xkqd/r-51-samples.csv\n"
            "thursday/r-52xkqd/r-51-samples.csv\n");
}

TEST_F(BenchctlResult, AFileThatIsDamagedOnItsWayIsNotKept) {
  sent_sha256_ = recording::sha256_hex("something else");
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitFailure);
  EXPECT_THAT(files_in("thursday"), IsEmpty());
}

TEST_F(BenchctlResult, AFileOtherThanTheListedOneIsNotKept) {
  listed_sha256_ = recording::sha256_hex("something else");
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitFailure);
  EXPECT_THAT(files_in("thursday"), IsEmpty());
}

TEST_F(BenchctlResult, AStreamThatBreaksOffLeavesNothing) {
  breaks_off_ = true;
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitUnreachable);
  EXPECT_THAT(files_in("thursday"), IsEmpty());
}

TEST_F(BenchctlResult, AFileNameNeverLeadsOutOfTheFolder) {
  file_name_ = "../stolen.csv";
  EXPECT_EQ(run({"result", "get", kRun, "--out", "thursday"}), kExitFailure);
  EXPECT_FALSE(std::filesystem::exists(site_.folder() / "stolen.csv"));
}

TEST_F(BenchctlResult, ExportGoesToStdoutAlone) {
  EXPECT_EQ(run({"result", "export", kRun}), kExitOk);
  EXPECT_EQ(out(), content_);
}

}  // namespace
}  // namespace benchd::cli
