// The files that a run's recording is given out as. For this module only.
//
// Everything here blocks for the disk: call it on SiteContext::blocking.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "benchd/link/v1/recording.pb.h"
#include "benchd/v1/result.pb.h"

#include "daemon/base/result.hpp"

namespace benchd::site {

struct FileWanted {
  v1::ExportFormat format = v1::EXPORT_FORMAT_UNSPECIFIED;
  bool ascii = false;
  std::vector<std::string> channels;  // samples only; empty: all
};

// The head of the first segment; nothing while none has arrived. RECORDING_DAMAGED.
[[nodiscard]] Result<std::optional<link::v1::SegmentDescription>> read_description(
    const std::filesystem::path& recording);

// UNKNOWN_CHANNEL, with the field that it is about.
[[nodiscard]] Status check_channels(const link::v1::SegmentDescription& description,
                                    const std::vector<std::string>& channels);

// The files that this recording has, without sizes and hashes.
[[nodiscard]] std::vector<v1::ResultFile> files_of(const link::v1::SegmentDescription& description);

// INVALID_ARGUMENT for a format that this recording does not have.
[[nodiscard]] Result<v1::ResultFile> find_file(const link::v1::SegmentDescription& description,
                                               const FileWanted& wanted);

[[nodiscard]] Status write_file(const std::filesystem::path& recording,
                                const FileWanted& wanted,
                                std::ostream& out);

// Fills in size and hash, by making the file without keeping it.
[[nodiscard]] Status measure_file(const std::filesystem::path& recording, v1::ResultFile& file);

// SHA-256 over the bytes of the segment files, one after the other, hex. STORAGE_FAILED.
[[nodiscard]] Result<std::string> hash_recording(const std::filesystem::path& recording);

// A file without a name, beside `neighbour`, that is gone when it is closed. STORAGE_FAILED.
[[nodiscard]] Result<std::fstream> make_scratch_file(const std::filesystem::path& neighbour);

// The content of a scratch file in pieces, the last one with size and hash; then nothing.
[[nodiscard]] std::function<Result<std::optional<v1::ExportRecordingResponse>>()> pieces_of(
    std::fstream file, const v1::ResultFile& description);

}  // namespace benchd::site
