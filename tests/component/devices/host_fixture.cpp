#include "tests/component/devices/host_fixture.hpp"

#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <unistd.h>

namespace benchd::devices::test {

using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 20s;

v1::ChannelSetup channel(const std::string& name, const std::string& signal) {
  v1::ChannelSetup setup;
  setup.set_channel(name);
  setup.set_signal(signal);
  setup.set_gain(1.0);
  setup.set_max(100.0);
  setup.set_writable(true);
  return setup;
}

// Sanitizers of the test's build are in the plugins too.
std::vector<std::string> inherited() {
  std::vector<std::string> result;
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = ::getenv(name)) result.push_back(std::string(name) + "=" + value);
  }
  return result;
}

}  // namespace

HostTest::HostTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "benchd-host-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
}

HostTest::~HostTest() {
  device_.reset();
  // The plugins hang up by themselves; what is left is reaped here.
  EXPECT_TRUE(run_until([] { return plugins().empty(); })) << "a plugin outlives its session";
  host_.reset();
  std::filesystem::remove_all(folder_);
}

void HostTest::make_host(const std::string& rule, bool once) {
  HostOptions options{.plugin_folder = BENCHD_TEST_PLUGINS,
                      .lock_folder = folder_,
                      .benchd_version = "1.2.3",
                      .environment = inherited(),
                      .armed_heartbeat = 50ms,
                      .idle_heartbeat = 100ms,
                      .hello_timeout = 500ms,
                      .setup_timeout = 1s,
                      .exit_timeout = 2s,
                      .restart_delay = 10ms};
  if (!rule.empty()) options.environment.push_back("HOSTILE=" + rule);
  if (once) options.environment.push_back("HOSTILE_ONCE=" + (folder_ / "once").string());
  host_ = std::make_unique<PluginHost>(options);
}

void HostTest::start(const std::string& plugin) {
  DeviceSetup setup{.id = DeviceId("dut"), .plugin = plugin};
  setup.setup.set_device("dut");
  setup.setup.set_address("test://1");
  *setup.setup.add_channels() = channel("v", "voltage");
  *setup.setup.add_channels() = channel("out", "output");
  v1::Setting& witness = *setup.setup.add_settings();
  witness.set_key("witness");
  witness.set_value((folder_ / "witness").string());
  device_ = host_->start(std::move(setup), strand_, observer_);
}

void HostTest::start_open_witness() {
  make_host();
  start("witness");
  ASSERT_TRUE(run_until([&] { return !observer_.founds.empty(); }));
  ASSERT_TRUE(open());
}

bool HostTest::run_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    io_.restart();
    io_.run_one_for(10ms);
  }
  return true;
}

Result<v1::Description> HostTest::open(bool safe_only) {
  return answer<v1::Description>(
      [&](auto handler) { device_->open(safe_only, std::move(handler)); });
}

Result<v1::Readings> HostTest::write(double voltage) {
  v1::Write write;
  write.set_fence(1);
  write.set_arm(arm_);
  write.set_expires_monotonic_ns((MonotonicClock::now() + 10s).time_since_epoch().count());
  v1::ChannelValue& value = *write.add_values();
  value.set_channel("v");
  value.set_value(voltage);
  return answer<v1::Readings>([&](auto handler) { device_->write(write, std::move(handler)); });
}

Result<v1::SafeReport> HostTest::make_safe() {
  return answer<v1::SafeReport>(
      [&](auto handler) { device_->make_safe("", ++arm_, std::move(handler)); });
}

Status HostTest::set_profile(bool armed) {
  v1::SafeProfile profile;
  profile.set_armed(armed);
  profile.set_arm(arm_);
  for (const auto& [name, value] : {std::pair("out", 0.0), std::pair("v", 3.0)}) {
    v1::ChannelValue& write = *profile.add_steps()->mutable_write();
    write.set_channel(name);
    write.set_value(value);
  }
  return answer<void>(
      [&](auto handler) { device_->set_safe_profile(profile, std::move(handler)); });
}

Status HostTest::close() {
  return answer<void>([&](auto handler) { device_->close(std::move(handler)); });
}

std::vector<std::string> HostTest::witness() const {
  std::ifstream file(folder_ / "witness");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<pid_t> HostTest::plugins() {
  std::vector<pid_t> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    std::copy(std::istream_iterator<pid_t>(children), {}, std::back_inserter(found));
  }
  return found;
}

std::size_t HostTest::open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

}  // namespace benchd::devices::test
