#include "daemon/recording/recorder.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/recording/frame.hpp"
#include "daemon/recording/segment_file.hpp"
#include "daemon/recording/segment_reader.hpp"

namespace benchd::recording {
namespace {

// Elapsed time of the last value of a block.
Nanoseconds end_of(const link::v1::SampleBlock& block) {
  const auto count = block.values_size();
  if (count == 0) return Nanoseconds{block.start_elapsed_ns()};
  const auto last = block.interval_ns() != 0           ? block.interval_ns() * (count - 1)
                    : block.offsets_ns_size() == count ? block.offsets_ns(count - 1)
                                                       : 0;
  return Nanoseconds{block.start_elapsed_ns() + last};
}

Nanoseconds end_of(const Frame& frame) {
  Nanoseconds end{};
  link::v1::LiveRequest samples;
  if (frame.kind != FrameKind::Samples || !samples.ParseFromString(frame.payload)) return end;
  for (const auto& block : samples.blocks()) end = std::max(end, end_of(block));
  return end;
}

std::optional<int> index_of(const std::filesystem::path& path) {
  const auto stem = path.stem().string();
  if (stem.empty() || stem.size() > 9 ||
      !std::ranges::all_of(stem, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  return std::stoi(stem);
}

}  // namespace

class RunRecorder::Impl {
 public:
  Impl(std::filesystem::path directory,
       link::v1::SegmentDescription description,
       RecorderLimits limits)
      : directory_(std::move(directory)), description_(std::move(description)), limits_(limits) {}

  Status open() {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    if (error) {
      return fail(Reason::StorageFailed,
                  "cannot make " + directory_.string() + ": " + error.message());
    }
    int next_index = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
      // Also segments that were uploaded and renamed: their numbers are taken.
      if (const auto index = index_of(entry.path())) next_index = std::max(next_index, *index + 1);
    }
    for (const auto& path : list_segments(directory_)) {
      const auto index = index_of(path);
      if (!index || path.extension() != ".part") continue;
      if (auto recovered = recover(*index); !recovered) return recovered;
    }
    return begin_segment(next_index);
  }

  Status append_samples(const link::v1::SampleBlock& block) {
    *pending_.add_blocks() = block;
    pending_values_ += static_cast<std::size_t>(block.values_size());
    appended_elapsed_ = std::max(appended_elapsed_, end_of(block));
    return pending_values_ >= limits_.frame_values ? write_pending() : Status{};
  }

  template <typename Message>
  Status append_frame(FrameKind kind, const Message& message) {
    // Samples first, so that frames stand in the order in which things happened.
    if (auto written = write_pending(); !written) return written;
    return file_->append(kind, message.SerializeAsString());
  }

  Result<Nanoseconds> flush() {
    if (auto written = write_pending(); !written) return fail(written.error());
    if (auto synced = file_->sync(); !synced) return fail(synced.error());
    durable_elapsed_ = appended_elapsed_;
    if (file_->size() >= limits_.segment_bytes ||
        appended_elapsed_ - segment_begin_ >= limits_.segment_time) {
      const int next = file_->index() + 1;
      if (auto sealed = seal(false); !sealed) return fail(sealed.error());
      if (auto begun = begin_segment(next); !begun) return fail(begun.error());
    }
    return durable_elapsed_;
  }

  Status finish() {
    if (auto written = write_pending(); !written) return written;
    return seal(true);
  }

  std::vector<SealedSegment> take_sealed() { return std::exchange(sealed_, {}); }
  [[nodiscard]] Nanoseconds recovered_elapsed() const { return recovered_elapsed_; }
  [[nodiscard]] int segments() const { return segments_; }

 private:
  Status recover(int index) {
    auto file = SegmentFile::recover(directory_, index, [&](const Frame& frame) {
      recovered_elapsed_ = std::max(recovered_elapsed_, end_of(frame));
    });
    if (!file) return fail(file.error());
    appended_elapsed_ = std::max(appended_elapsed_, recovered_elapsed_);
    if (file->frames() == 0) {
      // Not even the description was whole: nothing in it was ever acknowledged.
      std::error_code error;
      std::filesystem::remove(growing_path(directory_, index), error);
      auto fresh = SegmentFile::create(directory_, index);
      if (!fresh) return fail(fresh.error());
      file = std::move(fresh);
      description_.set_index(index);
      if (auto written = file->append(FrameKind::Description, description_.SerializeAsString());
          !written) {
        return written;
      }
    }
    auto sealed = file->seal(false);
    if (!sealed) return fail(sealed.error());
    sealed_.push_back(std::move(*sealed));
    return {};
  }

  Status begin_segment(int index) {
    auto file = SegmentFile::create(directory_, index);
    if (!file) return fail(file.error());
    file_ = std::move(*file);
    segments_ = index + 1;
    segment_begin_ = appended_elapsed_;
    description_.set_index(index);
    return file_->append(FrameKind::Description, description_.SerializeAsString());
  }

  Status seal(bool last) {
    auto sealed = file_->seal(last);
    if (!sealed) return fail(sealed.error());
    sealed_.push_back(std::move(*sealed));
    return {};
  }

  Status write_pending() {
    if (pending_values_ == 0) return {};
    auto written = file_->append(FrameKind::Samples, pending_.SerializeAsString());
    pending_.Clear();
    pending_values_ = 0;
    return written;
  }

  std::filesystem::path directory_;
  link::v1::SegmentDescription description_;
  RecorderLimits limits_;
  std::optional<SegmentFile> file_;
  link::v1::LiveRequest pending_;
  std::size_t pending_values_ = 0;
  std::vector<SealedSegment> sealed_;
  Nanoseconds appended_elapsed_{};
  Nanoseconds durable_elapsed_{};
  Nanoseconds segment_begin_{};
  Nanoseconds recovered_elapsed_{};
  int segments_ = 0;
};

RunRecorder::RunRecorder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunRecorder::~RunRecorder() = default;

Result<std::unique_ptr<RunRecorder>> RunRecorder::open(const std::filesystem::path& directory,
                                                       link::v1::SegmentDescription description,
                                                       RecorderLimits limits) {
  auto impl = std::make_unique<Impl>(directory, std::move(description), limits);
  if (auto opened = impl->open(); !opened) return fail(opened.error());
  return std::unique_ptr<RunRecorder>(new RunRecorder(std::move(impl)));
}

Status RunRecorder::append(const link::v1::SampleBlock& block) {
  return impl_->append_samples(block);
}
Status RunRecorder::append(const link::v1::Event& event) {
  return impl_->append_frame(FrameKind::Event, event);
}
Status RunRecorder::append(const link::v1::ClockRecord& clock) {
  return impl_->append_frame(FrameKind::Clock, clock);
}
Status RunRecorder::append(const link::v1::ZeroRecord& zero) {
  return impl_->append_frame(FrameKind::Zero, zero);
}
Status RunRecorder::append(const link::v1::GapRecord& gap) {
  return impl_->append_frame(FrameKind::Gap, gap);
}
Result<Nanoseconds> RunRecorder::flush() { return impl_->flush(); }
Status RunRecorder::finish() { return impl_->finish(); }
std::vector<SealedSegment> RunRecorder::take_sealed() { return impl_->take_sealed(); }
Nanoseconds RunRecorder::recovered_elapsed() const { return impl_->recovered_elapsed(); }
int RunRecorder::segments() const { return impl_->segments(); }

}  // namespace benchd::recording
