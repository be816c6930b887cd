// A session with a driver in the test's own process: the engine of the SDK without the wire, and
// the station's side of it in words that a test reads well.
//
// Confined to: the test's thread. Every wait ends after 10 s; then the answer is empty.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "benchd/plugin/run_plugin.hpp"
#include "plugins/sdk/src/engine.hpp"

namespace benchd::plugin::testing {

class Session {
 public:
  // Heartbeats are wanted every 20 s unless `setup` says otherwise, and a folder for locks is
  // made where it names none.
  Session(DriverFactory factory, v1::Setup setup, detail::Engine::Options options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Hello and Setup; the answer to Setup.
  v1::SessionResponse start();
  // The same, Describe and Open; the answer to Open.
  v1::SessionResponse start_and_open();

  // Sends and returns the request's id.
  std::int64_t send(v1::SessionRequest request);
  [[nodiscard]] v1::SessionResponse answer_to(std::int64_t id);
  v1::SessionResponse ask(v1::SessionRequest request) {
    return answer_to(send(std::move(request)));
  }

  v1::SessionResponse describe();
  v1::SessionResponse open(bool safe_only = false);
  v1::SessionResponse read(const std::vector<std::string>& channels);
  v1::SessionResponse write(const std::vector<std::pair<std::string, double>>& values);
  v1::SessionResponse make_safe();
  v1::SessionResponse close();
  void heartbeat(std::int64_t number);
  void hang_up() { engine_.disconnected(); }

  // A write with this session's present fence and arm that expires in 10 s.
  [[nodiscard]] v1::SessionRequest write_request(
      const std::vector<std::pair<std::string, double>>& values) const;
  [[nodiscard]] v1::SessionRequest make_safe_request();
  [[nodiscard]] v1::SessionRequest profile_request(
      const std::vector<std::pair<std::string, double>>& steps, bool armed = false) const;

  // The next event of a kind, or the next heartbeat with a number.
  [[nodiscard]] std::optional<v1::DeviceEvent> wait_for_event(v1::DeviceEvent::Kind kind);
  [[nodiscard]] bool wait_for_heartbeat(std::int64_t number);
  // How many events of a kind there have been and nobody has waited for.
  [[nodiscard]] int events(v1::DeviceEvent::Kind kind) const;
  [[nodiscard]] std::optional<v1::StreamSamplesResponse> next_samples() {
    return engine_.next_samples();
  }
  [[nodiscard]] detail::SessionEnd wait_for_end() { return engine_.wait(); }

  std::string unit;
  std::int64_t fence = 1;
  std::int64_t arm = 1;

 private:
  void collect();

  std::filesystem::path lock_folder_;
  v1::Setup setup_;
  detail::Engine engine_;
  std::int64_t next_id_ = 1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::int64_t, v1::SessionResponse> answers_;
  std::vector<v1::DeviceEvent> events_;
  std::vector<std::int64_t> heartbeats_;
  std::thread collector_;
};

// A channel with gain 1 whose unit, signal and range are given.
[[nodiscard]] v1::ChannelSetup channel(
    const std::string& name, const std::string& signal, double min, double max, bool writable);

}  // namespace benchd::plugin::testing
