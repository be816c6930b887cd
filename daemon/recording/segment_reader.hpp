// Reads segments, sealed or growing. Used by the site, by benchctl and by tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "benchd/link/v1/recording.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/recording/frame.hpp"
#include "daemon/recording/sha256.hpp"

namespace benchd::recording {

// One segment file, frame by frame. Blocking; one owner.
class SegmentReader {
 public:
  // RECORDING_DAMAGED when the head is not whole.
  static Result<SegmentReader> open(const std::filesystem::path& path);

  [[nodiscard]] const link::v1::SegmentDescription& description() const { return description_; }

  // The next frame, or nothing at the end of what is whole. A growing segment may simply end; a
  // sealed one that lacks its seal, or whose frames do not match it, is RECORDING_DAMAGED.
  [[nodiscard]] Result<std::optional<Frame>> next();

  [[nodiscard]] bool sealed() const { return sealed_; }
  // After the end of a sealed segment: it is the last one of its run.
  [[nodiscard]] bool last() const { return last_; }

 private:
  SegmentReader() = default;
  [[nodiscard]] Result<std::optional<Frame>> read_frame();
  [[nodiscard]] Result<std::optional<Frame>> check_seal(const Frame& frame);

  std::filesystem::path path_;
  std::ifstream file_;
  link::v1::SegmentDescription description_;
  std::int64_t frames_ = 0;
  Sha256 plaintext_hash_;
  bool must_be_sealed_ = false;
  bool sealed_ = false;
  bool last_ = false;
};

// The segments of a run in order, a growing one last.
[[nodiscard]] std::vector<std::filesystem::path> list_segments(
    const std::filesystem::path& directory);

}  // namespace benchd::recording
