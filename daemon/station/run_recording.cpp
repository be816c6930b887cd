#include "daemon/station/run_recording.hpp"

#include <atomic>
#include <fstream>
#include <sys/timex.h>
#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kFlushInterval = std::chrono::milliseconds(500);
constexpr Nanoseconds kClockInterval = std::chrono::seconds(10);
// The two clocks drift against each other by less than this in 10 s; more is a step.
constexpr Nanoseconds kClockStep = std::chrono::milliseconds(50);
// 256 MiB wait for the disk at most: ten seconds of 3.2 M samples/s.
constexpr std::size_t kMostWaitingValues = 32U << 20U;

const char* const kDescriptionFile = "description";

Nanoseconds utc_ahead_of_monotonic(const Clock& clock) {
  return Nanoseconds(clock.utc_now().time_since_epoch()) - clock.monotonic_now().time_since_epoch();
}

void set_synchronisation(link::v1::ClockRecord& record) {
  timex state{};
  const int answer = ::adjtimex(&state);
  record.set_synchronised(answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0);
  record.set_error_estimate_ns(state.maxerror * 1000L);
}

Status store_description(const std::filesystem::path& directory,
                         const link::v1::SegmentDescription& description) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::ofstream file(directory / kDescriptionFile, std::ios::binary);
  if (error || !description.SerializeToOstream(&file) || !file.flush()) {
    return fail(Reason::StorageFailed, "the recording's folder cannot be written");
  }
  return {};
}

void hand_on(recording::RunRecorder& recorder,
             const link::v1::SegmentDescription& description,
             Uplink& uplink) {
  for (recording::SealedSegment& segment : recorder.take_sealed()) {
    uplink.segment_sealed(
        {TenantId(description.tenant()), RunId(description.run()), std::move(segment)});
  }
}

// A recording tells its own end, also where the station did not live to write it.
link::v1::Event interrupted(const std::string& run, Nanoseconds elapsed) {
  link::v1::Event event;
  event.set_run(run);
  event.set_elapsed_ns(elapsed.count());
  auto& ended = *event.mutable_run_finished();
  ended.set_verdict(link::v1::VERDICT_ERROR);
  ended.set_reason(std::string(wire_name(Reason::RunInterrupted)));
  ended.set_message("the station ended during the run");
  ended.set_interrupted(true);
  return event;
}

}  // namespace

Result<Recovered> recover_recording(const std::filesystem::path& directory, Uplink& uplink) {
  link::v1::SegmentDescription description;
  std::ifstream file(directory / kDescriptionFile, std::ios::binary);
  if (!file || !description.ParseFromIstream(&file)) return Recovered{};  // nothing was recorded
  auto recorder = recording::RunRecorder::open(directory, description);
  if (!recorder) return fail(recorder.error());
  const auto end = interrupted(description.run(), (*recorder)->recovered_elapsed());
  if (const Status told = (*recorder)->append(end); !told) return fail(told.error());
  if (const Status sealed = (*recorder)->finish(); !sealed) return fail(sealed.error());
  hand_on(**recorder, description, uplink);
  return Recovered{(*recorder)->segments(), (*recorder)->recovered_elapsed()};
}

// Lives on the blocking executor, but for `waiting`.
class RunRecording::Disk {
 public:
  explicit Disk(Uplink& uplink) : uplink_(uplink) {}

  Status open(const std::filesystem::path& directory, link::v1::SegmentDescription description) {
    description_ = std::move(description);
    if (Status stored = store_description(directory, description_); !stored) return stored;
    auto recorder = recording::RunRecorder::open(directory, description_);
    if (!recorder) return fail(recorder.error());
    recorder_ = std::move(*recorder);
    return {};
  }

  template <typename Record>
  void append(const Record& record) {
    if (!recorder_ || error_) return;
    if (const Status status = recorder_->append(record); !status) error_ = status.error();
  }

  Result<Nanoseconds> flush() {
    if (error_) return fail(*error_);
    auto durable = recorder_->flush();
    if (!durable) {
      error_ = durable.error();
    } else {
      hand_on(*recorder_, description_, uplink_);
    }
    return durable;
  }

  Result<int> finish() {
    if (!recorder_) return fail(Reason::StorageFailed, "the recording was not begun");
    if (error_) return fail(*error_);
    if (const Status status = recorder_->finish(); !status) return fail(status.error());
    hand_on(*recorder_, description_, uplink_);
    return recorder_->segments();
  }

  std::atomic<std::size_t> waiting{0};

