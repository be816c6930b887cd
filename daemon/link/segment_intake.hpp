// Writes uploaded segments to the site's disk: whole, checked and durable, or not at all. Private
// to link. Blocking; one owner.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/recording/sha256.hpp"

namespace benchd::link::detail {

// Names and sizes are valid; in particular nothing in them leads out of the segment folder.
[[nodiscard]] Status check_header(const v1::SegmentHeader& header);

class SegmentIntake {
 public:
  SegmentIntake(const std::filesystem::path& segments, v1::SegmentHeader header);
  ~SegmentIntake();
  SegmentIntake(SegmentIntake&&) = delete;

  // It is there already, with the same content.
  [[nodiscard]] bool already_stored() const { return already_stored_; }
  // INVALID_ARGUMENT when more comes than was announced; STORAGE_FAILED, DISK_FULL.
  [[nodiscard]] Status add(std::string_view chunk);
  [[nodiscard]] bool whole() const { return received_ == header_.size(); }
  // Checks the hash and makes it durable under its name. RECORDING_DAMAGED, STORAGE_FAILED.
  [[nodiscard]] Status store();

  [[nodiscard]] const v1::SegmentHeader& header() const { return header_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  [[nodiscard]] Status open();

  v1::SegmentHeader header_;
  std::filesystem::path path_;
  std::filesystem::path growing_;
  int descriptor_ = -1;
  std::int64_t received_ = 0;
  bool already_stored_ = false;
  recording::Sha256 hash_;
};

}  // namespace benchd::link::detail
