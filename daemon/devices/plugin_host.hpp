// Starts and watches the processes that drive devices, one for each device.
//
//   PluginHost host({.plugin_folder = "/usr/libexec/benchd", …});
//   auto device = host.start(setup, strand, observer);
//
// Must outlive the sessions that it starts, and end before the executors that they run on: its
// destructor waits until no thread of gRPC's knows them any more.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/open_calls.hpp"
#include "daemon/devices/device_session.hpp"

namespace benchd::devices {

struct HostOptions {
  std::filesystem::path plugin_folder;  // holds benchd-plugin-<name>
  std::filesystem::path lock_folder;    // one lock for each device address
  std::string benchd_version;
  // More environment for the plugins, as NAME=value; they get PATH and LANG and nothing else.
  std::vector<std::string> environment;

  // Design, section 5.
  Nanoseconds armed_heartbeat = std::chrono::milliseconds(200);
  Nanoseconds idle_heartbeat = std::chrono::seconds(2);

  // Handshake limit of reliability.md 4b.
  Nanoseconds hello_timeout = std::chrono::seconds(5);
  // How long requests may take. Setup waits for a predecessor that is still making safe.
  Nanoseconds setup_timeout = std::chrono::seconds(15);
  Nanoseconds open_timeout = std::chrono::seconds(10);
  Nanoseconds call_timeout = std::chrono::seconds(2);
  Nanoseconds safe_timeout = std::chrono::seconds(15);  // besides the pauses of the profile
  // From hanging up until a plugin that is still there is killed.
  Nanoseconds exit_timeout = std::chrono::seconds(20);
  // Before the second start after a crash; the first comes at once, there is no third.
  Nanoseconds restart_delay = std::chrono::seconds(1);
};

class PluginHost {
 public:
  explicit PluginHost(HostOptions options);
  ~PluginHost();
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  // `strand` runs everything of the session, its handlers and its observer; call this on it, or
  // before it runs. `observer` outlives the session.
  [[nodiscard]] std::unique_ptr<DeviceSession> start(DeviceSetup setup,
                                                     asio::any_io_executor strand,
                                                     DeviceObserver& observer);

 private:
  const HostOptions options_;
  std::shared_ptr<OpenCalls> open_calls_;
};

}  // namespace benchd::devices
