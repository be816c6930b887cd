// A station: the benches that share devices, run safely whatever becomes of the site.
//
// A bench and the devices it uses live on one strand; benches that share a device share it. Nothing
// here blocks an io thread: the disk is written on the `blocking` executor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "benchd/config/v1/profile.pb.h"
#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/devices/device_session.hpp"
#include "daemon/model/station.hpp"
#include "daemon/station/procedure.hpp"
#include "daemon/station/uplink.hpp"

namespace benchd::station {

// Starts a device. The observer outlives the session. `strand` is the session's executor.
using StartDevice = std::function<std::unique_ptr<devices::DeviceSession>(
    devices::DeviceSetup setup, devices::DeviceObserver& observer, asio::any_io_executor strand)>;

// Makes timers whose callbacks run on the executor.
using MakeTimers = std::function<std::unique_ptr<Timers>(asio::any_io_executor)>;

// The disk that recordings and state are on. Safe from any thread.
struct DiskSpace {
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
};
using MeasureDisk = std::function<Result<DiskSpace>()>;

// std::filesystem::space of a directory.
[[nodiscard]] MeasureDisk disk_of(std::filesystem::path directory);

struct StationParts {
  model::Station config;
  std::map<std::string, config::v1::Profile> profiles;  // by name
  StartDevice start_device;
  PlanRun plan_run;  // plan_with(…)
  MakeTimers make_timers;
  MeasureDisk measure_disk;
  Uplink* uplink = nullptr;
  const Clock* clock = nullptr;
  asio::any_io_executor io;               // strands are made of it
  asio::any_io_executor blocking;         // disk writes; may be a pool, each bench keeps its order
  std::filesystem::path state_directory;  // benches/<bench>.json; exists
  std::filesystem::path recording_directory;  // <run>/<index>.seg; exists
  std::string boot_id;
  std::string benchd_version;
};

class Bench;
class DeviceHub;
class StatusBoard;

// Safe from any thread. Handlers come on a bench's strand.
class Station {
 public:
  using Reply = std::function<void(link::v1::CommandResult)>;

  // Reads the state directory, touches no device. STORE_UNUSABLE, CONFIG_INVALID.
  static Result<std::unique_ptr<Station>> create(StationParts parts);
  // Ends at once without a safe state; call stop first. Nothing of it may be running: the
  // executors have ended, or `done` has come and they are idle.
  ~Station();
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  // Starts the devices; brings every bench to its safe state before anything else, then ends a
  // run that was found open on disk as interrupted, and only then opens the devices for use.
  void start();

  // Makes every bench safe, ends runs, closes the devices. For SIGTERM. `done` comes once, also
  // where something could not be proved.
  void stop(std::function<void()> done);

  // Carries out a command once; a repeated one (fence, command id) gets the first answer. Always
  // answered, exactly once, unless the station is destroyed first.
  void handle(link::v1::Command command, Reply reply);

  // Somebody watches, or nobody any more.
  void set_watched(const BenchId& bench, bool watched);

  // The latest of each bench, in the order of the file. Cheap; a copy from the last change.
  [[nodiscard]] std::vector<link::v1::BenchStatus> statuses() const;
  // The highest fence of each bench that is on disk.
  [[nodiscard]] std::vector<link::v1::BenchFence> fences() const;
  [[nodiscard]] std::vector<std::string> active_runs() const;

 private:
  explicit Station(StationParts parts);
  [[nodiscard]] Status make_devices();
  [[nodiscard]] Status make_benches();
  void start_on(const asio::any_io_executor& strand);
  void watch_disk();
  void close_devices(std::function<void()> done);
  [[nodiscard]] std::shared_ptr<Bench> find(const BenchId& id) const;

  StationParts parts_;
  std::unique_ptr<StatusBoard> board_;
  std::vector<devices::DeviceSetup> setups_;
  std::vector<std::shared_ptr<DeviceHub>> hubs_;  // in the order of the setups
  std::vector<asio::any_io_executor> strands_;    // benches that share a device share one
  std::map<DeviceId, asio::any_io_executor> device_strands_;
  std::vector<std::shared_ptr<Bench>> benches_;
  std::unique_ptr<Timers> timers_;
  TimerHandle disk_timer_;
};

}  // namespace benchd::station
