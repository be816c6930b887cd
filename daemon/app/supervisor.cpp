#include "daemon/app/supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

#include "daemon/app/child.hpp"
#include "daemon/app/directories.hpp"
#include "daemon/base/log.hpp"

namespace benchd::app {
namespace {

namespace fs = std::filesystem;
using Children = std::vector<std::unique_ptr<Child>>;

// The times of deploy/systemd/*.service.
constexpr std::chrono::seconds kSiteWatchdog{10};
constexpr std::chrono::seconds kSiteStop{20};
constexpr std::chrono::seconds kStationWatchdog{3};
constexpr std::chrono::seconds kStationStop{180};

std::vector<std::string> station_files(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::unique_ptr<Child> make_child(const RunOptions& options,
                                  const std::string& name,
                                  const fs::path& place,
                                  std::vector<std::string> arguments,
                                  std::chrono::seconds watchdog,
                                  std::chrono::seconds stop_timeout) {
  ChildSpec spec;
  spec.name = name;
  spec.arguments = std::move(arguments);
  spec.environment = {
      "STATE_DIRECTORY=" + (options.state / place).string(),
      "RUNTIME_DIRECTORY=" + (options.runtime / place).string(),
      "CONFIGURATION_DIRECTORY=" + options.configuration.string(),
      "BENCHD_SITE_LINK=unix:" + site_link_socket(options.runtime / "site").string(),
  };
  spec.watchdog = watchdog;
  spec.stop_timeout = stop_timeout;
  spec.notify_socket = options.runtime / place / "notify.sock";
  return std::make_unique<Child>(std::move(spec));
}

class Supervisor {
 public:
  explicit Supervisor(const RunOptions& options) : options_(options) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    signals_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~Supervisor() { close(signals_); }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  Status start(const std::vector<std::string>& stations) {
    if (auto made = make_places("site"); !made) return made;
    site_ = make_child(options_, "site", "site", {"site"}, kSiteWatchdog, kSiteStop);
    for (const auto& station : stations) {
      const auto place = fs::path{"stations"} / station;
      if (auto made = make_places(place); !made) return made;
      stations_.push_back(make_child(options_, "station " + station, place, {"station", station},
                                     kStationWatchdog, kStationStop));
    }
    for (auto* child : children()) {
      if (auto started = child->start(MonotonicClock::now()); !started) return started;
    }
    return {};
  }

  // Until everything has ended.
  Status run() {
    Status failure;
    while (!all_ended()) {
      wait();
      const auto now = MonotonicClock::now();
      for (auto* child : children()) {
        child->on_notify(now);
        if (child->process_descriptor() >= 0) child->on_exit(now);
        if (auto done = child->on_time(now); !done) failure = done;
        if (child->hopeless() && failure) {
          failure = fail(Reason::Unavailable,
                         child->name() + " fails again and again; its last lines say why");
        }
      }
      if (!failure) stop_everything_ = true;
      if (stop_everything_) stop(now);
      announce_once();
    }
    return failure;
  }

 private:
  Status make_places(const fs::path& place) {
    for (const auto& root : {options_.state, options_.runtime}) {
      if (auto made = make_folder(root / place, 0700); !made) return made;
    }
    return {};
  }

  [[nodiscard]] std::vector<Child*> children() const {
    std::vector<Child*> all{site_.get()};
    for (const auto& station : stations_) all.push_back(station.get());
    return all;
  }

  [[nodiscard]] bool all_ended() const {
    return std::ranges::all_of(children(), [](const auto* child) { return child->ended(); });
  }

  // Stations first: the site hears how their runs ended.
  void stop(MonotonicTime now) {
    for (const auto& station : stations_) station->stop(now);
    if (std::ranges::all_of(stations_, [](const auto& child) { return child->ended(); })) {
      site_->stop(now);
    }
  }

  void wait() {
    std::vector<pollfd> descriptors{{signals_, POLLIN, 0}};
    std::optional<MonotonicTime> first;
    for (const auto* child : children()) {
      descriptors.push_back({child->notify_descriptor(), POLLIN, 0});
      descriptors.push_back({child->process_descriptor(), POLLIN, 0});
      const auto deadline = child->next_deadline();
      if (deadline && (!first || *deadline < *first)) first = deadline;
    }
    int timeout_ms = -1;
    if (first) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*first - MonotonicClock::now()).count();
      timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }
    poll(descriptors.data(), descriptors.size(), timeout_ms);
    signalfd_siginfo signal{};
    while (read(signals_, &signal, sizeof signal) == sizeof signal) {
      log::info("told to stop");
      stop_everything_ = true;
    }
  }

  void announce_once() {
    if (announced_ || !std::ranges::all_of(children(), [](const auto* c) { return c->ready(); })) {
      return;
    }
    announced_ = true;
    log::info("everything is ready; the API is at unix:{}",
              (options_.runtime / "site" / "api" / "api.sock").string());
  }

  const RunOptions& options_;
  int signals_ = -1;
  std::unique_ptr<Child> site_;
  Children stations_;
  bool stop_everything_ = false;
  bool announced_ = false;
};

}  // namespace

Status run_all(const RunOptions& options) {
  auto stations = options.stations;
  if (stations.empty()) stations = station_files(options.configuration / "stations");
  Supervisor supervisor(options);
  auto started = supervisor.start(stations);
  if (!started) return started;
  return supervisor.run();
}

}  // namespace benchd::app
