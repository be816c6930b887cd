#include "daemon/link/uploader.hpp"

#include <algorithm>
#include <fstream>
#include <grpcpp/grpcpp.h>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/base/log.hpp"
#include "daemon/recording/segment_reader.hpp"
#include "daemon/recording/sha256.hpp"

namespace benchd::link::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunkBytes = 256U << 10U;
constexpr auto kRetryAfter = std::chrono::seconds{2};

std::vector<fs::path> unsent_segments(const fs::path& recordings) {
  std::vector<fs::path> segments;
  std::error_code ignored;
  for (const auto& run : fs::directory_iterator(recordings, ignored)) {
    for (const auto& path : recording::list_segments(run.path())) {
      if (path.extension() == ".seg") segments.push_back(path);
    }
  }
  std::ranges::sort(segments);
  return segments;
}

struct Prepared {
  v1::SegmentHeader header;
  bool last = false;
};

// Reads the segment through once: what is damaged here must not arrive as if it were whole.
Result<Prepared> prepare(const fs::path& path) {
  auto reader = recording::SegmentReader::open(path);
  if (!reader) return fail(reader.error());
  while (true) {
    const auto frame = reader->next();
    if (!frame) return fail(frame.error());
    if (!*frame) break;
  }
  const auto hash = recording::sha256_hex_of_file(path);
  if (!hash) return fail(hash.error());
  Prepared prepared;
  prepared.header.set_tenant(reader->description().tenant());
  prepared.header.set_run(reader->description().run());
  prepared.header.set_index(reader->description().index());
  prepared.header.set_size(static_cast<std::int64_t>(fs::file_size(path)));
  prepared.header.set_sha256(*hash);
  prepared.last = reader->last();
  return prepared;
}

void mark_sent(const fs::path& segment, bool last) {
  auto sent = segment;
  sent.replace_extension(".sent");
  std::error_code error;
  fs::rename(segment, sent, error);
  if (error)
    log::warn("segment={} cannot be marked as sent: {}", segment.string(), error.message());
  if (last && recording::list_segments(segment.parent_path()).empty()) {
    fs::remove_all(segment.parent_path(), error);
  }
}

}  // namespace

Uploader::Uploader(fs::path recordings, std::shared_ptr<grpc::Channel> channel)
    : recordings_(std::move(recordings)),
      stub_(v1::LinkService::NewStub(std::move(channel))),
      thread_([this] { run(); }) {}

Uploader::~Uploader() { close(); }

void Uploader::close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    if (active_ != nullptr) active_->TryCancel();
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Uploader::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

bool Uploader::ending() {
  const std::lock_guard lock(mutex_);
  return ending_;
}

void Uploader::run() {
  bool retry = false;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto due = [this] { return ending_ || woken_; };
      if (retry) {
        changed_.wait_for(lock, kRetryAfter, due);
      } else {
        changed_.wait(lock, due);
      }
      if (ending_) return;
      woken_ = false;
    }
    retry = !upload_all();
  }
}

bool Uploader::upload_all() {
  bool all = true;
  for (const auto& segment : unsent_segments(recordings_)) {
    if (ending()) return true;
    const auto uploaded = upload(segment);
    if (uploaded) continue;
    all = false;
    if (uploaded.error().code() == Code::Unavailable) return false;
    log::warn("segment={} not uploaded, reason={}: {}", segment.string(),
              wire_name(uploaded.error().reason), uploaded.error().message);
  }
  return all;
}

Status Uploader::upload(const fs::path& segment) {
  const auto prepared = prepare(segment);
  if (!prepared) return fail(prepared.error());

  grpc::ClientContext context;
  {
    const std::lock_guard lock(mutex_);
    active_ = &context;
  }
  const auto stream = stub_->Upload(&context);
  v1::UploadRequest request;
  *request.mutable_header() = prepared->header;
  bool writing = stream->Write(request);
  std::ifstream file(segment, std::ios::binary);
  std::string chunk(kChunkBytes, '\0');
  while (writing && (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) ||
                     file.gcount() > 0)) {
    request.set_chunk(chunk.data(), static_cast<std::size_t>(file.gcount()));
    writing = stream->Write(request);
  }
  v1::UploadResponse response;
  const bool answered = stream->Read(&response);
  stream->WritesDone();
  const auto status = stream->Finish();
  {
    const std::lock_guard lock(mutex_);
    active_ = nullptr;
  }
  if (!answered)
    return fail(Reason::Unavailable, "the site cannot be reached: " + status.error_message());
  if (!response.stored()) {
    return fail(find_reason(response.reason()).value_or(Reason::Internal), response.message());
  }
  mark_sent(segment, prepared->last);
  return {};
}

}  // namespace benchd::link::detail
