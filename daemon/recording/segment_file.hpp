// One segment file while it grows. Blocking; one owner.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.hpp"
#include "daemon/recording/frame.hpp"
#include "daemon/recording/recorder.hpp"
#include "daemon/recording/sha256.hpp"

namespace benchd::recording {

// Grows as NNNNNN.part, becomes NNNNNN.seg when sealed. The first failed write is remembered and
// answers every later call.
class SegmentFile {
 public:
  // A new file; STORAGE_FAILED, DISK_FULL.
  static Result<SegmentFile> create(const std::filesystem::path& directory, int index);
  // The .part file of a crashed recorder: everything after its last whole frame is cut off.
  // `visit` is shown each frame that is kept.
  static Result<SegmentFile> recover(const std::filesystem::path& directory,
                                     int index,
                                     const std::function<void(const Frame&)>& visit);

  SegmentFile(SegmentFile&& other) noexcept;
  SegmentFile& operator=(SegmentFile&& other) noexcept;
  ~SegmentFile();

  [[nodiscard]] Status append(FrameKind kind, std::string_view plaintext);
  [[nodiscard]] Status sync();
  // Writes the seal, syncs, renames. The file is closed afterwards.
  [[nodiscard]] Result<SealedSegment> seal(bool last);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] std::int64_t frames() const { return frames_; }

 private:
  SegmentFile(std::filesystem::path directory, int index, int descriptor);
  [[nodiscard]] Status write(std::string_view bytes);
  void account(std::string_view stored, std::string_view plaintext);
  void close();

  std::filesystem::path directory_;
  int index_;
  int descriptor_;
  std::uint64_t size_ = 0;
  std::int64_t frames_ = 0;
  Sha256 file_hash_;
  Sha256 plaintext_hash_;
  std::optional<Error> failed_;
};

[[nodiscard]] std::filesystem::path segment_path(const std::filesystem::path& directory, int index);
[[nodiscard]] std::filesystem::path growing_path(const std::filesystem::path& directory, int index);
// Makes a rename or a new file in `directory` durable.
[[nodiscard]] Status sync_directory(const std::filesystem::path& directory);

}  // namespace benchd::recording
