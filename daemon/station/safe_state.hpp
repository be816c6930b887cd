// Brings a bench to its safe state and proves it by readings.
//
// Walks the stages of safe_plan.hpp: each makes a unit safe with the writes of that stage, each
// wait lasts until its reading or its time. A stage that does not answer within 250 ms, or fails,
// holds up nothing: the next one follows. Then the proof: all its readings, newer than the last
// write, within the bench's time. May be begun again at any moment, from any state, and writes the
// same again.
//
// Confined to the bench's strand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/model/station.hpp"
#include "daemon/station/bench_devices.hpp"
#include "daemon/station/channel_table.hpp"
#include "daemon/station/safe_plan.hpp"

namespace benchd::station {

class SafeStateProcedure {
 public:
  using Done = std::function<void(link::v1::SafeStateReport)>;

  // References outlive it. `user` is the bench, as its devices know it.
  SafeStateProcedure(const model::Bench& bench,
                     ChannelTable& channels,
                     const BenchDevices& devices,
                     const DeviceUser& user,
                     const Clock& clock,
                     Timers& timers);

  // Begins, or begins again. `arm` is newer than that of any write. `done` comes once, for the
  // last beginning, and may come from inside this call.
  void start(std::int64_t fence, std::int64_t arm, Done done);
  [[nodiscard]] bool active() const { return done_ != nullptr; }
  // New readings are in the table.
  void readings_changed();

  // Tells each unit what it does alone from now on. `done` comes when all have taken it; a device
  // that is not there keeps it for later and is not waited for.
  void push_profiles(const std::string& phase,
                     bool armed,
                     std::int64_t fence,
                     std::int64_t arm,
                     std::function<void(Status)> done);

 private:
  void step();
  void begin_stage(const SafeStage& stage);
  void begin_wait(const SafeStage& stage);
  void end_stage(std::uint64_t token);
  void take_over(const SafeStage& stage, const Result<plugin::v1::SafeReport>& report);
  void begin_proof();
  void finish(bool proved);
  void poll();
  void poll_answered(const Result<plugin::v1::Readings>& readings);
  [[nodiscard]] bool holds(const model::Proof& proof) const;
  [[nodiscard]] bool proved() const;
  [[nodiscard]] std::string unproved() const;
  [[nodiscard]] plugin::v1::SafeProfile stamped(plugin::v1::SafeProfile profile,
                                                const std::string& phase,
                                                bool armed) const;

  const model::Bench& bench_;
  ChannelTable& channels_;
  const BenchDevices& devices_;
  const DeviceUser& user_;
  const Clock& clock_;
  Timers& timers_;
  const std::vector<SafeStage> stages_;
  const std::vector<std::pair<UnitName, plugin::v1::SafeProfile>> profiles_;

  Done done_;
  std::int64_t fence_ = 0;
  std::int64_t arm_ = 0;
  std::size_t next_stage_ = 0;
  std::uint64_t token_ = 0;  // of the stage or wait that is under way
  std::optional<model::Proof> waiting_for_;
  bool proving_ = false;
  MonotonicTime started_{};
  MonotonicTime written_at_{};  // only later readings count
  std::vector<std::string> problems_;
  TimerHandle timer_;
  TimerHandle poll_timer_;
  std::shared_ptr<SafeStateProcedure*> self_;  // handlers hold it weakly
};

}  // namespace benchd::station
