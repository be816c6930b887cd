#include "daemon/site/stations.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/config/files.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/event_intake.hpp"
#include "daemon/site/live_fanout.hpp"

namespace benchd::site {

struct Stations::Known {
  std::shared_ptr<const model::Station> config;
  bool online = false;
  std::map<BenchId, link::v1::BenchStatus> statuses;
  Nanoseconds utc_offset{};
};

namespace {

// Addresses of devices are the rig PC's business: whatever its environment says, it is not known
// here.
std::optional<std::string> any_value(const std::string& name) { return "${" + name + "}"; }

Result<model::Station> read_config(std::string_view text, const std::string& station) {
  config::Diagnostics mistakes;
  auto loaded = config::read_station(text, station + ".yaml", any_value, mistakes);
  if (!loaded) return fail(config::to_error(station + ".yaml", mistakes));
  return std::move(loaded->value);
}

Result<model::Station> read_config(const link::v1::Hello& hello) {
  auto station = read_config(hello.config_source(), hello.station());
  if (!station) return fail(station.error());
  if (station->id.text() != hello.station() || station->config_hash != hello.config_hash()) {
    return fail(Reason::ConfigInvalid,
                "the station's announcement does not fit its station file; install the same benchd "
                "on both ends",
                {{"station", hello.station()}});
  }
  return station;
}

Error offline() {
  return {Reason::BenchOffline, "The station of this bench is not connected.", {}, {}};
}

template <typename T, typename Value>
void tell(std::vector<std::weak_ptr<std::function<T>>>& watchers, const Value& value) {
  std::erase_if(watchers, [](const auto& weak) { return weak.expired(); });
  const auto now = watchers;  // a callback may subscribe
  for (const auto& weak : now) {
    if (const auto watcher = weak.lock()) (*watcher)(value);
  }
}

}  // namespace

Status status_of(const link::v1::CommandResult& result) {
  if (result.reason().empty()) return {};
  Error error{find_reason(result.reason()).value_or(Reason::Internal), result.message(), {}, {}};
  for (const auto& value : result.error_values()) error.context[value.key()] = value.value();
  return fail(std::move(error));
}

Stations::Stations() = default;
Stations::~Stations() = default;

template <typename Action>
void Stations::post(Action action) {
  asio::post(context_->strand, std::move(action));
}

Stations::Known* Stations::find(const StationId& station) const {
  const auto found = stations_.find(station);
  return found == stations_.end() ? nullptr : found->second.get();
}

Stations::Known* Stations::station_of(const BenchId& bench) const {
  const auto found = std::ranges::find_if(stations_, [&](const auto& entry) {
    return entry.second->config->find_bench(bench) != nullptr;
  });
  return found == stations_.end() ? nullptr : found->second.get();
}

void Stations::start(SiteContext& context, std::function<void(Status)> ready) {
  context_ = &context;
  events_ = std::make_unique<EventIntake>(context);
  live_ = std::make_shared<LiveFanout>([this](const BenchId& bench, bool on) {
    const auto* known = station_of(bench);
    if (port_ && known != nullptr && known->online) port_->watch(known->config->id, bench, on);
  });
  context.store.list_stations(context.posted(
      [this, ready = std::move(ready)](const Result<std::vector<store::StationRecord>>& records) {
        if (!records) return ready(fail(records.error()));
        for (const auto& record : *records) {
          remember(record);
          mark(record.id, false);  // until it is connected
        }
        ready({});
      }));
}

void Stations::remember(const store::StationRecord& record) {
  auto config = read_config(record.config_source, record.id.text());
  if (!config) {
    // It was right for the benchd that stored it; the station will announce itself again.
    log::warn("station={} reason={} its stored file is not understood any more", record.id.text(),
              wire_name(config.error().reason));
    return;
  }
  auto known = std::make_shared<Known>();
  known->config = std::make_shared<const model::Station>(std::move(*config));
  stations_[record.id] = std::move(known);
}

void Stations::attach(std::unique_ptr<StationPort> port) {
  port_ = std::move(port);
  for (const auto& [station, known] : stations_) {
    if (port_->connected(station)) connected(station);
  }
}

void Stations::detach() { port_.reset(); }

std::optional<BenchView> Stations::find_bench(const BenchId& bench) const {
  const auto* known = station_of(bench);
  if (known == nullptr) return std::nullopt;
  BenchView view{.station = known->config,
                 .bench = known->config->find_bench(bench),
                 .online = known->online,
                 .utc_offset = known->utc_offset};
  const auto status = known->statuses.find(bench);
  if (status != known->statuses.end()) view.status = status->second;
  return view;
}

std::vector<BenchView> Stations::benches() const {
  std::vector<BenchView> views;
  for (const auto& [id, known] : stations_) {
    for (const auto& bench : known->config->benches) {
      if (auto view = find_bench(bench.id)) views.push_back(std::move(*view));
    }
  }
  std::ranges::sort(views, {}, [](const BenchView& view) { return view.bench->id; });
  return views;
}

void Stations::on_hello(const link::v1::Hello& hello, Welcomed done) {
  post([this, hello, done = std::move(done)] { greet(hello, done); });
}

void Stations::greet(const link::v1::Hello& hello, const Welcomed& done) {
  auto config = read_config(hello);
  if (!config) return done(fail(std::move(config.error())));
  store::RegisterStation command{.call = site_call(*context_, access::Operation::SpeakForStation),
                                 .station = *config,
                                 .journal_id = hello.journal_id()};
  for (const auto& each : hello.fences()) {
    command.fences.emplace_back(BenchId{each.bench()}, each.fence());
  }
  context_->store.register_station(
      std::move(command), context_->posted([this, hello, config = std::move(*config), done](
                                               const Result<store::StationRecord>& record) mutable {
        if (!record) return done(fail(record.error()));
        after_registered(hello, std::move(config), *record);
        link::v1::Welcome welcome;
        welcome.set_acknowledged_event(record->acknowledged_event);
        welcome.set_site(context_->config.id.text());
        done(std::move(welcome));
      }));
}

void Stations::after_registered(const link::v1::Hello& hello,
                                model::Station station,
                                const store::StationRecord& record) {
  events_->begin(record.id, hello.journal_id());
  auto& known = stations_[record.id];
  if (!known) known = std::make_shared<Known>();
  known->config = std::make_shared<const model::Station>(std::move(station));
  known->online = false;
  known->statuses.clear();
  for (const auto& status : hello.statuses()) take_status(*known, status);
}

void Stations::on_connected(const StationId& station) {
  post([this, station] {
    if (port_) connected(station);
  });
}

void Stations::connected(const StationId& station) {
  auto* known = find(station);
  if (known == nullptr) return;
  known->online = true;
  mark(station, true);
  for (const auto& bench : known->config->benches) {
    if (live_->watched(bench.id)) port_->watch(station, bench.id, true);
  }
  tell_status(*known);
  send_pending(station);
}

// With the same command ids: what the station has done before it answers from its memory.
void Stations::send_pending(const StationId& station) {
  context_->store.list_pending_commands(
      {station},
      context_->posted([this, station](const Result<std::vector<store::CommandRecord>>& pending) {
        if (!pending) {
          return log::error("station={} its orders cannot be read: {}", station.text(),
                            pending.error().to_string());
        }
        for (const auto& row : *pending) {
          if (row.command.has_arm()) {
            // Nobody waits for it any more: a bench never arms by itself.
            link::v1::CommandResult result;
            result.set_command_id(row.command.command_id());
            result.set_reason(std::string{wire_name(Reason::CommandExpired)});
            settle(station, std::move(result), [](const Result<store::CommandRecord>&) {});
          } else if (port_) {
            port_->send(station, row.command);
          }
        }
      }));
}

void Stations::on_event(const StationId& station,
                        const std::string& journal_id,
                        link::v1::Event event,
                        std::function<void(Status)> done) {
  post([this, station, journal_id, event = std::move(event), done = std::move(done)]() mutable {
    events_->add(station, journal_id, std::move(event), std::move(done));
  });
}

void Stations::on_result(const StationId& station, link::v1::CommandResult result) {
  post([this, station, result = std::move(result)]() mutable {
    settle(station, std::move(result), [this](const Result<store::CommandRecord>& record) {
      if (record) tell(answer_watchers_, *record);
    });
  });
}

void Stations::settle(const StationId& station,
                      link::v1::CommandResult result,
                      Reply<store::CommandRecord> reply) {
  context_->store.answer_command({station, std::move(result), context_->clock.utc_now()},
                                 context_->posted(std::move(reply)));
}

void Stations::on_status(const StationId& station, link::v1::BenchStatus status) {
  post([this, station, status = std::move(status)]() mutable {
    auto* known = find(station);
    if (known == nullptr || known->config->find_bench(BenchId{status.bench()}) == nullptr) return;
    const BenchId bench{status.bench()};
    take_status(*known, std::move(status));
    tell(status_watchers_, bench);
  });
}

void Stations::take_status(Known& known, link::v1::BenchStatus status) {
  std::int64_t newest = 0;
  for (const auto& reading : status.readings()) {
    newest = std::max(newest, reading.monotonic_ns());
  }
  if (newest > 0) {
    known.utc_offset = context_->clock.utc_now().time_since_epoch() - Nanoseconds{newest};
  }
  known.statuses[BenchId{status.bench()}] = std::move(status);
}

void Stations::tell_status(const Known& known) {
  const auto config = known.config;
  for (const auto& bench : config->benches) tell(status_watchers_, bench.id);
}

void Stations::on_live(link::v1::LiveRequest samples) {
  post([this, samples = std::move(samples)] { live_->publish(samples); });
}

void Stations::on_disconnected(const StationId& station) {
  post([this, station] {
    auto* known = find(station);
    // A newer connection may have come already.
    if (known == nullptr || (port_ && port_->connected(station))) return;
    known->online = false;
    mark(station, false);
    tell_status(*known);
  });
}

// The grace of who has its benches stops while it is away, and the ledger counts it.
void Stations::mark(const StationId& station, bool connected) {
  context_->store.mark_station(
      {station, connected, context_->clock.utc_now()}, [station](const Status& marked) {
        if (marked) return;
        log::error("station={} whether it is connected cannot be stored: {}", station.text(),
                   marked.error().to_string());
      });
}

void Stations::order(const store::CommandRecord& command, Reply<link::v1::CommandResult> reply) {
  if (command.result) {
    return post([result = *command.result, reply = std::move(reply)] { reply(result); });
  }
  const auto* known = find(command.station);
  if (!port_ || known == nullptr || !known->online) {
    return post([reply = std::move(reply)] { reply(fail(offline())); });
  }
  port_->call(command.station, command.command,
              context_->posted([this, station = command.station,
                                reply = std::move(reply)](Result<link::v1::CommandResult> result) {
                if (!result) return reply(fail(std::move(result.error())));
                settle(station, std::move(*result),
                       [reply](const Result<store::CommandRecord>& record) {
                         if (!record) return reply(fail(record.error()));
                         reply(*record->result);
                       });
              }));
}

void Stations::ask(const BenchId& bench,
                   link::v1::Command command,
                   Reply<link::v1::CommandResult> reply) {
  context_->store.get_bench(
      bench, context_->posted([this, command = std::move(command), reply = std::move(reply)](
                                  const Result<store::BenchRecord>& record) mutable {
        if (!record) return reply(fail(record.error()));
        const auto* known = find(record->station);
        if (!port_ || known == nullptr || !known->online) return reply(fail(offline()));
        command.set_bench(record->id.text());
        command.set_command_id(new_random_id("q-"));
        command.set_fence(record->fence);
        command.set_config_hash(known->config->config_hash);
        port_->call(record->station, std::move(command), context_->posted(std::move(reply)));
      }));
}

Subscription Stations::on_status(std::function<void(const BenchId&)> callback) {
  auto entry = std::make_shared<std::function<void(const BenchId&)>>(std::move(callback));
  status_watchers_.push_back(entry);
  return entry;
}

Subscription Stations::watch_samples(const BenchId& bench,
                                     std::function<void(const link::v1::LiveRequest&)> callback) {
  return live_->subscribe(bench, std::move(callback));
}

Subscription Stations::on_late_answer(std::function<void(const store::CommandRecord&)> callback) {
  auto entry =
      std::make_shared<std::function<void(const store::CommandRecord&)>>(std::move(callback));
  answer_watchers_.push_back(entry);
  return entry;
}

void Stations::on_segment_offered(const link::v1::SegmentHeader& header,
                                  std::function<void(Status)> done) {
  post([this, header, done = std::move(done)] {
    if (header.index() < 0 || header.tenant().empty()) {
      return done(fail(Reason::InvalidArgument, "That is no segment of a run."));
    }
    context_->store.get_run({TenantId{header.tenant()}, RunId{header.run()}},
                            [done](const Result<store::RunRecord>& run) {
                              if (!run) return done(fail(run.error()));
                              done({});
                            });
  });
}

void Stations::on_segment_stored(const link::StoredSegment& segment,
                                 std::function<void(Status)> done) {
  const auto& header = segment.header;
  context_->store.register_segment(
      {.segment = {.run = RunId{header.run()},
                   .tenant = TenantId{header.tenant()},
                   .index = header.index(),
                   .size = static_cast<std::uint64_t>(header.size()),
                   .sha256 = header.sha256(),
                   .path = segment.path.lexically_relative(context_->segments).string()},
       .now = context_->clock.utc_now()},
      std::move(done));
}

}  // namespace benchd::site
