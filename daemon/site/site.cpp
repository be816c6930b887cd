#include "daemon/site/site.hpp"

#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/site/call.hpp"

namespace benchd::site {

Site::Site(SiteParts parts)
    : parts_(std::move(parts)),
      context{.config = parts_.config,
              .policy = parts_.policy,
              .store = *parts_.store,
              .stations = stations,
              .changes = changes,
              .clock = *parts_.clock,
              .timers = *parts_.timers,
              .strand = parts_.strand,
              .blocking = parts_.blocking,
              .segments = parts_.segments},
      benches(context),
      bookings(context),
      duts(context),
      sequences(context),
      runs(context),
      control(context),
      results(context),
      jobs(context, bookings, runs),
      usage(context),
      notifications(context, parts_.messenger),
      policies(context),
      outages(context, bookings) {
  parts_.store->set_change_listener([this](const std::vector<store::Change>& news) {
    asio::post(parts_.strand, [this, news] { changes.publish(news); });
  });
}

Site::~Site() { parts_.store->set_change_listener({}); }

void Site::start(std::function<void(Status)> ready) {
  asio::post(parts_.strand,
             [this, ready = std::move(ready)]() mutable { bootstrap(std::move(ready)); });
}

void Site::bootstrap(std::function<void(Status)> ready) {
  store::Bootstrap command{.call = {.now = parts_.clock->utc_now()}, .site = parts_.config};
  parts_.store->bootstrap(std::move(command),
                          context.posted([this, ready = std::move(ready)](const Status& done) {
                            if (!done) return ready(done);
                            load_stations(ready);
                          }));
}

void Site::load_stations(std::function<void(Status)> ready) {
  late_answers_ = {};
  stations.start(context, [this, ready = std::move(ready)](const Status& known) {
    if (!known) return ready(known);
    late_answers_ = stations.on_late_answer(
        [this](const store::CommandRecord& command) { on_late_answer(command); });
    load_library(ready);
  });
}

void Site::load_library(std::function<void(Status)> ready) {
  const auto then = [this, ready = std::move(ready)](const Status& loaded) {
    if (!loaded) return ready(loaded);
    notifications.start();
    bookings.start([this, ready](const Status& begun) {
      if (!begun) return ready(begun);
      jobs.start();
      ready({});
    });
  };
  if (parts_.library.empty()) return then({});
  sequences.load_library(parts_.library, then);
}

// A run whose order waited for its station, which then refused it: it will never begin.
void Site::on_late_answer(const store::CommandRecord& command) {
  if (!command.command.has_start_run() || !command.result || command.result->reason().empty()) {
    return;
  }
  parts_.store->interrupt_run({.call = site_call(context, access::Operation::StartRun),
                               .run = RunId{command.command.start_run().run()},
                               .reason = command.result->reason(),
                               .message = command.result->message()},
                              [](const Result<store::RunRecord>& run) {
                                if (run) return;
                                log::warn("a refused run could not be ended: {}",
                                          run.error().to_string());
                              });
}

Result<access::Caller> Site::caller_of(const access::Identity& identity) const {
  return parts_.store->directory()->caller_of(identity);
}

}  // namespace benchd::site
