#include "plugins/sdk/src/engine.hpp"

#include <algorithm>
#include <utility>

#include "benchd/plugin/log.hpp"

namespace benchd::plugin::detail {

namespace {

std::string version_message(const PluginInfo& info, const v1::Hello& hello) {
  const auto range = [](int oldest, int newest) {
    return oldest == newest ? std::to_string(oldest)
                            : std::to_string(oldest) + " to " + std::to_string(newest);
  };
  return "Plugin " + info.name + " " + info.version + " speaks version " +
         range(kOldestVersion, kNewestVersion) + " of the plugin protocol, benchd " +
         hello.benchd_version() + " speaks " +
         range(hello.oldest_version(), hello.newest_version()) +
         ". Install the plugin that belongs to this benchd.";
}

Error protocol_error(std::string message) {
  return {std::string(reason::kInvalidArgument), std::move(message)};
}

// The unit, fence and arm of a request that must not be done by anybody else.
std::optional<Ticket> admit(WriteGate& gate, const v1::SessionRequest& request) {
  const auto ticket = [&](const auto& message) {
    return gate.admit(message.unit(), message.fence(), message.arm());
  };
  if (request.has_write()) return ticket(request.write());
  if (request.has_load_program()) return ticket(request.load_program());
  if (request.has_start_program()) return ticket(request.start_program());
  return std::nullopt;
}

}  // namespace

Engine::Engine(PluginInfo info, DriverFactory factory, Options options)
    : info_(std::move(info)),
      options_(std::move(options)),
      shared_{.station = StationWatch(options_.handshake, monotonic_now()),
              .samples = SampleQueue(options_.most_samples)},
      guard_([this] { return shared_.station.interval() / 2; },
             [this](int times) { on_overrun(times); }),
      loop_(shared_, guard_, std::move(factory)),
      device_([this] {
        end_ = loop_.run();
        shared_.responses.close();
        shared_.samples.close();
      }) {}

Engine::~Engine() {
  disconnected();
  if (device_.joinable()) device_.join();
}

SessionEnd Engine::wait() {
  if (device_.joinable()) device_.join();
  return end_;
}

void Engine::disconnected() {
  shared_.station.disconnected();
  shared_.mailbox.wake();
}

void Engine::receive(v1::SessionRequest request) {
  shared_.station.heard(monotonic_now());
  switch (phase_) {
    case Phase::Hello:
      return receive_first(request);
    case Phase::Setup:
      return receive_setup(std::move(request));
    case Phase::Ready:
      return receive_later(std::move(request));
    case Phase::Refused:
      return;
  }
}

void Engine::refuse(std::int64_t id, const Error& error) {
  phase_ = Phase::Refused;
  shared_.fail_request(id, error);
  loop_.refuse();
}

void Engine::receive_first(const v1::SessionRequest& request) {
  if (!request.has_hello()) {
    return refuse(request.id(), protocol_error("the first request must be Hello"));
  }
  const v1::Hello& hello = request.hello();
  const int version = std::min(kNewestVersion, hello.newest_version());
  if (version < std::max(kOldestVersion, hello.oldest_version())) {
    return refuse(request.id(),
                  {std::string(reason::kPluginVersion), version_message(info_, hello)});
  }
  phase_ = Phase::Setup;
  v1::SessionResponse response;
  response.set_id(request.id());
  response.mutable_hello()->set_version(version);
  response.mutable_hello()->set_plugin(info_.name);
  response.mutable_hello()->set_plugin_version(info_.version);
  shared_.responses.push(std::move(response));
}

void Engine::receive_setup(v1::SessionRequest request) {
  if (request.has_heartbeat()) return shared_.mailbox.push_heartbeat(request.heartbeat());
  if (!request.has_setup()) {
    return refuse(request.id(), protocol_error("the second request must be Setup"));
  }
  const v1::Setup& setup = request.setup();
  if (setup.idle_heartbeat_ns() <= 0 || setup.armed_heartbeat_ns() <= 0) {
    return refuse(request.id(), protocol_error("Setup must name the intervals of heartbeats"));
  }
  auto channels = ChannelTable::make(setup);
  if (!channels) return refuse(request.id(), channels.error());
  channels_ = *channels;
  loop_.set_channels(std::move(*channels));
  shared_.station.set_intervals(std::chrono::nanoseconds(setup.idle_heartbeat_ns()),
                                std::chrono::nanoseconds(setup.armed_heartbeat_ns()));
  guard_.look_again();
  phase_ = Phase::Ready;
  shared_.mailbox.push({std::move(request), {}});
}

void Engine::receive_later(v1::SessionRequest request) {
  switch (request.request_case()) {
    case v1::SessionRequest::kHeartbeat:
      return shared_.mailbox.push_heartbeat(request.heartbeat());
    case v1::SessionRequest::kHello:
    case v1::SessionRequest::kSetup:
      return shared_.fail_request(request.id(), protocol_error("there is one handshake only"));
    case v1::SessionRequest::kSafeProfile:
      return store_profile(request);
    case v1::SessionRequest::kMakeSafe:
      shared_.gate.make_safe(request.make_safe().unit(), request.make_safe().arm());
      return shared_.mailbox.push_urgent({std::move(request), {}});
    default: {
      auto ticket = admit(shared_.gate, request);
      return shared_.mailbox.push({std::move(request), std::move(ticket).value_or(Ticket{})});
    }
  }
}

void Engine::store_profile(const v1::SessionRequest& request) {
  const v1::SafeProfile& profile = request.safe_profile();
  for (const v1::SafeStep& step : profile.steps()) {
    if (step.delay_ns() < 0) {
      return shared_.fail_request(request.id(), protocol_error("a delay must not be negative"));
    }
    if (const auto valid = channels_.check_write(profile.unit(), step.write()); !valid) {
      return shared_.fail_request(request.id(), valid.error());
    }
  }
  shared_.gate.raise(profile.unit(), profile.fence(), profile.arm());
  shared_.profiles.store(profile);
  shared_.station.set_armed(shared_.profiles.any_armed());
  shared_.mailbox.wake();  // the heartbeat interval may be another one now
  guard_.look_again();
  shared_.accept_request(request.id());
}

void Engine::on_overrun(int times) {
  if (times == 1) {
    log_error("the driver has overrun the deadline of a call");
    v1::DeviceEvent event;
    event.set_kind(v1::DeviceEvent::KIND_LOST);
    event.set_reason(std::string(reason::kDeviceTimeout));
    event.set_message("the driver does not come back from a call");
    event.set_monotonic_ns(monotonic_now().time_since_epoch().count());
    shared_.send_event(std::move(event));
  }
  if (shared_.station.lost(monotonic_now()) && options_.on_hopeless) options_.on_hopeless();
}

}  // namespace benchd::plugin::detail
