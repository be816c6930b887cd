// A bench: everything that happens to it, in its order.
//
//   Starting --devices found, safe state proved--> Safe <--> Armed --> Running
//      ^                                            ^          |         |
//      +--- a device is lost -----------------------+-- any trouble, end of a run, command ---+
//
// Armed is left only through the safe state. `ready_` says that the devices are open for use,
// `safe_` that the readings have proved the safe state since it was last in doubt.
//
// The parts: bench.cpp (samples, devices, status), bench_safety.cpp (limits, interlocks, safe
// state, latch), bench_commands.cpp (idempotence, fences, reading and writing),
// bench_setup.cpp (grant, setup, arming), bench_runs.cpp (runs from start to sealed).
//
// Confined to its strand, which it shares with its devices' sessions and with the benches that
// use the same devices. What comes from outside is posted to it (Station does).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "daemon/station/bench_devices.hpp"
#include "daemon/station/bench_record.hpp"
#include "daemon/station/channel_table.hpp"
#include "daemon/station/event_log.hpp"
#include "daemon/station/hand_control.hpp"
#include "daemon/station/interlocks.hpp"
#include "daemon/station/limit_monitor.hpp"
#include "daemon/station/run.hpp"
#include "daemon/station/safe_state.hpp"
#include "daemon/station/setup_desk.hpp"
#include "daemon/station/state_file.hpp"
#include "daemon/station/station.hpp"
#include "daemon/station/status_board.hpp"
#include "daemon/station/writer.hpp"

namespace benchd::station {

class Bench final : public DeviceUser, public std::enable_shared_from_this<Bench> {
 public:
  using Reply = Station::Reply;

  // `parts` outlives it. `storage` keeps the order of what is posted to it.
  Bench(const StationParts& parts,
        const model::Bench& config,
        BenchRecord record,
        std::vector<std::shared_ptr<DeviceHub>> hubs,
        StatusBoard& board,
        asio::any_io_executor strand,
        asio::any_io_executor storage);
  ~Bench() override;

  [[nodiscard]] const BenchId& id() const { return config_.id; }
  [[nodiscard]] const asio::any_io_executor& strand() const { return strand_; }

  void start();
  // Safe state, end of the run, and no more commands.
  void stop(std::function<void()> done);
  void handle(link::v1::Command command, Reply reply);
  void set_watched(bool watched);
  // How full the disk is.
  void on_disk_space(const DiskSpace& space);

  void on_samples(const DeviceId& device, plugin::v1::StreamSamplesResponse& batch) override;
  void on_device_found(const DeviceId& device) override;
  void on_device_ready(const DeviceId& device) override;
  void on_device_lost(const DeviceId& device, const Error& error) override;
  void on_full_pace(const DeviceId& device) override;
  void on_device_fault(const DeviceId& device, const Error& error) override;

 private:
  // Why a safe state is entered. Without a reason: as ordered.
  struct Cause {
    std::optional<Reason> reason;
    std::string message;
    model::Verdict verdict = model::Verdict::Aborted;  // of the run
  };
  using SafeDone = std::function<void(const link::v1::SafeStateReport&)>;
  struct Pending {
    link::v1::Command command;
    std::vector<Reply> replies;
  };

  // bench.cpp
  void take_samples(plugin::v1::SampleBlock& block);
  void take_reading(const plugin::v1::Reading& reading);
  void publish(ChannelIndex channel, link::v1::SampleBlock block);
  void read_now(std::vector<ChannelIndex> channels, std::function<void()> done);
  void tick();
  void read_unsampled(MonotonicTime now);
  void set_pace();
  void send_status();
  [[nodiscard]] link::v1::BenchStatus status() const;
  void save(StateFile::Done done = nullptr);
  void log_event(link::v1::Event event, EventLog::Durable durable = nullptr);
  void device_event(const DeviceId& device, bool present, const Error* error);

  // bench_safety.cpp
  void react(std::vector<LimitFinding>& found);
  void react(const LimitFinding& finding);
  void react(const std::vector<InterlockFinding>& found);
  void look_at_quality();
  void schedule_look();
  void emergency(Cause cause);
  void enter_safe_state(const Cause& cause, SafeDone done);
  void start_safe_procedure();
  void on_safe_state(link::v1::SafeStateReport report);
  void disarm(const Cause& cause);
  void latch(Reason reason, const std::string& message);
  [[nodiscard]] Status clear_latch(const link::v1::SafeStateReport& report);
  void log_safe_state(const link::v1::SafeStateReport& report, const Cause& cause);
  void use_devices_if_safe();
  [[nodiscard]] bool energised() const { return armed_ || arming_; }
  void recover_open_run();
  void recovered(const Result<Recovered>& recovered);

