// A device behind a plugin process: starts it, watches it, replaces it. See DeviceSession for
// what the station sees.
//
// One process after another; each goes Hello → Setup → (safe profiles, heartbeats, samples) →
// identified. A process that ends, misses three heartbeats or breaks the protocol has crashed:
// its successor opens the device safe-only and makes it safe before anybody hears of it.
//
// Confined to: the strand. Observers and handlers are posted, so that they may do anything.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include "daemon/base/asio_timers.hpp"
#include "daemon/devices/device_session.hpp"
#include "daemon/devices/heartbeats.hpp"
#include "daemon/devices/plugin_connection.hpp"
#include "daemon/devices/plugin_host.hpp"
#include "daemon/devices/plugin_process.hpp"
#include "daemon/devices/request_table.hpp"
#include "daemon/devices/restart_policy.hpp"

namespace benchd::devices {

class PluginSession final : public DeviceSession {
 public:
  // `options` outlives the session.
  PluginSession(const HostOptions& options,
                std::shared_ptr<OpenCalls> open_calls,
                DeviceSetup setup,
                asio::any_io_executor strand,
                DeviceObserver& observer);
  ~PluginSession() override;

  // Once; posts the first start.
  void start();

  [[nodiscard]] const DeviceId& id() const override { return setup_.id; }
  void describe(Handler<benchd::plugin::v1::Description> handler) override;
  void open(bool safe_only, Handler<benchd::plugin::v1::Description> handler) override;
  void read(std::vector<ChannelId> channels,
            Handler<benchd::plugin::v1::Readings> handler) override;
  void write(benchd::plugin::v1::Write write,
             Handler<benchd::plugin::v1::Readings> handler) override;
  void make_safe(const std::string& unit,
                 std::int64_t arm,
                 Handler<benchd::plugin::v1::SafeReport> handler) override;
  void set_safe_profile(benchd::plugin::v1::SafeProfile profile, Handler<void> handler) override;
  void set_pace(Nanoseconds least_interval, Handler<void> handler) override;
  void restart() override;
  void close(Handler<void> handler) override;

 private:
  using Request = benchd::plugin::v1::SessionRequest;
  using Response = benchd::plugin::v1::SessionResponse;
  enum class State {
    Starting,  // no process, or one that is not set up yet
    Lost,      // the process runs, the instrument is not there
    Found,
    Down,  // until restart
    Closing,
  };

  // The life of a process.
  void launch();
  void say_hello();
  void set_up();
  void begin();
  void bring_up();
  void bring_up_safe();
  void make_safe_after(const Result<Response>& opened);
  void found(Found&& found);
  void crash(const Error& error);
  void give_up(const Error& error);
  void try_later(const Error& error);
  void hang_up();
  void after_hang_up();
  void after_exit(const std::string& how);
  void closed();

  // What it says.
  void on_response(Response&& response);
  void on_event(const benchd::plugin::v1::DeviceEvent& event);
  void on_samples(benchd::plugin::v1::StreamSamplesResponse&& batch);
  void misbehaved(const std::string& what);

  // Heartbeats.
  [[nodiscard]] bool armed() const;
  void beat();

  // Requests.
  void send(Request request, std::string what, Nanoseconds timeout, RequestTable::Answer answer);
  template <typename T>
  void ask(Request request,
           std::string what,
           Nanoseconds timeout,
           Handler<T> handler,
           T* (Response::*take)());
  // What is answered with Done.
  void ask_done(Request request, std::string what, Handler<void> handler);
  [[nodiscard]] Nanoseconds safe_timeout() const;
  void raise(const std::string& unit, std::int64_t fence, std::int64_t arm);

  [[nodiscard]] Error plugin_error(const std::string& what) const;
  void report_lost(const Error& error, Recovery recovery);
  // Posts `work` unless the session is gone by then.
  template <typename Work>
  void post(Work work);
  // The same as a callback for others.
  template <typename Work>
  auto while_alive(Work work);

  const HostOptions& options_;
  std::shared_ptr<OpenCalls> open_calls_;
  DeviceSetup setup_;
  std::set<std::string> channels_;
  asio::any_io_executor strand_;
  DeviceObserver& observer_;
  AsioTimers timers_;
  RestartPolicy policy_;
  RequestTable requests_;

  State state_ = State::Starting;
  std::optional<Error> loss_;
  bool told_lost_ = false;
  bool set_up_ = false;
  bool needs_safety_ = false;  // a predecessor has crashed; nobody knows what it left behind
  std::map<std::string, benchd::plugin::v1::SafeProfile> profiles_;
  std::shared_ptr<PluginProcess> process_;
  std::unique_ptr<PluginConnection> connection_;
  std::optional<Nanoseconds> restart_after_;
  Heartbeats heartbeats_;
  int misbehaviours_ = 0;
  int events_since_beat_ = 0;
  TimerHandle heartbeat_timer_;
  TimerHandle exit_timer_;
  TimerHandle restart_timer_;
  Handler<void> on_closed_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace benchd::devices
