#include "tests/benchmarks/booking_site.hpp"

#include <chrono>
#include <future>
#include <utility>

#include <asio/post.hpp>

#include "daemon/config/files.hpp"
#include "tests/benchmarks/claims.hpp"
#include "tests/benchmarks/statistics.hpp"
#include "tests/support/test_site.hpp"

namespace benchd::benchmarks {
namespace {

std::string bench_id(int number) { return "bench-" + std::to_string(number); }

// Nothing drives these benches here; their file is one that a station could run.
std::string station_file(int benches) {
  std::string devices = "station:\n  name: rig-1\n  devices:\n";
  std::string text = "  benches:\n";
  for (int number = 0; number < benches; ++number) {
    const auto supply = "supply-" + std::to_string(number);
    devices += "    " + supply + ": {plugin: scpi, profile: ea-psb-10060-60, address: tcp://rig:" +
               std::to_string(5000 + number) + "}\n";
    text += "    " + bench_id(number) +
            ":\n"
            "      kind: thrust-stand\n"
            "      setup_time: 5 min\n"
            "      teardown_time: 5 min\n"
            "      layouts: {guard: {title: Guard}}\n"
            "      channels:\n"
            "        current: {device: " +
            supply +
            ", signal: current_set, unit: A, min: 0 A, max: 60 A, writable: true, safe: 0 A,"
            " rate: 20 Hz}\n"
            "      safe_state:\n"
            "        steps: [{write: {channel: current, value: 0 A}}]\n"
            "        proof: [{channel: current, max: 1 A}]\n"
            "        within: 5 s\n";
  }
  return devices + text;
}

model::Station station(int benches) {
  config::Diagnostics diagnostics;
  auto loaded = config::read_station(
      station_file(benches), "rig-1.yaml", [](const auto&) { return std::nullopt; }, diagnostics);
  if (!loaded) {
    std::fprintf(stderr, "%s\n", config::to_error("rig-1.yaml", diagnostics).to_string().c_str());
  }
  require(loaded.has_value(), "reading the station file");
  return std::move(loaded->value);
}

model::Site site_config() {
  auto site = test::two_tenants();
  site.owner_may_act_as_member = true;
  return site;
}

}  // namespace

BookingSite::BookingSite(int benches, int claims)
    : socket_(folder_.path() / "api.sock"),
      threads_(2),
      strand_(asio::make_strand(threads_.io())),
      timers_(strand_) {
  const auto state = folder_.path() / "state";
  {
    auto store = store::open_sqlite_store({.directory = state, .policy = test::without_limits()});
    require(store.has_value(), "opening the store");
    require(test::put_site(**store).has_value(), "storing the site");
    require(test::put_station(**store, station(benches)).has_value(), "storing the station");
  }
  if (claims > 0) fill_with_claims(state, claims);
  start();
}

BookingSite::~BookingSite() { stop(); }

void BookingSite::start() {
  auto store = store::open_sqlite_store(
      {.directory = folder_.path() / "state", .policy = test::without_limits()});
  require(store.has_value(), "opening the store");
  store_ = std::move(*store);
  site::SiteParts parts;
  parts.config = site_config();
  parts.policy = test::without_limits();
  parts.store = store_.get();
  parts.clock = &clock_;
  parts.timers = &timers_;
  parts.strand = strand_;
  parts.blocking = threads_.blocking();
  parts.segments = folder_.path() / "segments";
  site_ = std::make_unique<site::Site>(std::move(parts));
  std::promise<Status> ready;
  site_->start([&](Status status) { ready.set_value(std::move(status)); });
  require(ready.get_future().get().has_value(), "starting the site");

  auto api = api::ApiServer::start({site_.get(), socket_});
  require(api.has_value(), "starting the API");
  api_ = std::move(*api);
}

void BookingSite::stop() {
  api_->stop();
  store_->close();
  api_.reset();
}

double BookingSite::restart() {
  stop();
  // On its strand, where nothing of it can run any more.
  std::promise<void> gone;
  asio::post(strand_, [&] {
    site_.reset();
    gone.set_value();
  });
  gone.get_future().get();
  store_.reset();
  const auto begin = std::chrono::steady_clock::now();
  start();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string BookingSite::bench(int number) { return "sites/lab/benches/" + bench_id(number); }

}  // namespace benchd::benchmarks