  // bench_commands.cpp
  [[nodiscard]] Status admit(const link::v1::Command& command) const;
  void run_pending();
  void dispatch(const link::v1::Command& command);
  void answer(const link::v1::Command& command, link::v1::CommandResult result);
  void answer(const link::v1::Command& command, const Status& status);
  void forget_pending(const link::v1::Command& command, const link::v1::CommandResult& result);
  void on_read(const link::v1::Command& command);
  void on_write(const link::v1::Command& command);
  void write_by_hand(const link::v1::Command& command);
  void read_back(const link::v1::Command& command,
                 const std::vector<sequence::ChannelValue>& written);
  void on_enter_safe_state(const link::v1::Command& command);
  [[nodiscard]] Result<std::vector<model::ChannelWrite>> checked_writes(
      const link::v1::WriteChannels& order) const;
  void renew_presence();
  void schedule_presence();
  void schedule_dead_man();

  // bench_setup.cpp
  void on_assign(const link::v1::Command& command);
  [[nodiscard]] Status apply_limits(const link::v1::Assign& assign);
  [[nodiscard]] Status check_grant() const;
  void schedule_grant_end();
  void end_grant(std::function<void(const link::v1::SafeStateReport&)> done);
  void force_grant_end();
  void finish_grant(const link::v1::SafeStateReport& report);
  void on_release(const link::v1::Command& command);
  void on_clear_latch(const link::v1::Command& command);
  void on_confirm_setup(const link::v1::Command& command);
  void confirm_setup(const link::v1::Command& command);
  void on_arm(const link::v1::Command& command);
  [[nodiscard]] Status check_arm() const;
  void arm(const link::v1::Command& command);
  void armed(const link::v1::Command& command, std::uint64_t attempt, const Status& status);

  // bench_runs.cpp
  struct Beginning {
    link::v1::Command command;
    std::string id;
    std::string member;
    PlannedRun planned;  // without a procedure: by hand
  };
  void on_start_run(const link::v1::Command& command);
  void planned(const link::v1::Command& command, Result<PlannedRun>& planned);
  [[nodiscard]] Status check_start() const;
  void begin_run(const std::shared_ptr<Beginning>& beginning);
  void recording_opened(const std::shared_ptr<Beginning>& beginning, const Status& status);
  void run_stored(const std::shared_ptr<Beginning>& beginning, const Status& status);
  [[nodiscard]] link::v1::SegmentDescription describe(const Beginning& beginning) const;
  void on_stop_run(const link::v1::Command& command);
  void on_recording_failed(const Error& error);
  void run_finished(RunOutcome outcome);
  void seal_run(RunOutcome outcome, const link::v1::SafeStateReport& report);
  void end_run(RunOutcome outcome, int segments);
  void report_run_end();
  void run_is_closed();

  const StationParts& parts_;
  const model::Bench& config_;
  asio::any_io_executor strand_;
  asio::any_io_executor storage_;
  const Clock& clock_;
  std::unique_ptr<Timers> timers_;
  StatusBoard& board_;
  BenchDevices devices_;
  ChannelTable channels_;
  LimitMonitor limits_;
  Interlocks interlocks_;
  EventLog events_;
  StateFile file_;
  SafeStateProcedure safe_procedure_;
  Writer writer_;
  HandControl hand_;
  SetupDesk setup_;
  BenchRecord record_;

  bool ready_ = false;  // the devices are open for use
  bool safe_ = false;   // proved
  bool arming_ = false;
  bool armed_ = false;
  bool stopping_ = false;
  bool watched_ = false;
  bool idle_ = false;  // nobody needs full pace
  bool live_gap_ = false;
  bool recovering_ = false;  // the run that was found open on disk has not been ended yet
  bool disk_low_ = false;
  std::int64_t arm_ = 0;
  std::uint64_t attempt_ = 0;  // of arming
  Cause safe_cause_;
  std::vector<SafeDone> safe_done_;

  std::map<std::string, Pending> pending_;  // commands under way, by id
  std::deque<std::string> waiting_;         // for a fence to be on the disk
  int fences_saving_ = 0;

  bool grant_ending_ = false;
  std::vector<std::function<void(const link::v1::SafeStateReport&)>> grant_done_;
  bool planning_ = false;
  std::unique_ptr<Run> run_;
  bool run_ending_ = false;  // has finished, is made safe and sealed
  std::vector<std::function<void()>> run_closed_;
  MonotonicTime presence_{};
  Nanoseconds dead_man_{};

  MonotonicTime next_read_{};
  TimerHandle tick_timer_;
  TimerHandle look_timer_;
  TimerHandle grant_timer_;
  TimerHandle teardown_timer_;
  TimerHandle presence_timer_;
  TimerHandle dead_man_timer_;
  TimerHandle recovery_timer_;
};

}  // namespace benchd::station
