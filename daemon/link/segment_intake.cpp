#include "daemon/link/segment_intake.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "daemon/base/ids.hpp"
#include "daemon/link/io_error.hpp"
#include "daemon/recording/segment_file.hpp"

namespace benchd::link::detail {
namespace {

constexpr std::int64_t kLargestSegment = 256LL << 20;
constexpr int kMostSegments = 999'999;

}  // namespace

Status check_header(const v1::SegmentHeader& header) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!is_valid_label(header.tenant()) || !is_valid_label(header.run()) || header.index() < 0 ||
      header.index() > kMostSegments || header.size() <= 0 || header.size() > kLargestSegment ||
      header.sha256().size() != 64 || !std::ranges::all_of(header.sha256(), is_hex)) {
    return fail(Reason::InvalidArgument, "the head of an uploaded segment is not valid");
  }
  return {};
}

SegmentIntake::SegmentIntake(const std::filesystem::path& segments, v1::SegmentHeader header)
    : header_(std::move(header)),
      path_(recording::segment_path(segments / header_.tenant() / header_.run(), header_.index())),
      growing_(path_) {
  growing_.replace_extension(".upload");
  const auto present = recording::sha256_hex_of_file(path_);
  already_stored_ = present && *present == header_.sha256();
}

SegmentIntake::~SegmentIntake() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(growing_.c_str());
}

Status SegmentIntake::open() {
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  if (error) {
    return fail(Reason::StorageFailed,
                "cannot make " + path_.parent_path().string() + ": " + error.message());
  }
  descriptor_ = ::open(growing_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return descriptor_ < 0 ? Status{io_error("cannot create", growing_)} : Status{};
}

Status SegmentIntake::add(std::string_view chunk) {
  if (descriptor_ < 0) {
    if (auto opened = open(); !opened) return opened;
  }
  received_ += static_cast<std::int64_t>(chunk.size());
  if (received_ > header_.size()) {
    return fail(Reason::InvalidArgument, "a segment is larger than it was announced");
  }
  hash_.update(chunk);
  while (!chunk.empty()) {
    const auto written = ::write(descriptor_, chunk.data(), chunk.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return io_error("cannot write", growing_);
    chunk.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status SegmentIntake::store() {
  if (recording::to_hex(hash_.digest()) != header_.sha256()) {
    return fail(Reason::RecordingDamaged, "an uploaded segment does not match its hash");
  }
  if (fdatasync(descriptor_) != 0) return io_error("cannot sync", growing_);
  if (std::rename(growing_.c_str(), path_.c_str()) != 0) return io_error("cannot rename", growing_);
  ::close(std::exchange(descriptor_, -1));
  const auto run = path_.parent_path();
  for (const auto& directory : {run, run.parent_path(), run.parent_path().parent_path()}) {
    if (auto synced = recording::sync_directory(directory); !synced) return synced;
  }
  return {};
}

}  // namespace benchd::link::detail