 private:
  Uplink& uplink_;
  link::v1::SegmentDescription description_;
  std::unique_ptr<recording::RunRecorder> recorder_;
  std::optional<Error> error_;  // after it nothing more is written
};

RunRecording::RunRecording(Parts parts)
    : parts_(std::move(parts)),
      disk_(std::make_shared<Disk>(*parts_.uplink)),
      self_(std::make_shared<RunRecording*>(this)) {}

RunRecording::~RunRecording() = default;

void RunRecording::open(std::function<void(Status)> opened,
                        std::function<void(const Error&)> failed) {
  failed_ = std::move(failed);
  asio::post(parts_.storage, [disk = disk_, directory = parts_.directory,
                              description = parts_.description, strand = parts_.strand,
                              weak = std::weak_ptr(self_), opened = std::move(opened)]() mutable {
    Status status = disk->open(directory, std::move(description));
    asio::post(strand, [weak, status = std::move(status), opened = std::move(opened)] {
      const auto self = weak.lock();
      if (!self) return;
      if (status) {
        (*self)->record_clock();
        (*self)->flush_later();
      }
      opened(status);
    });
  });
}

template <typename Record>
void RunRecording::post_append(Record record, std::size_t values) {
  if (finished_) return;
  if (disk_->waiting.fetch_add(values) > kMostWaitingValues) {
    report({Reason::StorageFailed, "the disk is too slow for the samples", {}, {}});
    return;
  }
  asio::post(parts_.storage, [disk = disk_, record = std::move(record), values] {
    disk->append(record);
    disk->waiting.fetch_sub(values);
  });
}

void RunRecording::append(link::v1::SampleBlock block) {
  const auto values = static_cast<std::size_t>(block.values_size());
  post_append(std::move(block), values);
}
void RunRecording::append(const link::v1::Event& event) { post_append(event, 0); }
void RunRecording::append(const link::v1::ZeroRecord& zero) { post_append(zero, 0); }
void RunRecording::append(const link::v1::GapRecord& gap) { post_append(gap, 0); }

void RunRecording::report(const Error& error) {
  if (const auto failed = std::exchange(failed_, nullptr)) failed(error);
}

void RunRecording::flush_later() {
  flush_timer_ = parts_.timers->at(parts_.clock->monotonic_now() + kFlushInterval, [this] {
    flush();
    flush_later();
  });
}

void RunRecording::flush() {
  const Nanoseconds ahead = utc_ahead_of_monotonic(*parts_.clock);
  const Nanoseconds moved = ahead > utc_ahead_ ? ahead - utc_ahead_ : utc_ahead_ - ahead;
  const bool due = parts_.clock->monotonic_now() - clock_recorded_ >= kClockInterval;
  if (due || moved > kClockStep) record_clock();
  if (flushing_) return;
  flushing_ = true;
  asio::post(parts_.storage, [disk = disk_, strand = parts_.strand, weak = std::weak_ptr(self_)] {
    auto durable = disk->flush();
    asio::post(strand, [weak, durable = std::move(durable)] {
      const auto self = weak.lock();
      if (!self) return;
      (*self)->flushing_ = false;
      durable ? void((*self)->durable_ = *durable) : (*self)->report(durable.error());
    });
  });
}

void RunRecording::record_clock() {
  const Clock& clock = *parts_.clock;
  const Nanoseconds ahead = utc_ahead_of_monotonic(clock);
  const Nanoseconds moved = ahead > utc_ahead_ ? ahead - utc_ahead_ : utc_ahead_ - ahead;
  link::v1::ClockRecord record;
  record.set_monotonic_ns(to_nanoseconds(clock.monotonic_now()));
  record.set_elapsed_ns((clock.monotonic_now() - parts_.started).count());
  *record.mutable_utc_time() = to_timestamp(clock.utc_now());
  record.set_stepped(clock_recorded_ != MonotonicTime{} && moved > kClockStep);
  set_synchronisation(record);
  utc_ahead_ = ahead;
  clock_recorded_ = clock.monotonic_now();
  post_append(std::move(record), 0);
}

void RunRecording::finish(std::function<void(Result<int>)> done) {
  failed_ = nullptr;
  finished_ = true;
  flush_timer_.cancel();
  asio::post(parts_.storage, [disk = disk_, strand = parts_.strand, weak = std::weak_ptr(self_),
                              done = std::move(done)] {
    auto segments = disk->finish();
    asio::post(strand, [weak, done, segments = std::move(segments)] {
      if (!weak.expired()) done(segments);
    });
  });
}

}  // namespace benchd::station
