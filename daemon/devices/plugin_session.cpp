#include "daemon/devices/plugin_session.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/devices/plugin_check.hpp"
#include "daemon/devices/sample_check.hpp"

namespace benchd::devices {

namespace v1 = benchd::plugin::v1;

namespace {

// The plugin gives up at the deadline itself; its word that it did is worth waiting for.
constexpr Nanoseconds kAnswerSlack = std::chrono::milliseconds(500);
// More faults of the protocol are as bad as a hang (reliability.md 3b).
constexpr int kMostMisbehaviours = 3;
constexpr int kMostEventsPerBeat = 20;
constexpr Nanoseconds kExitAfterHangUp = std::chrono::milliseconds(20);
// A second look at a device that another process drives.
constexpr Nanoseconds kInUseRetry = std::chrono::seconds(5);

constexpr int kOldestVersion = 1;
constexpr int kNewestVersion = 1;

}  // namespace

template <typename Work>
auto PluginSession::while_alive(Work work) {
  return
      [alive = std::weak_ptr<char>(alive_), work = std::move(work)](auto&&... arguments) mutable {
        if (!alive.expired()) work(std::forward<decltype(arguments)>(arguments)...);
      };
}

template <typename Work>
void PluginSession::post(Work work) {
  asio::post(strand_, while_alive(std::move(work)));
}

PluginSession::PluginSession(const HostOptions& options,
                             std::shared_ptr<OpenCalls> open_calls,
                             DeviceSetup setup,
                             asio::any_io_executor strand,
                             DeviceObserver& observer)
    : options_(options),
      open_calls_(std::move(open_calls)),
      setup_(std::move(setup)),
      strand_(std::move(strand)),
      observer_(observer),
      timers_(strand_),
      policy_(options.restart_delay),
      requests_(timers_) {
  setup_.setup.set_lock_directory(options_.lock_folder.string());
  setup_.setup.set_idle_heartbeat_ns(options_.idle_heartbeat.count());
  setup_.setup.set_armed_heartbeat_ns(options_.armed_heartbeat.count());
  for (const auto& channel : setup_.setup.channels()) channels_.insert(channel.channel());
}

PluginSession::~PluginSession() {
  connection_.reset();
  if (!process_) return;
  process_->forget();
  process_->kill_after(options_.exit_timeout);
}

void PluginSession::start() {
  loss_ = plugin_error("has not started yet");
  post([this] { launch(); });
}

// --- the life of a process ---------------------------------------------------------------------

void PluginSession::launch() {
  state_ = State::Starting;
  set_up_ = false;
  restart_after_.reset();
  heartbeats_ = {};
  misbehaviours_ = 0;
  auto process = PluginProcess::start(
      strand_,
      {.program = options_.plugin_folder / program_name(setup_.plugin),
       .environment = options_.environment},
      [device = setup_.id, plugin = setup_.plugin](auto level, std::string_view line) {
        spdlog::log(level, "device={} plugin={} {}", device.text(), plugin, line);
      },
      while_alive([this](const std::string& how) { after_exit(how); }));
  if (!process) return give_up(process.error());
  process_ = *process;
  log::info("device={} plugin={} pid={} started", setup_.id.text(), setup_.plugin, process_->pid());
  connection_ = std::make_unique<PluginConnection>(
      process_->take_session(), strand_, open_calls_,
      PluginConnection::Callbacks{
          .on_response = [this](Response&& response) { on_response(std::move(response)); },
          .on_samples = [this](v1::StreamSamplesResponse&& batch) { on_samples(std::move(batch)); },
          .on_end = [this] { after_hang_up(); }});
  say_hello();
}

void PluginSession::say_hello() {
  Request request;
  request.mutable_hello()->set_oldest_version(kOldestVersion);
  request.mutable_hello()->set_newest_version(kNewestVersion);
  request.mutable_hello()->set_benchd_version(options_.benchd_version);
  send(std::move(request), "handshake", options_.hello_timeout, [this](Result<Response> answer) {
    if (!answer && answer.error().reason == Reason::PluginVersion) return give_up(answer.error());
    if (!answer) return crash(plugin_error("does not shake hands: " + answer.error().message));
    const int version = answer->hello().version();
    if (version < kOldestVersion || version > kNewestVersion) {
      return give_up({.reason = Reason::PluginVersion,
                      .message = "Plugin " + setup_.plugin + " has chosen version " +
                                 std::to_string(version) +
                                 " of the plugin protocol, which this benchd does not speak. "
                                 "Install the plugin that belongs to this benchd."});
    }
    set_up();
  });
}

void PluginSession::set_up() {
  Request request;
  *request.mutable_setup() = setup_.setup;
  send(std::move(request), "setup", options_.setup_timeout, [this](Result<Response> answer) {
    if (answer) return begin();
    if (!connection_) return;  // it has crashed meanwhile
    const Reason reason = answer.error().reason;
    if (reason == Reason::DeviceInUse) return try_later(answer.error());
    if (reason == Reason::DeviceTimeout) return crash(plugin_error("does not answer to setup"));
    give_up(answer.error());
  });
  beat();
}

void PluginSession::begin() {
  set_up_ = true;
  for (const auto& [unit, profile] : profiles_) {
    Request request;
    *request.mutable_safe_profile() = profile;
    send(std::move(request), "safe profile", options_.call_timeout,
         [this](Result<Response> answer) {
           if (answer) return;
           log::error("device={} plugin={} safe profile refused: {}", setup_.id.text(),
                      setup_.plugin, answer.error().to_string());
         });
  }
  connection_->start_samples();
  bring_up();
}

void PluginSession::bring_up() {
  if (needs_safety_) return bring_up_safe();
  Request request;
  request.mutable_describe();
  send(std::move(request), "describe", options_.open_timeout, [this](Result<Response> answer) {
    if (answer) return found({.description = std::move(*answer->mutable_description())});
    if (!connection_) return;
    state_ = State::Lost;
    report_lost(answer.error(), Recovery::Automatic);
  });
}

void PluginSession::bring_up_safe() {
  Request open;
  open.mutable_open()->set_safe_only(true);
  send(std::move(open), "open", options_.open_timeout, [this](const Result<Response>& opened) {
    // Also where it fails: the instrument's own way to safety needs no identification.
    if (connection_) make_safe_after(opened);
  });
}

void PluginSession::make_safe_after(const Result<Response>& opened) {
  Request request;
  request.mutable_make_safe();
  send(std::move(request), "make safe", safe_timeout(), [this, opened](Result<Response> answer) {
    if (!connection_) return;
    const auto& failed = !answer ? answer : opened;
    if (!failed) {
      state_ = State::Lost;
      return report_lost(failed.error(), Recovery::Automatic);
    }
    needs_safety_ = false;
    found({.description = opened->description(),
           .made_safe = std::move(*answer->mutable_safe_report())});
  });
}

void PluginSession::found(Found&& found) {
  state_ = State::Found;
  loss_.reset();
  told_lost_ = false;
  log::info("device={} plugin={} model=\"{}\" serial=\"{}\" firmware=\"{}\" found",
            setup_.id.text(), setup_.plugin, found.description.model(), found.description.serial(),
            found.description.firmware());
  post([this, found = std::move(found)]() mutable { observer_.on_found(std::move(found)); });
}

void PluginSession::crash(const Error& error) {
  if (!connection_) return;
  connection_.reset();
  heartbeat_timer_.cancel();
  if (process_) process_->kill();
  if (state_ == State::Closing) {
    if (!process_) closed();
    return requests_.fail_all(error);
  }
  needs_safety_ = true;
  restart_after_ = policy_.crashed(MonotonicClock::now());
  state_ = restart_after_ ? State::Starting : State::Down;
  Error told = error;
  if (!restart_after_) told.message += "; it has crashed three times in ten minutes and stays down";
  loss_ = told;
  requests_.fail_all(told);
  report_lost(told, restart_after_ ? Recovery::Automatic : Recovery::None);
}

void PluginSession::give_up(const Error& error) {
  hang_up();
  state_ = State::Down;
  loss_ = error;
  requests_.fail_all(error);
  report_lost(error, Recovery::None);
}

void PluginSession::try_later(const Error& error) {
  hang_up();
  restart_after_ = kInUseRetry;
  loss_ = error;
  requests_.fail_all(error);
  report_lost(error, Recovery::Automatic);
}

void PluginSession::hang_up() {
  connection_.reset();
  heartbeat_timer_.cancel();
  if (process_) process_->kill_after(options_.exit_timeout);
}

// A process that ends hangs up as well, and how it ended tells more.
void PluginSession::after_hang_up() {
  exit_timer_ = timers_.at(MonotonicClock::now() + kExitAfterHangUp,
                           [this] { crash(plugin_error("has hung up")); });
}

void PluginSession::after_exit(const std::string& how) {
  process_.reset();
  exit_timer_.cancel();
  if (state_ == State::Closing) return closed();
  crash(plugin_error(how));
  if (!restart_after_) return;
  restart_timer_ = timers_.at(MonotonicClock::now() + *restart_after_, [this] { launch(); });
}

void PluginSession::closed() {
  connection_.reset();
  requests_.fail_all(plugin_error("has been closed"));
  if (on_closed_) post([handler = std::exchange(on_closed_, nullptr)] { handler({}); });
}

// --- what it says -------------------------------------------------------------------------------

void PluginSession::on_response(Response&& response) {
  if (response.has_heartbeat()) {
    if (!heartbeats_.answered(response.heartbeat().number())) misbehaved("an unasked heartbeat");
  } else if (response.has_event()) {
    if (++events_since_beat_ > kMostEventsPerBeat) return crash(plugin_error("floods events"));
    on_event(response.event());
  } else if (!requests_.answer(std::move(response))) {
    misbehaved("an answer to nothing");
  }
}

void PluginSession::on_event(const v1::DeviceEvent& event) {
  const Error error = to_error(event.reason(), event.message());
  switch (event.kind()) {
    case v1::DeviceEvent::KIND_LOST:
      if (state_ != State::Found) return;
      state_ = State::Lost;
      return report_lost(error, Recovery::Automatic);
    case v1::DeviceEvent::KIND_FOUND:
      if (state_ == State::Lost) bring_up();
      return;
    case v1::DeviceEvent::KIND_FAULT:
      log::warn("device={} plugin={} reason={} {}", setup_.id.text(), setup_.plugin,
                wire_name(error.reason), error.message);
      return post([this, error] { observer_.on_fault(error); });
    case v1::DeviceEvent::KIND_DEAD_MAN:
      return log::error("device={} plugin={} missed the heartbeats of this station: {}",
                        setup_.id.text(), setup_.plugin, event.message());
    default:
      return misbehaved("an event of no kind");
  }
}

void PluginSession::on_samples(v1::StreamSamplesResponse&& batch) {
  const auto valid = check_samples(batch, channels_, MonotonicClock::now());
  if (!valid) return misbehaved(valid.error().message);
  observer_.on_samples(std::move(batch));
}

void PluginSession::misbehaved(const std::string& what) {
  log::warn("device={} plugin={} has sent {}", setup_.id.text(), setup_.plugin, what);
  if (++misbehaviours_ > kMostMisbehaviours) {
    crash(plugin_error("does not keep to the protocol: " + what));
  }
}

// --- heartbeats ---------------------------------------------------------------------------------

bool PluginSession::armed() const {
  return std::any_of(profiles_.begin(), profiles_.end(),
                     [](const auto& each) { return each.second.armed(); });
}

void PluginSession::beat() {
  if (!connection_) return;
  if (heartbeats_.lost()) return crash(plugin_error("has missed three heartbeats"));
  events_since_beat_ = 0;
  const MonotonicTime now = MonotonicClock::now();
  Request request;
  request.mutable_heartbeat()->set_number(heartbeats_.send());
  request.mutable_heartbeat()->set_monotonic_ns(now.time_since_epoch().count());
  connection_->send(std::move(request));
  const Nanoseconds interval = armed() ? options_.armed_heartbeat : options_.idle_heartbeat;
  heartbeat_timer_ = timers_.at(now + interval, [this] { beat(); });
}

// --- requests -----------------------------------------------------------------------------------

void PluginSession::send(Request request,
                         std::string what,
                         Nanoseconds timeout,
                         RequestTable::Answer answer) {
  const MonotonicTime deadline = MonotonicClock::now() + timeout;
  request.set_deadline_monotonic_ns(deadline.time_since_epoch().count());
  request.set_id(requests_.add(std::move(what), deadline + kAnswerSlack, std::move(answer)));
  connection_->send(std::move(request));
}

template <typename T>
void PluginSession::ask(Request request,
                        std::string what,
                        Nanoseconds timeout,
                        Handler<T> handler,
                        T* (Response::*take)()) {
  const bool reachable = connection_ && set_up_ && state_ != State::Closing;
  if (!reachable || (state_ != State::Found && !request.has_make_safe())) {
    Error error = loss_.value_or(plugin_error("is not running"));
    return post([handler = std::move(handler), error = std::move(error)] { handler(fail(error)); });
  }
  send(std::move(request), std::move(what), timeout,
       [this, handler = std::move(handler), take](Result<Response> answer) {
         post([handler, take, answer = std::move(answer)]() mutable {
           if (!answer) return handler(fail(std::move(answer.error())));
           handler(std::move(*((*answer).*take)()));
         });
       });
}

void PluginSession::describe(Handler<v1::Description> handler) {
  Request request;
  request.mutable_describe();
  ask(std::move(request), "describe", options_.open_timeout, std::move(handler),
      &Response::mutable_description);
}

void PluginSession::open(bool safe_only, Handler<v1::Description> handler) {
  Request request;
  request.mutable_open()->set_safe_only(safe_only);
  ask(std::move(request), "open", options_.open_timeout, std::move(handler),
      &Response::mutable_description);
}

void PluginSession::read(std::vector<ChannelId> channels, Handler<v1::Readings> handler) {
  Request request;
  for (const ChannelId& channel : channels) request.mutable_read()->add_channels(channel.text());
  ask(std::move(request), "read", options_.call_timeout, std::move(handler),
      &Response::mutable_readings);
}

void PluginSession::write(v1::Write write, Handler<v1::Readings> handler) {
  raise(write.unit(), write.fence(), write.arm());
  Request request;
  *request.mutable_write() = std::move(write);
  ask(std::move(request), "write", options_.call_timeout, std::move(handler),
      &Response::mutable_readings);
}

void PluginSession::make_safe(const std::string& unit,
                              std::int64_t arm,
                              Handler<v1::SafeReport> handler) {
  raise(unit, 0, arm);
  Request request;
  request.mutable_make_safe()->set_unit(unit);
  request.mutable_make_safe()->set_arm(arm);
  ask(std::move(request), "make safe", safe_timeout(), std::move(handler),
      &Response::mutable_safe_report);
}

void PluginSession::set_safe_profile(v1::SafeProfile profile, Handler<void> handler) {
  const bool was_armed = armed();
  profiles_[profile.unit()] = profile;
  if (!connection_ || !set_up_) return post([handler = std::move(handler)] { handler({}); });
  Request request;
  *request.mutable_safe_profile() = std::move(profile);
  ask_done(std::move(request), "safe profile", std::move(handler));
  if (armed() != was_armed) beat();
}

void PluginSession::set_pace(Nanoseconds least_interval, Handler<void> handler) {
  if (!connection_ || !set_up_) {
    Error error = loss_.value_or(plugin_error("is not running"));
    return post([handler = std::move(handler), error = std::move(error)] { handler(fail(error)); });
  }
  Request request;
  request.mutable_pace()->set_least_interval_ns(least_interval.count());
  ask_done(std::move(request), "pace", std::move(handler));
}

void PluginSession::ask_done(Request request, std::string what, Handler<void> handler) {
  send(std::move(request), std::move(what), options_.call_timeout,
       [this, handler = std::move(handler)](Result<Response> answer) {
         post([handler, answer = std::move(answer)] {
           if (!answer) return handler(fail(answer.error()));
           handler({});
         });
       });
}

void PluginSession::restart() {
  if (state_ != State::Down) return;
  policy_.forget();
  state_ = State::Starting;
  restart_after_ = Nanoseconds{0};
  if (!process_) launch();
}

void PluginSession::close(Handler<void> handler) {
  on_closed_ = std::move(handler);
  restart_timer_.cancel();
  restart_after_.reset();
  const bool alive = connection_ && set_up_;
  state_ = State::Closing;
  if (!process_) return closed();
  if (!alive) return hang_up();
  Request request;
  request.mutable_close();
  send(std::move(request), "close", safe_timeout(), [this](const Result<Response>& answer) {
    if (!answer) {
      log::error("device={} plugin={} close: {}", setup_.id.text(), setup_.plugin,
                 answer.error().to_string());
    }
    hang_up();
  });
}

Nanoseconds PluginSession::safe_timeout() const {
  Nanoseconds pauses{0};
  for (const auto& [_, profile] : profiles_) {
    for (const auto& step : profile.steps()) pauses += Nanoseconds(step.delay_ns());
  }
  return options_.safe_timeout + pauses;
}

// A successor must refuse what its predecessor would have refused.
void PluginSession::raise(const std::string& unit, std::int64_t fence, std::int64_t arm) {
  for (auto& [name, profile] : profiles_) {
    if (!unit.empty() && name != unit) continue;
    profile.set_fence(std::max(profile.fence(), fence));
    profile.set_arm(std::max(profile.arm(), arm));
  }
}

Error PluginSession::plugin_error(const std::string& what) const {
  return {.reason = Reason::PluginFailed,
          .message = "The plugin of " + setup_.id.text() + " " + what,
          .context = {{"device", setup_.id.text()}, {"plugin", setup_.plugin}}};
}

void PluginSession::report_lost(const Error& error, Recovery recovery) {
  loss_ = error;
  if (std::exchange(told_lost_, true) && recovery == Recovery::Automatic) return;
  log::warn("device={} plugin={} reason={} {}", setup_.id.text(), setup_.plugin,
            wire_name(error.reason), error.message);
  post([this, error, recovery] { observer_.on_lost(error, recovery); });
}

}  // namespace benchd::devices
