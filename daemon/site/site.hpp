// A site: all its use cases, and what they share. What app builds and api serves.
//
// Owns the strand's objects; start and stop from any thread, everything else on `strand()`.
#pragma once

#include <functional>
#include <memory>

#include "daemon/access/identity.hpp"
#include "daemon/site/benches.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/control.hpp"
#include "daemon/site/duts.hpp"
#include "daemon/site/jobs.hpp"
#include "daemon/site/notifications.hpp"
#include "daemon/site/outages.hpp"
#include "daemon/site/policies.hpp"
#include "daemon/site/results.hpp"
#include "daemon/site/runs.hpp"
#include "daemon/site/sequences.hpp"
#include "daemon/site/stations.hpp"
#include "daemon/site/usage.hpp"

namespace benchd::site {

struct SiteParts {
  model::Site config;
  scheduling::Policy policy;      // the one that the store was opened with
  store::Store* store = nullptr;  // outlives the site
  const Clock* clock = nullptr;
  Timers* timers = nullptr;  // on `strand`
  asio::any_io_executor strand;
  asio::any_io_executor blocking;
  std::filesystem::path segments;
  std::filesystem::path library;                 // folder of the site's sequences; empty = none
  std::shared_ptr<notify::Messenger> messenger;  // none: nothing is sent
};

class Site {
 public:
  explicit Site(SiteParts parts);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // Members from the site file and library into the store, overdue deadlines once, then ready.
  // The first error stops it: benchd does not serve half a site.
  void start(std::function<void(Status)> ready);

  // Who calls: the identity's caller with the roles of this moment. Safe from any thread.
  [[nodiscard]] Result<access::Caller> caller_of(const access::Identity& identity) const;

  [[nodiscard]] asio::any_io_executor strand() const { return parts_.strand; }
  [[nodiscard]] const model::Site& config() const { return parts_.config; }

 private:
  void bootstrap(std::function<void(Status)> ready);
  void load_stations(std::function<void(Status)> ready);
  void load_library(std::function<void(Status)> ready);
  void on_late_answer(const store::CommandRecord& command);

  SiteParts parts_;

 public:
  Changes changes;
  Stations stations;
  SiteContext context;
  Benches benches;
  Bookings bookings;
  Duts duts;
  Sequences sequences;
  Runs runs;
  Control control;
  Results results;
  Jobs jobs;
  Usage usage;
  Notifications notifications;
  Policies policies;
  Outages outages;

 private:
  Subscription late_answers_;
};

}  // namespace benchd::site
