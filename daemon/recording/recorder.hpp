// Writes the recording of one run: a series of immutable segment files.
//
//   <directory>/000000.seg, 000001.seg, …   named .part while they grow, .sent once the site has
//                                           them (link)
//
// A segment is sealed at 64 MiB or 60 s (elapsed time), and at the end; a recorder that is opened
// again after a crash keeps what is whole of the growing segment, seals it and begins a new one.
// The segments of a run stay in the directory until the run is finished.
// What flush() has answered for survives kill -9 and power loss. See README.md for the file format.
//
// Blocking: appends compress now and then, flush() waits for the disk. Owned by the station's
// storage thread; not for use by two threads at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"
#include "benchd/link/v1/recording.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"

namespace benchd::recording {

struct SealedSegment {
  int index = 0;
  std::filesystem::path path;
  std::uint64_t size = 0;
  std::string sha256;  // of the file, hex
  bool last = false;
};

struct RecorderLimits {
  std::uint64_t segment_bytes = 64ULL << 20U;
  Nanoseconds segment_time = std::chrono::seconds{60};
  // Samples kept in memory before they become a frame, all channels together.
  std::size_t frame_values = 64 * 1024;
};

class RunRecorder {
 public:
  // Begins or continues the recording in `directory`, which is made if need be. `description`
  // holds everything but the index. Continuing: complete frames of a growing segment are kept and
  // sealed, and `recovered_elapsed()` tells how far they reach. STORAGE_FAILED, DISK_FULL.
  static Result<std::unique_ptr<RunRecorder>> open(const std::filesystem::path& directory,
                                                   link::v1::SegmentDescription description,
                                                   RecorderLimits limits = {});
  ~RunRecorder();
  RunRecorder(const RunRecorder&) = delete;
  RunRecorder& operator=(const RunRecorder&) = delete;

  // Appends to the growing segment; durable only after flush(). Samples are
  // collected, so their error may show in a later call, at the latest in flush(). After an error
  // flush() and finish() never succeed again: a failed write is not retried as if nothing had
  // happened.
  [[nodiscard]] Status append(const link::v1::SampleBlock& block);
  [[nodiscard]] Status append(const link::v1::Event& event);
  [[nodiscard]] Status append(const link::v1::ClockRecord& clock);
  [[nodiscard]] Status append(const link::v1::ZeroRecord& zero);
  [[nodiscard]] Status append(const link::v1::GapRecord& gap);

  // Brings everything appended to the disk (fdatasync) and seals a full segment. The elapsed time
  // up to which samples are durable.
  [[nodiscard]] Result<Nanoseconds> flush();

  // Flushes and seals the last segment; nothing may be appended afterwards.
  [[nodiscard]] Status finish();

  // Segments sealed since the last call, for upload.
  [[nodiscard]] std::vector<SealedSegment> take_sealed();

  [[nodiscard]] Nanoseconds recovered_elapsed() const;
  [[nodiscard]] int segments() const;  // sealed and growing

 private:
  class Impl;
  explicit RunRecorder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace benchd::recording
