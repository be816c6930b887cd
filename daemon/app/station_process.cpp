#include "daemon/app/station_process.hpp"

#include <future>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "daemon/app/directories.hpp"
#include "daemon/app/io_threads.hpp"
#include "daemon/app/notify.hpp"
#include "daemon/app/station_uplink.hpp"
#include "daemon/app/stop_signal.hpp"
#include "daemon/base/asio_timers.hpp"
#include "daemon/base/log.hpp"
#include "daemon/config/files.hpp"
#include "daemon/devices/plugin_host.hpp"
#include "daemon/link/station_link.hpp"
#include "daemon/station/station.hpp"

namespace benchd::app {
namespace {

using Profiles = std::map<std::string, config::v1::Profile>;

Result<Profiles> load_profiles(const model::Station& station, const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& device : station.devices) {
    if (!device.profile.empty()) names.insert(device.profile);
  }
  Profiles profiles;
  for (const auto& name : names) {
    auto profile = config::load_profile_file(folder / (name + ".yaml"));
    if (!profile) return fail(profile.error());
    profiles.emplace(name, std::move(profile->value));
  }
  return profiles;
}

Result<config::v1::Sequence> load_sequence(const std::string& source) {
  config::Diagnostics diagnostics;
  auto sequence = config::read_sequence(source, "sequence", diagnostics);
  if (!sequence || !diagnostics.empty()) {
    return fail(config::to_error("the sequence", diagnostics, Reason::SequenceInvalid));
  }
  return std::move(sequence->value);
}

devices::HostOptions host_options(const Directories& directories) {
  devices::HostOptions options;
  options.plugin_folder = plugin_folder();
  options.lock_folder = directories.runtime / "locks";
  options.benchd_version = kVersion;
  return options;
}

// Everything of a station process. Taken down while the threads still run: gRPC and the devices
// answer on them.
class StationProcess {
 public:
  StationProcess(model::Station config, Profiles profiles, Directories directories)
      : config_(std::move(config)),
        profiles_(std::move(profiles)),
        directories_(std::move(directories)),
        threads_(2),
        host_(std::make_unique<devices::PluginHost>(host_options(directories_))) {}

  Status start() {
    const auto recordings = directories_.state / "recordings";
    for (const auto& folder :
         {recordings, directories_.state / "benches", directories_.runtime / "locks"}) {
      if (auto made = make_folder(folder, 0700); !made) return made;
    }
    if (auto linked = open_link(recordings); !linked) return linked;
    auto station = station::Station::create(parts(recordings));
    if (!station) return fail(station.error());
    station_ = std::move(*station);
    station_->start();
    link_->start();
    watchdog_ = std::make_unique<WatchdogPing>(threads_.io());
    return {};
  }

  void stop() {
    std::promise<void> safe;
    station_->stop([&] { safe.set_value(); });
    safe.get_future().wait();
    watchdog_.reset();
    link_.reset();
    threads_.settle();
    station_.reset();
    host_.reset();
  }

 private:
  Status open_link(const std::filesystem::path& recordings) {
    link::StationLinkParts parts;
    auto address = site_link_address();
    if (!address) return fail(address.error());
    parts.site_address = std::move(*address);
    parts.state_directory = directories_.state;
    parts.recording_directory = recordings;
    parts.io = threads_.io();
    parts.hello = [this] { return hello(); };
    parts.on_command = [this](auto command, auto reply) {
      station_->handle(std::move(command), std::move(reply));
    };
    parts.on_watch = [this](const std::string& bench, bool on) {
      station_->set_watched(BenchId{bench}, on);
    };
    auto link = link::StationLink::open(std::move(parts));
    if (!link) return fail(link.error());
    link_ = std::move(*link);
    uplink_ = std::make_unique<StationUplink>(*link_);
    return {};
  }

  station::StationParts parts(const std::filesystem::path& recordings) {
    station::StationParts parts;
    parts.config = config_;
    parts.profiles = profiles_;
    parts.start_device = [this](auto setup, auto& observer, auto strand) {
      return host_->start(std::move(setup), std::move(strand), observer);
    };
    parts.plan_run = station::plan_with(load_sequence);
    parts.make_timers = [](auto executor) {
      return std::make_unique<AsioTimers>(std::move(executor));
    };
    parts.measure_disk = station::disk_of(directories_.state);
    parts.uplink = uplink_.get();
    parts.clock = &clock_;
    parts.io = threads_.io();
    parts.blocking = threads_.blocking();
    parts.state_directory = directories_.state;
    parts.recording_directory = recordings;
    parts.boot_id = boot_id();
    parts.benchd_version = kVersion;
    return parts;
  }

  link::v1::Hello hello() {
    link::v1::Hello hello;
    hello.set_station(config_.id.text());
    hello.set_config_source(config_.source);
    hello.set_config_hash(config_.config_hash);
    hello.set_benchd_version(kVersion);
    hello.set_boot_id(boot_id());
    for (auto& fence : station_->fences()) *hello.add_fences() = std::move(fence);
    for (auto& status : station_->statuses()) *hello.add_statuses() = std::move(status);
    for (auto& run : station_->active_runs()) hello.add_active_runs(std::move(run));
    return hello;
  }

  const model::Station config_;
  const Profiles profiles_;
  const Directories directories_;
  const SystemClock clock_;
  IoThreads threads_;
  std::unique_ptr<devices::PluginHost> host_;
  std::unique_ptr<link::StationLink> link_;
  std::unique_ptr<StationUplink> uplink_;
  std::unique_ptr<station::Station> station_;
  std::unique_ptr<WatchdogPing> watchdog_;
};

}  // namespace

Status run_station(const std::string& name) {
  auto directories = directories_from_environment();
  if (!directories) return fail(directories.error());
  auto config =
      config::load_station_file(directories->configuration / "stations" / (name + ".yaml"));
  if (!config) return fail(config.error());
  auto profiles = load_profiles(config->value, directories->configuration / "profiles");
  if (!profiles) return fail(profiles.error());

  StationProcess process(std::move(config->value), std::move(*profiles), std::move(*directories));
  if (auto started = process.start(); !started) return started;
  log::info("station={} is up, benchd {}", name, kVersion);
  notify_ready();
  const auto error = wait_for_stop();
  notify_stopping();
  log::info("station={} makes its benches safe and stops", name);
  process.stop();
  return error ? Status{fail(*error)} : Status{};
}

}  // namespace benchd::app
