// Files of a result, written so that a half-written one never has the final name.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <benchd/v1/result.pb.h>

#include "cli/failure.hpp"
#include "cli/rpc.hpp"

namespace benchd::cli {

struct ExportedFile {
  std::filesystem::path path;
  std::string sha256;
  std::int64_t size_bytes = 0;
};

// Streams the file beside its final place, checks size and SHA-256 against what the server said
// (and `expected_sha256` where it is not empty), brings it to disk and renames it. `folder` is
// made. kExitFailure for a file that does not match or cannot be written: nothing is left then.
[[nodiscard]] Outcome<ExportedFile> export_to_folder(Rpc& rpc,
                                                     const v1::ExportRecordingRequest& request,
                                                     const std::filesystem::path& folder,
                                                     const std::string& expected_sha256);

// The same under a name of the user's choice.
[[nodiscard]] Outcome<ExportedFile> export_to_file(Rpc& rpc,
                                                   const v1::ExportRecordingRequest& request,
                                                   const std::filesystem::path& file);

// To a stream, as it comes; fails at the end if it does not match.
[[nodiscard]] Outcome<ExportedFile> export_to_stream(Rpc& rpc,
                                                     const v1::ExportRecordingRequest& request,
                                                     std::ostream& out);

}  // namespace benchd::cli
