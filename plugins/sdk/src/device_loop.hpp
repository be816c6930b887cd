// The device thread: one request after the other, samples and heartbeats in between, and the way
// to safety when the station is lost. It makes the driver and is the only one to call it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "benchd/plugin/run_plugin.hpp"
#include "plugins/sdk/src/call_guard.hpp"
#include "plugins/sdk/src/device_lock.hpp"
#include "plugins/sdk/src/instrument.hpp"
#include "plugins/sdk/src/safety.hpp"
#include "plugins/sdk/src/sampler.hpp"
#include "plugins/sdk/src/shared.hpp"

namespace benchd::plugin::detail {

// How a session ended.
enum class SessionEnd {
  Closed,       // by the station's Close
  StationLost,  // the device has been made safe without it
  Refused,      // the handshake failed
};

class DeviceLoop {
 public:
  DeviceLoop(Shared& shared, CallGuard& guard, DriverFactory factory);

  // Runs until the session has ended. `channels` is set by the reader before Setup is posted.
  [[nodiscard]] SessionEnd run();
  void set_channels(ChannelTable channels) { channels_ = std::move(channels); }
  // The reader has refused the session: run ends.
  void refuse() {
    refused_ = true;
    shared_.mailbox.wake();
  }

 private:
  void answer_heartbeats();
  [[nodiscard]] MonotonicTime next_wake() const;
  void tend();
  void wait_until(MonotonicTime time);
  void act_alone();

  void handle(const Command& command);
  void handle_with_device(const Command& command, Deadline deadline);
  [[nodiscard]] Result<void> set_up(const v1::Setup& setup, Deadline deadline);
  [[nodiscard]] Result<void> lock_address(const v1::Setup& setup, Deadline deadline);
  [[nodiscard]] Result<v1::Description> open(bool safe_only, Deadline deadline);
  [[nodiscard]] Result<v1::Readings> read(const v1::Read& read, Deadline deadline);
  [[nodiscard]] Result<v1::Readings> write(const v1::Write& write,
                                           const Ticket& ticket,
                                           Deadline deadline);
  [[nodiscard]] Result<void> may_begin(const Ticket& ticket, std::int64_t expires_ns) const;
  [[nodiscard]] Result<void> load(const v1::LoadProgram& load, const Ticket& ticket, Deadline d);
  [[nodiscard]] Result<void> start(const v1::StartProgram& start, const Ticket& ticket, Deadline d);
  [[nodiscard]] Result<void> set_pace(const v1::Pace& pace);
  void close(std::int64_t id);

  Shared& shared_;
  CallGuard& guard_;
  DriverFactory factory_;
  std::optional<DeviceLock> lock_;
  ChannelTable channels_;
  std::unique_ptr<Instrument> instrument_;
  std::optional<Sampler> sampler_;
  std::optional<Safety> safety_;
  bool closed_ = false;
  std::atomic<bool> refused_ = false;
};

}  // namespace benchd::plugin::detail
