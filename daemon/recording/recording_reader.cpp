#include "daemon/recording/recording_reader.hpp"

#include "daemon/recording/segment_reader.hpp"

namespace benchd::recording {
namespace {

template <typename Message>
Result<Message> parse(const Frame& frame) {
  Message message;
  if (!message.ParseFromString(frame.payload)) {
    return fail(Reason::RecordingDamaged, "a frame's content is not valid");
  }
  return message;
}

Status show(const Frame& frame, RecordingVisitor& visitor) {
  switch (frame.kind) {
    case FrameKind::Samples: {
      const auto samples = parse<link::v1::LiveRequest>(frame);
      if (!samples) return fail(samples.error());
      for (const auto& block : samples->blocks()) visitor.on_samples(block);
      return {};
    }
    case FrameKind::Event:
      return parse<link::v1::Event>(frame).map([&](const auto& m) { visitor.on_event(m); });
    case FrameKind::Clock:
      return parse<link::v1::ClockRecord>(frame).map([&](const auto& m) { visitor.on_clock(m); });
    case FrameKind::Zero:
      return parse<link::v1::ZeroRecord>(frame).map([&](const auto& m) { visitor.on_zero(m); });
    case FrameKind::Gap:
      return parse<link::v1::GapRecord>(frame).map([&](const auto& m) { visitor.on_gap(m); });
    case FrameKind::Description:
    case FrameKind::Seal:
      break;
  }
  return {};
}

}  // namespace

Result<RecordingSummary> read_recording(const std::filesystem::path& directory,
                                        RecordingVisitor& visitor) {
  RecordingSummary summary;
  bool all_sealed = true;
  bool last_seen = false;
  for (const auto& path : list_segments(directory)) {
    auto reader = SegmentReader::open(path);
    if (!reader) {
      // A growing segment whose head is not yet on the disk holds nothing.
      if (path.extension() == ".part") continue;
      return fail(reader.error());
    }
    if (summary.segments++ == 0) summary.description = reader->description();
    while (true) {
      const auto frame = reader->next();
      if (!frame) return fail(frame.error());
      if (!*frame) break;
      if (auto shown = show(**frame, visitor); !shown) return fail(shown.error());
    }
    visitor.on_segment_end();
    all_sealed = all_sealed && reader->sealed();
    last_seen = last_seen || reader->last();
  }
  if (summary.segments == 0) {
    return fail(Reason::NotFoundOrDenied, "there is no recording of this run");
  }
  summary.complete = all_sealed && last_seen;
  return summary;
}

}  // namespace benchd::recording
