// The same station on several threads and the machine's own clock: for the thread sanitizer.
#include <condition_variable>
#include <mutex>

#include <asio/thread_pool.hpp>

#include "daemon/base/asio_timers.hpp"
#include "daemon/base/log.hpp"
#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

// Lets one thread wait for what another does.
class Signal {
 public:
  void set() {
    const std::scoped_lock lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  [[nodiscard]] bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, [&] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

TEST(StationThreads, TwoBenchesAreMadeSafeReadAndStoppedOnManyThreads) {
  // The log's library is not instrumented: what it makes at its first line is made before the
  // threads are.
  log::info("two benches on many threads");
  const ScratchDirectory directory;
  const SystemClock clock;
  asio::thread_pool io(3);
  asio::thread_pool blocking(2);
  FakeUplink uplink(blocking.get_executor());
  station::StationParts parts;
  parts.config = thrust_station();
  model::Bench second = parts.config.benches[0];
  second.id = BenchId("thrust-2");
  for (model::Channel& channel : second.channels) {
    channel.device = DeviceId(channel.device.text() + "-2");
  }
  for (const char* id : {"t7-2", "psb-2", "adam-2"}) {
    parts.config.devices.push_back({.id = DeviceId(id), .plugin = "fake"});
  }
  parts.config.benches.push_back(second);
  // A bench's devices share its strand, so each bench may have a plant; but not one between them.
  std::map<std::string, std::shared_ptr<FakePlant>> plants;
  std::map<std::string, std::shared_ptr<FakeRecord>> records;
  for (const auto& device : parts.config.devices) {
    const bool is_second = device.id.text().ends_with("-2");
    auto& plant = plants[is_second ? "2" : "1"];
    if (!plant) plant = std::make_shared<FakePlant>();
    plants.emplace(device.id.text(), plant);
    auto& record = records[is_second ? "2" : "1"];
    if (!record) record = std::make_shared<FakeRecord>();
    records.emplace(device.id.text(), record);
  }
  parts.start_device = [&](devices::DeviceSetup setup, devices::DeviceObserver& observer,
                           const asio::any_io_executor& strand) {
    const std::string id = setup.id.text();
    return std::make_unique<FakeDevice>(
        FakeDevice::Parts{.setup = std::move(setup),
                          .observer = &observer,
                          .strand = strand,
                          .clock = &clock,
                          .timers = std::make_unique<AsioTimers>(strand),
                          .plant = plants.at(id),
                          .record = records.at(id)});
  };
  parts.plan_run = plan_text();
  parts.make_timers = [](asio::any_io_executor executor) {
    return std::make_unique<AsioTimers>(std::move(executor));
  };
  parts.measure_disk = station::disk_of(directory.path());
  parts.uplink = &uplink;
  parts.clock = &clock;
  parts.io = io.get_executor();
  parts.blocking = blocking.get_executor();
  parts.state_directory = directory.path();
  parts.recording_directory = directory.path();
  parts.boot_id = "boot-1";
  auto made = station::Station::create(std::move(parts));
  ASSERT_TRUE(made);
  station::Station& station = **made;
  station.start();

  for (const char* bench : {"thrust-1", "thrust-2"}) {
    station.set_watched(BenchId(bench), true);
    Signal answered;
    link::v1::Command command;
    command.set_command_id("c-1");
    command.set_bench(bench);
    command.mutable_enter_safe_state();
    station.handle(command, [&](const link::v1::CommandResult&) { answered.set(); });
    EXPECT_TRUE(answered.wait());
    EXPECT_EQ(station.statuses().size(), 2U);
  }
  Signal stopped;
  station.stop([&] { stopped.set(); });
  EXPECT_TRUE(stopped.wait());
  // The station's clockwork goes on until it is destroyed.
  io.stop();
  blocking.stop();
  io.join();
  blocking.join();
  made->reset();
}

}  // namespace
}  // namespace benchd::test
