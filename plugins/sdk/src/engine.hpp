// One session without its wire: takes requests, gives responses and samples.
//
//   reader   receive, disconnected        whoever reads requests
//   writer   next_response                whoever sends responses
//   sampler  next_samples                 whoever sends samples
//   device   the device thread            inside
//   guard    notices a hung driver        inside
//
// What must not wait for the device is done by the reader at once: the handshake, safe profiles,
// raising fences and arms.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "benchd/plugin/run_plugin.hpp"
#include "plugins/sdk/src/call_guard.hpp"
#include "plugins/sdk/src/device_loop.hpp"
#include "plugins/sdk/src/shared.hpp"

namespace benchd::plugin::detail {

// Versions of the plugin protocol that this SDK speaks.
inline constexpr int kOldestVersion = 1;
inline constexpr int kNewestVersion = 1;

class Engine {
 public:
  struct Options {
    std::chrono::nanoseconds handshake = std::chrono::seconds(5);
    std::int64_t most_samples = 1 << 20;  // that wait for a station which does not read them
    // The station is lost and the driver hangs: nothing is left to do but to end the process, so
    // that the connection closes and the instrument's own watchdog acts.
    std::function<void()> on_hopeless;
  };

  Engine(PluginInfo info, DriverFactory factory, Options options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void receive(v1::SessionRequest request);
  void disconnected();

  // Blocks; empty when the session has ended and all is sent.
  [[nodiscard]] std::optional<v1::SessionResponse> next_response() {
    return shared_.responses.take();
  }
  // Blocks; empty when the session has ended.
  [[nodiscard]] std::optional<v1::StreamSamplesResponse> next_samples() {
    return shared_.samples.take();
  }

  // Blocks until the session has ended.
  [[nodiscard]] SessionEnd wait();

 private:
  enum class Phase { Hello, Setup, Ready, Refused };

  void receive_first(const v1::SessionRequest& request);
  void receive_setup(v1::SessionRequest request);
  void receive_later(v1::SessionRequest request);
  void store_profile(const v1::SessionRequest& request);
  void refuse(std::int64_t id, const Error& error);
  void on_overrun(int times);

  const PluginInfo info_;
  const Options options_;
  Shared shared_;
  CallGuard guard_;
  DeviceLoop loop_;
  Phase phase_ = Phase::Hello;
  ChannelTable channels_;
  std::atomic<SessionEnd> end_ = SessionEnd::StationLost;
  std::thread device_;
};

}  // namespace benchd::plugin::detail
