// A device as the station sees it. Implemented by the plugin host, and faked in tests.
//
// Values are the messages of the plugin contract, which says what each field means
// (proto/benchd/plugin/v1/plugin.proto).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"

namespace benchd::devices {

// What a device is and how to reach it. `setup` is complete but for lock_directory and the
// heartbeat intervals, which the host fills in.
struct DeviceSetup {
  DeviceId id;
  std::string plugin;  // name of the plugin, "labjack_t7"
  benchd::plugin::v1::Setup setup;
};

// Called exactly once, on the executor of the session, never from inside the call that took it.
template <typename T>
using Handler = std::function<void(Result<T>)>;

// The device is there and identified. Nothing is trusted and nothing may be written until the
// station opens it.
struct Found {
  benchd::plugin::v1::Description description;
  // Set where a plugin died: its replacement has opened the device safe-only and made all units
  // safe, and this is how it went.
  std::optional<benchd::plugin::v1::SafeReport> made_safe;
};

// Whether a lost device comes back.
enum class Recovery {
  Automatic,  // the plugin or the host tries again; on_found follows
  None,       // it stays down until DeviceSession::restart, or until the station starts anew
};

// What a device reports by itself. All calls come on the executor of the session.
class DeviceObserver {
 public:
  DeviceObserver() = default;
  DeviceObserver(const DeviceObserver&) = delete;
  DeviceObserver& operator=(const DeviceObserver&) = delete;
  virtual ~DeviceObserver() = default;

  // Samples of channels with a rate. The next batch is fetched when this returns; a station that
  // is too slow finds dropped_samples in a later batch. Values and times are finite and in range
  // of the contract, but not checked against limits.
  virtual void on_samples(benchd::plugin::v1::StreamSamplesResponse&& batch) = 0;

  // The device is there, for the first time or again.
  virtual void on_found(Found&& found) = 0;

  // The device or its plugin is gone: what was asked before is answered with an error, and every
  // call fails until on_found. DEVICE_LOST, DEVICE_TIMEOUT, IDENTITY_MISMATCH, DEVICE_IN_USE:
  // the instrument; PLUGIN_FAILED, PLUGIN_VERSION, CONFIG_INVALID: the plugin. Never called
  // twice without on_found between, except to say that Recovery has become None.
  virtual void on_lost(const Error& error, Recovery recovery) = 0;

  // The instrument has latched a fault (DEVICE_FAULT).
  virtual void on_fault(const Error& error) = 0;
};

// One device, from start to close, whatever becomes of its plugin processes in between.
//
//   Starting --found--> Found --open--> Open
//      ^                  ^               |
//      |                  +----found---- Lost <-- the instrument is gone; the plugin looks for it
//      +--------- the plugin died; the host starts another, which opens safe-only
//
// Each request is answered by its deadline at the latest; a failure's reason is the plugin's.
// In Starting and Lost all requests but make_safe and set_safe_profile fail at once with the
// reason of the loss. In Starting make_safe fails with PLUGIN_FAILED: the host makes the device
// safe by itself as soon as a plugin runs again.
//
// Confined to: the executor given when it was started, a strand. Destroying it closes the
// device without waiting; no handler or observer is called after that.
class DeviceSession {
 public:
  DeviceSession() = default;
  DeviceSession(const DeviceSession&) = delete;
  DeviceSession& operator=(const DeviceSession&) = delete;
  virtual ~DeviceSession() = default;

  [[nodiscard]] virtual const DeviceId& id() const = 0;

  // Identifies the device again. Writes nothing.
  virtual void describe(Handler<benchd::plugin::v1::Description> handler) = 0;

  // Takes the device into use; may be repeated. With safe_only every write is refused
  // (BENCH_NOT_ARMED) while reading and make_safe are allowed.
  virtual void open(bool safe_only, Handler<benchd::plugin::v1::Description> handler) = 0;

  // Present values, in the order asked for.
  virtual void read(std::vector<ChannelId> channels,
                    Handler<benchd::plugin::v1::Readings> handler) = 0;

  // Writes in order; the answer holds the values read back. Refused as a whole, before the first
  // value, with OUT_OF_RANGE, UNKNOWN_CHANNEL, FENCE_STALE, ARM_STALE, COMMAND_EXPIRED or
  // BENCH_NOT_ARMED; ends before its next value with ARM_STALE when make_safe comes.
  virtual void write(benchd::plugin::v1::Write write,
                     Handler<benchd::plugin::v1::Readings> handler) = 0;

  // Makes a unit ("" = all) harmless. Overtakes and drops every write that carries a lower arm.
  virtual void make_safe(const std::string& unit,
                         std::int64_t arm,
                         Handler<benchd::plugin::v1::SafeReport> handler) = 0;

  // What the plugin does alone when it loses the station. The host keeps it for replacements and
  // beats at the armed interval while any unit's profile says armed.
  virtual void set_safe_profile(benchd::plugin::v1::SafeProfile profile, Handler<void> handler) = 0;

  // No channel is sampled more often than once in `least_interval`; 0: at the rate of its setup,
  // with which every new plugin begins. UNSUPPORTED by a plugin that is older.
  virtual void set_pace(Nanoseconds least_interval, Handler<void> handler) = 0;

  // Ends a Recovery::None: forgets the crashes and starts the plugin again. Otherwise nothing.
  virtual void restart() = 0;

  // Makes the device safe, gives it back and ends the plugin. The handler comes when the process
  // has ended; nothing but destruction may follow.
  virtual void close(Handler<void> handler) = 0;
};

}  // namespace benchd::devices
