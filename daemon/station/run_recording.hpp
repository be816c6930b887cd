// The recording of the run that is under way: what the strand appends, and the disk takes.
//
// Appends are handed to the blocking executor, where the recorder lives; twice a second all is
// flushed, and sealed segments go to the uplink. The clocks are recorded every 10 s, and when the
// wall clock steps. A disk that takes nothing for long, or fails, ends the recording with
// `failed`: nothing is dropped silently.
//
// Confined to the bench's strand.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <asio/any_io_executor.hpp>

#include "benchd/link/v1/link.pb.h"
#include "benchd/link/v1/recording.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/station/uplink.hpp"

namespace benchd::station {

// Blocking: continues the recording that a dead station left, keeps what is whole, seals it and
// hands its segments on. The number of segments and the elapsed time that they reach.
struct Recovered {
  int segments = 0;
  Nanoseconds elapsed{};
};
[[nodiscard]] Result<Recovered> recover_recording(const std::filesystem::path& directory,
                                                  Uplink& uplink);

class RunRecording {
 public:
  struct Parts {
    std::filesystem::path directory;
    link::v1::SegmentDescription description;
    asio::any_io_executor strand;
    asio::any_io_executor storage;  // keeps the order of what is posted to it
    Uplink* uplink = nullptr;
    const Clock* clock = nullptr;
    Timers* timers = nullptr;
    MonotonicTime started{};  // of the run: elapsed time 0
  };
  explicit RunRecording(Parts parts);
  ~RunRecording();
  RunRecording(const RunRecording&) = delete;
  RunRecording& operator=(const RunRecording&) = delete;

  // Once, first. `failed` may come at any time afterwards, once.
  void open(std::function<void(Status)> opened, std::function<void(const Error&)> failed);

  void append(link::v1::SampleBlock block);
  void append(const link::v1::Event& event);
  void append(const link::v1::ZeroRecord& zero);
  void append(const link::v1::GapRecord& gap);

  // Samples up to here are on the disk.
  [[nodiscard]] Nanoseconds durable_elapsed() const { return durable_; }

  // Seals. The number of segments, all handed to the uplink. STORAGE_FAILED, DISK_FULL also where
  // anything before has failed.
  void finish(std::function<void(Result<int>)> done);

 private:
  class Disk;
  template <typename Record>
  void post_append(Record record, std::size_t values);
  void flush_later();
  void flush();
  void record_clock();
  void report(const Error& error);

  Parts parts_;
  std::shared_ptr<Disk> disk_;
  std::function<void(const Error&)> failed_;
  Nanoseconds durable_{};
  Nanoseconds utc_ahead_{};  // of the monotonic clock, at the last clock record
  MonotonicTime clock_recorded_{};
  bool flushing_ = false;
  bool finished_ = false;  // what comes later belongs to no run
  TimerHandle flush_timer_;
  std::shared_ptr<RunRecording*> self_;  // handlers hold it weakly
};

}  // namespace benchd::station
