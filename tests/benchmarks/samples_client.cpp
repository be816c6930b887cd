// What samples_end_to_end.py needs to be fast. Each prints one JSON object.
//
//   benchmark_samples_client bare SECONDS            a bare gRPC stream of blocks of 16 Ki samples
//                                                    over a Unix socket, server and client in here
//   benchmark_samples_client watch ADDRESS MEMBER RUN    watches the run to its end
//   benchmark_samples_client recording FOLDER            reads the segments of a run
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <grpcpp/grpcpp.h>
#include <malloc.h>
#include <string>
#include <string_view>

#include "benchd/plugin/v1/plugin.grpc.pb.h"
#include "benchd/v1/run.grpc.pb.h"

#include "daemon/recording/recording_reader.hpp"
#include "tests/benchmarks/continuity.hpp"
#include "tests/benchmarks/statistics.hpp"
#include "tests/support/scratch_directory.hpp"

namespace benchd::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// As benchd's own links read samples; gRPC's own values cost six times the processor time.
std::shared_ptr<grpc::Channel> wide_channel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 4 << 20);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 1 << 20);
  arguments.SetInt(GRPC_ARG_TCP_READ_CHUNK_SIZE, 256 << 10);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

constexpr int kBlockValues = 16'384;
// Shorter blocks are the trickle before and after the flood.
constexpr int kFullBlock = 1000;

// Sends the same block again and again.
class BareService final : public plugin::v1::PluginService::Service {
 public:
  BareService() {
    auto& block = *batch_.add_blocks();
    block.set_channel("flood-1/a");
    block.set_start_monotonic_ns(1);
    block.set_interval_ns(400);
    block.mutable_values()->Resize(kBlockValues, 1.25);
  }
  grpc::Status StreamSamples(
      grpc::ServerContext* /*context*/,
      const plugin::v1::StreamSamplesRequest* /*request*/,
      grpc::ServerWriter<plugin::v1::StreamSamplesResponse>* writer) override {
    while (writer->Write(batch_)) {
    }
    return grpc::Status::OK;
  }

 private:
  plugin::v1::StreamSamplesResponse batch_;
};

int bare(double seconds) {
  const test::ScratchDirectory folder;
  const auto address = "unix:" + (folder.path() / "bare.sock").string();
  BareService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  require(server != nullptr, "the bare server");

  const auto stub = plugin::v1::PluginService::NewStub(wide_channel(address));
  grpc::ClientContext context;
  const auto stream = stub->StreamSamples(&context, {});
  plugin::v1::StreamSamplesResponse batch;
  for (int i = 0; i < 100; ++i) require(stream->Read(&batch), "the bare stream");
  std::int64_t values = 0;
  const auto begin = Clock::now();
  while (Clock::now() - begin < Seconds(seconds)) {
    require(stream->Read(&batch), "the bare stream");
    for (const auto& block : batch.blocks()) values += block.values_size();
  }
  const double rate = static_cast<double>(values) / Seconds(Clock::now() - begin).count();
  context.TryCancel();
  while (stream->Read(&batch)) {
  }
  static_cast<void>(stream->Finish());
  server->Shutdown();
  std::printf("{\"rate\": %.0f}\n", rate);
  return 0;
}

// Values a second between the first and the last block that came.
class Throughput {
 public:
  void add(int values) {
    last_ = Clock::now();
    if (first_ == Clock::time_point{}) {
      first_ = last_;
    } else {
      values_ += values;
    }
  }
  [[nodiscard]] double rate() const {
    return first_ == last_ ? 0 : static_cast<double>(values_) / Seconds(last_ - first_).count();
  }

 private:
  Clock::time_point first_;
  Clock::time_point last_;
  std::int64_t values_ = 0;
};

int watch(const std::string& address, const std::string& member, const std::string& run) {
  const auto stub = v1::RunService::NewStub(wide_channel(address));
  grpc::ClientContext context;
  context.AddMetadata("benchd-as", member);
  v1::WatchRunRequest request;
  request.set_name(run);
  request.set_samples(true);
  const auto stream = stub->WatchRun(&context, request);
  Continuity seen;
  int marks = 0;
  std::int64_t longest_delay_ns = 0;
  std::string verdict;
  Throughput full;
  v1::WatchRunResponse message;
  while (stream->Read(&message)) {
    marks += message.gap() ? 1 : 0;
    if (message.has_run()) verdict = v1::Verdict_Name(message.run().verdict());
    for (const auto& block : message.blocks()) {
      seen.add(block);
      if (block.values_size() >= kFullBlock) full.add(block.values_size());
      const auto end = block.start_monotonic_ns() + block.interval_ns() * block.values_size();
      longest_delay_ns =
          std::max<std::int64_t>(longest_delay_ns, Clock::now().time_since_epoch().count() - end);
    }
  }
  const auto status = stream->Finish();
  if (!status.ok()) std::fprintf(stderr, "watch: %s\n", status.error_message().c_str());
  std::printf(
      "{\"rate\": %.0f, \"values\": %lld, \"gaps\": %d, \"marks\": %d, \"longest_delay_s\": %.3f,"
      " \"verdict\": \"%s\"}\n",
      full.rate(), static_cast<long long>(seen.values()), seen.gaps(), marks,
      static_cast<double>(longest_delay_ns) * 1e-9, verdict.c_str());
  return status.ok() ? 0 : 1;
}

class Counter final : public recording::RecordingVisitor {
 public:
  void on_samples(const link::v1::SampleBlock& block) override { seen.add(block); }
  void on_gap(const link::v1::GapRecord& /*gap*/) override { ++marks; }
  Continuity seen;
  int marks = 0;
};

int recording_of(const std::string& folder) {
  Counter counter;
  const auto summary = recording::read_recording(folder, counter);
  if (!summary) std::fprintf(stderr, "%s\n", summary.error().to_string().c_str());
  require(summary.has_value(), "reading the recording");
  std::printf(
      "{\"values\": %lld, \"gaps\": %d, \"marks\": %d, \"segments\": %d, \"complete\": %s}\n",
      static_cast<long long>(counter.seen.values()), counter.seen.gaps(), counter.marks,
      summary->segments, summary->complete ? "true" : "false");
  return 0;
}

int run(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "bare" && argc == 3) return bare(std::atof(argv[2]));
  if (mode == "watch" && argc == 5) return watch(argv[2], argv[3], argv[4]);
  if (mode == "recording" && argc == 3) return recording_of(argv[2]);
  std::fprintf(stderr, "see the head of tests/benchmarks/samples_client.cpp\n");
  return 2;
}

}  // namespace
}  // namespace benchd::benchmarks

int main(int argc, char** argv) { return benchd::benchmarks::run(argc, argv); }
