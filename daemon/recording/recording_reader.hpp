// Reads all segments of a run, in order.
#pragma once

#include <filesystem>

#include "benchd/link/v1/link.pb.h"
#include "benchd/link/v1/recording.pb.h"

#include "daemon/base/result.hpp"

namespace benchd::recording {

// Shown what a recording holds, in the order in which it was written. Override what is wanted.
class RecordingVisitor {
 public:
  virtual ~RecordingVisitor() = default;
  virtual void on_samples(const link::v1::SampleBlock& /*block*/) {}
  virtual void on_event(const link::v1::Event& /*event*/) {}
  virtual void on_clock(const link::v1::ClockRecord& /*clock*/) {}
  virtual void on_zero(const link::v1::ZeroRecord& /*zero*/) {}
  virtual void on_gap(const link::v1::GapRecord& /*gap*/) {}
  // The end of a segment.
  virtual void on_segment_end() {}
};

struct RecordingSummary {
  link::v1::SegmentDescription description;  // of the first segment
  int segments = 0;
  bool complete = false;  // every segment is sealed and the last one is there
};

// Reads what is there, also while it grows. RECORDING_DAMAGED names the file; what precedes the
// damage has been shown. NOT_FOUND_OR_DENIED when there is no segment.
[[nodiscard]] Result<RecordingSummary> read_recording(const std::filesystem::path& directory,
                                                      RecordingVisitor& visitor);

}  // namespace benchd::recording
