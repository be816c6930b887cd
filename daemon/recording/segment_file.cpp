#include "daemon/recording/segment_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <utility>

#include "benchd/link/v1/recording.pb.h"

namespace benchd::recording {
namespace {

tl::unexpected<Error> io_error(const std::string& what, const std::filesystem::path& path) {
  const int number = errno;
  const auto reason =
      number == ENOSPC || number == EDQUOT ? Reason::DiskFull : Reason::StorageFailed;
  return fail(reason, fmt::format("{} {}: {}", what, path.string(), std::strerror(number)),
              {{"path", path.string()}});
}

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& directory, int index) {
  return directory / fmt::format("{:06}.seg", index);
}

std::filesystem::path growing_path(const std::filesystem::path& directory, int index) {
  return directory / fmt::format("{:06}.part", index);
}

Status sync_directory(const std::filesystem::path& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return io_error("cannot open", directory);
  const int synced = fsync(descriptor);
  const auto error = synced == 0 ? Status{} : Status{io_error("cannot sync", directory)};
  ::close(descriptor);
  return error;
}

SegmentFile::SegmentFile(std::filesystem::path directory, int index, int descriptor)
    : directory_(std::move(directory)), index_(index), descriptor_(descriptor) {}

SegmentFile::SegmentFile(SegmentFile&& other) noexcept
    : directory_(std::move(other.directory_)),
      index_(other.index_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      frames_(other.frames_),
      file_hash_(std::move(other.file_hash_)),
      plaintext_hash_(std::move(other.plaintext_hash_)),
      failed_(std::move(other.failed_)) {}

SegmentFile& SegmentFile::operator=(SegmentFile&& other) noexcept {
  if (this == &other) return *this;
  close();
  directory_ = std::move(other.directory_);
  index_ = other.index_;
  descriptor_ = std::exchange(other.descriptor_, -1);
  size_ = other.size_;
  frames_ = other.frames_;
  file_hash_ = std::move(other.file_hash_);
  plaintext_hash_ = std::move(other.plaintext_hash_);
  failed_ = std::move(other.failed_);
  return *this;
}

SegmentFile::~SegmentFile() { close(); }

void SegmentFile::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<SegmentFile> SegmentFile::create(const std::filesystem::path& directory, int index) {
  const auto path = growing_path(directory, index);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_error("cannot create", path);
  SegmentFile file(directory, index, descriptor);
  const auto header = encode_file_header();
  if (auto written = file.write(header); !written) return fail(written.error());
  file.account(header, {});
  file.frames_ = 0;
  if (auto synced = sync_directory(directory); !synced) return fail(synced.error());
  return file;
}

Result<SegmentFile> SegmentFile::recover(const std::filesystem::path& directory,
                                         int index,
                                         const std::function<void(const Frame&)>& visit) {
  const auto path = growing_path(directory, index);
  std::ifstream input(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(input), {}};
  input.close();

  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return io_error("cannot open", path);
  SegmentFile file(directory, index, descriptor);

  std::size_t at = 0;
  if (check_file_header(bytes)) {
    at = kFileHeaderSize;
    file.account(std::string_view{bytes}.substr(0, at), {});
    file.frames_ = 0;
    while (at < bytes.size()) {
      const auto decoded = decode_frame(std::string_view{bytes}.substr(at));
      if (!decoded) break;
      visit(decoded->frame);
      file.account(std::string_view{bytes}.substr(at, decoded->consumed), decoded->frame.payload);
      at += decoded->consumed;
    }
  }
  if (ftruncate(descriptor, static_cast<off_t>(at)) != 0 || lseek(descriptor, 0, SEEK_END) < 0) {
    return io_error("cannot cut off the damaged end of", path);
  }
  return file;
}

void SegmentFile::account(std::string_view stored, std::string_view plaintext) {
  size_ += stored.size();
  ++frames_;
  file_hash_.update(stored);
  plaintext_hash_.update(plaintext);
}

Status SegmentFile::write(std::string_view bytes) {
  if (failed_) return fail(*failed_);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto written = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      auto error = io_error("cannot write", growing_path(directory_, index_));
      failed_ = error.value();
      return error;
    }
    done += static_cast<std::size_t>(written);
  }
  return {};
}

Status SegmentFile::append(FrameKind kind, std::string_view plaintext) {
  const auto bytes = encode_frame(kind, plaintext);
  if (auto written = write(bytes); !written) return written;
  account(bytes, plaintext);
  return {};
}

Status SegmentFile::sync() {
  if (failed_) return fail(*failed_);
  if (fdatasync(descriptor_) == 0) return {};
  auto error = io_error("cannot sync", growing_path(directory_, index_));
  failed_ = error.value();
  return error;
}

Result<SealedSegment> SegmentFile::seal(bool last) {
  link::v1::SegmentSeal seal;
  seal.set_frames(frames_);
  seal.set_plaintext_sha256(plaintext_hash_.digest());
  seal.set_last(last);
  if (auto written = append(FrameKind::Seal, seal.SerializeAsString()); !written) {
    return fail(written.error());
  }
  if (auto synced = sync(); !synced) return fail(synced.error());
  close();

  const auto from = growing_path(directory_, index_);
  const auto to = segment_path(directory_, index_);
  if (std::rename(from.c_str(), to.c_str()) != 0) return io_error("cannot rename", from);
  if (auto synced = sync_directory(directory_); !synced) return fail(synced.error());
  return SealedSegment{index_, to, size_, to_hex(file_hash_.digest()), last};
}

}  // namespace benchd::recording
