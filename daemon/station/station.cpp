#include "daemon/station/station.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

#include <asio/post.hpp>
#include <asio/strand.hpp>

#include "daemon/base/log.hpp"
#include "daemon/station/bench.hpp"
#include "daemon/station/command_result.hpp"
#include "daemon/station/device_setup.hpp"
#include "daemon/station/status_board.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kDiskInterval = std::chrono::seconds(1);

bool uses(const model::Bench& bench, const DeviceId& device) {
  return std::any_of(bench.channels.begin(), bench.channels.end(),
                     [&](const auto& channel) { return channel.device == device; });
}

// The number of the strand of each bench: the same for benches that share a device.
std::vector<std::size_t> strands_of(const model::Station& station) {
  std::vector<std::size_t> strands(station.benches.size());
  std::iota(strands.begin(), strands.end(), std::size_t{0});
  for (const model::Device& device : station.devices) {
    std::optional<std::size_t> common;
    for (std::size_t i = 0; i < strands.size(); ++i) {
      if (!uses(station.benches[i], device.id)) continue;
      if (!common) common = strands[i];
      const std::size_t merged = strands[i];
      std::replace(strands.begin(), strands.end(), merged, *common);
    }
  }
  return strands;
}

}  // namespace

MeasureDisk disk_of(std::filesystem::path directory) {
  return [directory = std::move(directory)]() -> Result<DiskSpace> {
    std::error_code error;
    const auto space = std::filesystem::space(directory, error);
    if (error) return fail(Reason::StorageFailed, error.message());
    return DiskSpace{space.available, space.capacity};
  };
}

Station::Station(StationParts parts) : parts_(std::move(parts)) {
  std::vector<BenchId> order;
  for (const model::Bench& bench : parts_.config.benches) order.push_back(bench.id);
  board_ = std::make_unique<StatusBoard>(std::move(order));
}

// Sessions first: they call hubs, and those call benches.
Station::~Station() {
  disk_timer_.cancel();
  for (const auto& hub : hubs_) hub->start(nullptr);
}

Result<std::unique_ptr<Station>> Station::create(StationParts parts) {
  std::unique_ptr<Station> station(new Station(std::move(parts)));
  if (Status made = station->make_devices(); !made) return fail(made.error());
  if (Status made = station->make_benches(); !made) return fail(made.error());
  return station;
}

Status Station::make_devices() {
  for (const model::Device& device : parts_.config.devices) {
    auto setup = device_setup(parts_.config, device, parts_.profiles);
    if (!setup) return fail(setup.error());
    setups_.push_back(std::move(*setup));
    hubs_.push_back(std::make_shared<DeviceHub>(device.id));
  }
  return {};
}

Status Station::make_benches() {
  const auto benches_folder = parts_.state_directory / "benches";
  std::error_code error;
  std::filesystem::create_directories(benches_folder, error);
  if (error) {
    return fail(Reason::StoreUnusable, benches_folder.string() + ": " + error.message());
  }
  std::map<std::size_t, asio::any_io_executor> strands;
  const std::vector<std::size_t> numbers = strands_of(parts_.config);
  for (std::size_t i = 0; i < parts_.config.benches.size(); ++i) {
    const model::Bench& config = parts_.config.benches[i];
    asio::any_io_executor& strand = strands[numbers[i]];
    if (!strand) strand = strands_.emplace_back(asio::make_strand(parts_.io));
    asio::any_io_executor storage = asio::make_strand(parts_.blocking);
    auto record = StateFile(benches_folder / (config.id.text() + ".json"), strand, storage).load();
    if (!record) return fail(record.error());
    std::vector<std::shared_ptr<DeviceHub>> hubs;
    for (const auto& hub : hubs_) {
      if (uses(config, hub->id())) hubs.push_back(hub);
    }
    benches_.push_back(std::make_shared<Bench>(parts_, config, std::move(*record), hubs, *board_,
                                               strand, std::move(storage)));
    for (const auto& hub : hubs) {
      hub->attach(*benches_.back());
      device_strands_[hub->id()] = strand;
    }
  }
  return {};
}

void Station::start() {
  for (const asio::any_io_executor& strand : strands_) {
    asio::post(strand, [this, strand] { start_on(strand); });
  }
  timers_ = parts_.make_timers(parts_.blocking);
  watch_disk();
}

// All at once, so that nothing a device says comes before its bench and every other device of it
// are there.
void Station::start_on(const asio::any_io_executor& strand) {
  for (std::size_t i = 0; i < hubs_.size(); ++i) {
    const auto found = device_strands_.find(hubs_[i]->id());  // none: no bench has a channel at it
    if (found == device_strands_.end() || found->second != strand) continue;
    hubs_[i]->start(parts_.start_device(setups_[i], *hubs_[i], strand));
  }
  for (const auto& bench : benches_) {
    if (bench->strand() == strand) bench->start();
  }
}

// On the blocking executor.
void Station::watch_disk() {
  disk_timer_ =
      timers_->at(parts_.clock->monotonic_now() + kDiskInterval, [this] { watch_disk(); });
  const auto space = parts_.measure_disk();
  if (!space) return log::error("disk: {}", space.error().message);
  for (const auto& bench : benches_) {
    asio::post(bench->strand(), [bench, space = *space] { bench->on_disk_space(space); });
  }
}

void Station::stop(std::function<void()> done) {
  auto missing = std::make_shared<std::atomic<std::size_t>>(benches_.size() + 1);
  const auto one_less = [this, missing, done = std::move(done)] {
    if (--*missing == 0) close_devices(done);
  };
  for (const auto& bench : benches_) {
    asio::post(bench->strand(), [bench, one_less] { bench->stop(one_less); });
  }
  one_less();
}

void Station::close_devices(std::function<void()> done) {
  auto missing = std::make_shared<std::atomic<std::size_t>>(device_strands_.size() + 1);
  const auto one_less = [missing, done = std::move(done)] {
    if (--*missing == 0) done();
  };
  for (const auto& hub : hubs_) {
    const auto strand = device_strands_.find(hub->id());
    if (strand == device_strands_.end()) continue;
    asio::post(strand->second, [hub, one_less] { hub->close(one_less); });
  }
  one_less();
}

std::shared_ptr<Bench> Station::find(const BenchId& id) const {
  for (const auto& bench : benches_) {
    if (bench->id() == id) return bench;
  }
  return nullptr;
}

void Station::handle(link::v1::Command command, Reply reply) {
  const auto bench = find(BenchId(command.bench()));
  if (!bench) {
    auto result =
        command_result(fail(Reason::UnknownBench, "this station has no bench " + command.bench(),
                            {{"bench", command.bench()}}));
    result.set_command_id(command.command_id());
    return reply(std::move(result));
  }
  asio::post(bench->strand(),
             [bench, command = std::move(command), reply = std::move(reply)]() mutable {
               bench->handle(std::move(command), std::move(reply));
             });
}

void Station::set_watched(const BenchId& id, bool watched) {
  const auto bench = find(id);
  if (!bench) return;
  asio::post(bench->strand(), [bench, watched] { bench->set_watched(watched); });
}

std::vector<link::v1::BenchStatus> Station::statuses() const { return board_->statuses(); }
std::vector<link::v1::BenchFence> Station::fences() const { return board_->fences(); }

std::vector<std::string> Station::active_runs() const {
  std::vector<std::string> runs;
  for (const auto& status : statuses()) {
    if (!status.run().empty()) runs.push_back(status.run());
  }
  return runs;
}

}  // namespace benchd::station
