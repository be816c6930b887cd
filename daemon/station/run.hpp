// One run: drives the procedure of a sequence, or lets a person write by hand (MANUAL).
//
// Knows nothing of safe states: it ends with `finished`, and its bench makes safe, seals the
// recording and reports the end. A hard stop ends it at once, whatever the procedure says.
//
// Confined to the bench's strand.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/station/channel_table.hpp"
#include "daemon/station/event_log.hpp"
#include "daemon/station/limit_monitor.hpp"
#include "daemon/station/procedure.hpp"
#include "daemon/station/run_recording.hpp"
#include "daemon/station/writer.hpp"

namespace benchd::station {

struct RunOutcome {
  model::Verdict verdict = model::Verdict::Error;
  std::optional<Reason> reason;
  std::string message;
};

class Run {
 public:
  // Reads channels without a rate into the table, then calls `done`.
  using ReadNow = std::function<void(std::vector<ChannelIndex>, std::function<void()> done)>;

  struct Parts {
    std::string id;
    std::string booking;
    std::string tenant;
    std::string member;
    bool manual = false;
    const Clock* clock = nullptr;
    Timers* timers = nullptr;
    EventLog* events = nullptr;
    Writer* writer = nullptr;
    const LimitMonitor* limits = nullptr;
    ChannelTable* channels = nullptr;
    ReadNow read_now;
    std::unique_ptr<RunRecording> recording;
    MonotonicTime started{};
  };
  explicit Run(Parts parts);

  [[nodiscard]] const std::string& id() const { return parts_.id; }
  [[nodiscard]] bool manual() const { return parts_.manual; }
  [[nodiscard]] bool begun() const { return finished_ != nullptr || outcome_.has_value(); }
  [[nodiscard]] bool over() const { return outcome_.has_value(); }
  [[nodiscard]] RunRecording& recording() { return *parts_.recording; }

  // RunStarted, then the first step. `finished` comes once, never from inside this call.
  void begin(PlannedRun planned, std::function<void(RunOutcome)> finished);
  // Before begin it is kept until then.
  void stop(sequence::StopRequest request);

  // Samples of a channel, zero taken off, good ones only; `view` lives for the call.
  void accept(ChannelIndex channel, const sequence::SampleBlock& view);

  // Appends with run, booking and elapsed time, to the journal and to the recording.
  void log_event(link::v1::Event event, EventLog::Durable durable = nullptr);
  void record_zero(ChannelIndex channel);

  [[nodiscard]] Nanoseconds elapsed() const;
  [[nodiscard]] Nanoseconds elapsed_at(MonotonicTime time) const;
  void fill(link::v1::BenchStatus& status) const;

 private:
  void pump(std::span<const sequence::SampleBlock> samples = {});
  void carry_out(sequence::Write& write);
  void carry_out(sequence::SampleRequest& request);
  void carry_out(sequence::StoreZero& zero);
  void carry_out(sequence::StepStarted& step);
  void carry_out(sequence::StepFinished& step);
  void carry_out(sequence::Log& log);
  void carry_out(sequence::Finished& finished);
  void step_is_durable(sequence::StepToken token, const Status& status);
  void poll();
  void end(RunOutcome outcome);

  Parts parts_;
  std::unique_ptr<Procedure> procedure_;
  Nanoseconds predicted_{};
  int steps_total_ = 0;
  std::string step_;
  std::function<void(RunOutcome)> finished_;
  std::optional<RunOutcome> outcome_;

  std::optional<sequence::StopRequest> stop_;
  std::vector<sequence::WriteResult> write_results_;
  sequence::StepToken durable_ = 0;
  std::set<ChannelIndex> requested_;
  TimerHandle wake_timer_;
  TimerHandle poll_timer_;
  std::shared_ptr<Run*> self_;  // handlers hold it weakly
};

}  // namespace benchd::station
