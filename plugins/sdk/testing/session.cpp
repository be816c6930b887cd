#include "plugins/sdk/testing/session.hpp"

#include <algorithm>
#include <stdlib.h>
#include <utility>

namespace benchd::plugin::testing {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;

v1::Setup complete(v1::Setup setup, const std::filesystem::path& lock_folder) {
  const auto long_enough = std::chrono::nanoseconds(20s).count();
  if (setup.idle_heartbeat_ns() == 0) setup.set_idle_heartbeat_ns(long_enough);
  if (setup.armed_heartbeat_ns() == 0) setup.set_armed_heartbeat_ns(long_enough);
  if (setup.lock_directory().empty()) setup.set_lock_directory(lock_folder.string());
  if (setup.address().empty()) setup.set_address("fake://1");
  return setup;
}

std::filesystem::path make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "benchd-plugin-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

}  // namespace

Session::Session(DriverFactory factory, v1::Setup setup, detail::Engine::Options options)
    : lock_folder_(make_folder()),
      setup_(complete(std::move(setup), lock_folder_)),
      engine_({.name = "under-test", .version = "1"}, std::move(factory), std::move(options)),
      collector_([this] { collect(); }) {}

Session::~Session() {
  engine_.disconnected();
  static_cast<void>(engine_.wait());
  collector_.join();
  std::filesystem::remove_all(lock_folder_);
}

void Session::collect() {
  while (auto response = engine_.next_response()) {
    const std::scoped_lock lock(mutex_);
    if (response->has_event()) {
      events_.push_back(response->event());
    } else if (response->has_heartbeat()) {
      heartbeats_.push_back(response->heartbeat().number());
    } else {
      const auto id = response->id();
      answers_[id] = *std::move(response);
    }
    changed_.notify_all();
  }
}

std::int64_t Session::send(v1::SessionRequest request) {
  const std::int64_t id = next_id_++;
  request.set_id(id);
  engine_.receive(std::move(request));
  return id;
}

v1::SessionResponse Session::answer_to(std::int64_t id) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return answers_.count(id) > 0; });
  return answers_[id];
}

v1::SessionResponse Session::start() {
  v1::SessionRequest hello;
  hello.mutable_hello()->set_oldest_version(1);
  hello.mutable_hello()->set_newest_version(1);
  ask(hello);
  v1::SessionRequest setup;
  *setup.mutable_setup() = setup_;
  return ask(setup);
}

v1::SessionResponse Session::start_and_open() {
  start();
  describe();
  return open();
}

v1::SessionResponse Session::describe() {
  v1::SessionRequest request;
  request.mutable_describe();
  return ask(request);
}

v1::SessionResponse Session::open(bool safe_only) {
  v1::SessionRequest request;
  request.mutable_open()->set_safe_only(safe_only);
  return ask(request);
}

v1::SessionResponse Session::read(const std::vector<std::string>& channels) {
  v1::SessionRequest request;
  for (const std::string& name : channels) request.mutable_read()->add_channels(name);
  return ask(request);
}

v1::SessionResponse Session::write(const std::vector<std::pair<std::string, double>>& values) {
  return ask(write_request(values));
}

v1::SessionResponse Session::make_safe() { return ask(make_safe_request()); }

v1::SessionResponse Session::close() {
  v1::SessionRequest request;
  request.mutable_close();
  return ask(request);
}

void Session::heartbeat(std::int64_t number) {
  v1::SessionRequest request;
  request.mutable_heartbeat()->set_number(number);
  engine_.receive(std::move(request));
}

v1::SessionRequest Session::write_request(
    const std::vector<std::pair<std::string, double>>& values) const {
  v1::SessionRequest request;
  v1::Write& write = *request.mutable_write();
  write.set_unit(unit);
  write.set_fence(fence);
  write.set_arm(arm);
  write.set_expires_monotonic_ns((monotonic_now() + kPatience).time_since_epoch().count());
  for (const auto& [name, value] : values) {
    v1::ChannelValue& added = *write.add_values();
    added.set_channel(name);
    added.set_value(value);
  }
  return request;
}

v1::SessionRequest Session::make_safe_request() {
  v1::SessionRequest request;
  request.mutable_make_safe()->set_unit(unit);
  request.mutable_make_safe()->set_arm(++arm);
  return request;
}

v1::SessionRequest Session::profile_request(
    const std::vector<std::pair<std::string, double>>& steps, bool armed) const {
  v1::SessionRequest request;
  v1::SafeProfile& profile = *request.mutable_safe_profile();
  profile.set_unit(unit);
  profile.set_armed(armed);
  for (const auto& [name, value] : steps) {
    v1::ChannelValue& write = *profile.add_steps()->mutable_write();
    write.set_channel(name);
    write.set_value(value);
  }
  return request;
}

std::optional<v1::DeviceEvent> Session::wait_for_event(v1::DeviceEvent::Kind kind) {
  const auto find = [&] {
    return std::find_if(events_.begin(), events_.end(),
                        [&](const auto& each) { return each.kind() == kind; });
  };
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return find() != events_.end(); })) return {};
  const auto found = find();
  v1::DeviceEvent event = *found;
  events_.erase(found);
  return event;
}

bool Session::wait_for_heartbeat(std::int64_t number) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    return std::find(heartbeats_.begin(), heartbeats_.end(), number) != heartbeats_.end();
  });
}

int Session::events(v1::DeviceEvent::Kind kind) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<int>(std::count_if(events_.begin(), events_.end(),
                                        [&](const auto& each) { return each.kind() == kind; }));
}

v1::ChannelSetup channel(
    const std::string& name, const std::string& signal, double min, double max, bool writable) {
  v1::ChannelSetup setup;
  setup.set_channel(name);
  setup.set_signal(signal);
  setup.set_min(min);
  setup.set_max(max);
  setup.set_gain(1.0);
  setup.set_writable(writable);
  return setup;
}

}  // namespace benchd::plugin::testing
