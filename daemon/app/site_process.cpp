#include "daemon/app/site_process.hpp"

#include <future>
#include <memory>
#include <utility>

#include <asio/post.hpp>
#include <asio/strand.hpp>

#include "daemon/api/api_server.hpp"
#include "daemon/app/directories.hpp"
#include "daemon/app/io_threads.hpp"
#include "daemon/app/notify.hpp"
#include "daemon/app/stop_signal.hpp"
#include "daemon/base/asio_timers.hpp"
#include "daemon/base/log.hpp"
#include "daemon/config/policy_file.hpp"
#include "daemon/link/site_link.hpp"
#include "daemon/notify/messenger.hpp"
#include "daemon/scheduling/local_time.hpp"
#include "daemon/site/site.hpp"
#include "daemon/store/sqlite_store.hpp"

namespace benchd::app {
namespace {

// Everything of a site process; built and taken down in this order.
class SiteProcess {
 public:
  SiteProcess(model::Site config, const scheduling::Policy& policy, Directories directories)
      : config_(std::move(config)),
        policy_(policy),
        directories_(std::move(directories)),
        threads_(2),
        strand_(asio::make_strand(threads_.io())),
        timers_(strand_) {}

  Status start() {
    const auto segments = directories_.state / "segments";
    const auto link_socket = site_link_socket(directories_.runtime);
    const auto api_socket = directories_.runtime / "api" / "api.sock";
    // Stations share the group of the site; the API's folder is the owner's alone.
    for (const auto& [folder, mode] :
         {std::pair{segments, 0700U}, std::pair{link_socket.parent_path(), 0750U},
          std::pair{api_socket.parent_path(), 0700U}}) {
      if (auto made = make_folder(folder, mode); !made) return made;
    }
    // The state folder is locked before anything listens.
    auto store = store::open_sqlite_store(
        {.directory = directories_.state, .policy = policy_, .on_fatal = stop_with});
    if (!store) return fail(store.error());
    store_ = std::move(*store);

    if (auto ready = start_site(segments); !ready) return ready;
    auto link = link::SiteLink::listen(
        {"unix:" + link_socket.string(), segments, threads_.io(), &site_->stations});
    if (!link) return fail(link.error());
    link_ = std::move(*link);
    asio::post(strand_, [this] { site_->stations.attach(*link_); });

    auto api = api::ApiServer::start({site_.get(), api_socket});
    if (!api) return fail(api.error());
    api_ = std::move(*api);
    watchdog_ = std::make_unique<WatchdogPing>(strand_);
    log::info("site={} serves unix:{}", config_.id.text(), api_socket.string());
    return {};
  }

  void stop() {
    if (api_) api_->stop();
    watchdog_.reset();
    if (link_) {
      std::promise<void> detached;
      asio::post(strand_, [&] {
        site_->notifications.stop();
        site_->stations.detach();
        detached.set_value();
      });
      detached.get_future().wait();
      link_.reset();
    }
    if (store_) store_->close();
  }

 private:
  Status start_site(const std::filesystem::path& segments) {
    site::SiteParts parts;
    parts.config = config_;
    parts.policy = policy_;
    parts.store = store_.get();
    parts.clock = &clock_;
    parts.timers = &timers_;
    parts.strand = strand_;
    parts.blocking = threads_.blocking();
    parts.segments = segments;
    parts.library = config_.sequences.empty() ? std::filesystem::path{}
                                              : directories_.configuration / config_.sequences;
    parts.messenger = notify::make_messenger(config_.notifications, directories_.configuration);
    site_ = std::make_unique<site::Site>(std::move(parts));
    std::promise<Status> ready;
    site_->start([&](Status status) { ready.set_value(std::move(status)); });
    return ready.get_future().get();
  }

  const model::Site config_;
  const scheduling::Policy policy_;
  const Directories directories_;
  const SystemClock clock_;
  std::unique_ptr<store::Store> store_;  // outlives the threads that wait for its answers
  IoThreads threads_;
  asio::any_io_executor strand_;
  AsioTimers timers_;
  std::unique_ptr<site::Site> site_;
  std::unique_ptr<link::SiteLink> link_;
  std::unique_ptr<api::ApiServer> api_;
  std::unique_ptr<WatchdogPing> watchdog_;
};

}  // namespace

Status run_site() {
  auto directories = directories_from_environment();
  if (!directories) return fail(directories.error());
  auto config = config::load_site_file(directories->configuration / "site.yaml");
  if (!config) return fail(config.error());
  if (!scheduling::is_known_zone(config->value.time_zone)) {
    return fail(Reason::ConfigInvalid, "this PC has no time zone " + config->value.time_zone +
                                           "; install the package tzdata");
  }
  auto policy = config::load_policy_file(directories->configuration / "policy.yaml");
  if (!policy) return fail(policy.error());

  SiteProcess process(std::move(config->value), *policy, std::move(*directories));
  if (auto started = process.start(); !started) {
    process.stop();
    return started;
  }
  notify_ready();
  const auto error = wait_for_stop();
  notify_stopping();
  log::info("the site stops");
  process.stop();
  return error ? Status{fail(*error)} : Status{};
}

}  // namespace benchd::app
