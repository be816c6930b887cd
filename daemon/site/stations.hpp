// What the site knows of its stations: what each has announced, whether it is connected, the
// latest status of its benches; and the way to order something of a bench.
//
// Confined to the site's strand; the calls of the link post to it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/station.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/station_port.hpp"

namespace benchd::site {

class EventIntake;
class LiveFanout;

// A bench as its station describes it, at this moment.
struct BenchView {
  std::shared_ptr<const model::Station> station;
  const model::Bench* bench = nullptr;  // in *station
  bool online = false;
  std::optional<link::v1::BenchStatus> status;  // the latest; absent when never heard of
  Nanoseconds utc_offset{};  // UTC less the rig PC's monotonic clock, as of the latest status
};

// Whether the station did what was ordered, with its reason if not.
[[nodiscard]] Status status_of(const link::v1::CommandResult& result);

class Stations final : public link::SiteLinkObserver {
 public:
  Stations();
  ~Stations() override;

  // Once, before the link listens: reads the stations that the store knows, so that benches are
  // known while their stations are away. `ready` comes on the strand.
  void start(SiteContext& context, std::function<void(Status)> ready);
  // Once the link listens. The link must outlive this, or be detached before it goes.
  void attach(link::SiteLink& link) { attach(std::make_unique<SiteLinkPort>(link)); }
  void attach(std::unique_ptr<StationPort> port);
  // Nothing is sent any more.
  void detach();

  [[nodiscard]] std::optional<BenchView> find_bench(const BenchId& bench) const;
  [[nodiscard]] std::vector<BenchView> benches() const;  // by id

  // Sends an order that the store has made a row of (create_command, create_run) and waits for
  // the answer, which is stored first. While the station is away: BENCH_OFFLINE now, and the row
  // is sent when it connects again. An answer may still say no: status_of().
  void order(const store::CommandRecord& command, Reply<link::v1::CommandResult> reply);
  // Sends an order that is worth nothing later (reading and writing channels, presence): no row.
  // Fills in the command id, the present fence of the bench and the config hash. An answer may
  // still say no: status_of().
  void ask(const BenchId& bench, link::v1::Command command, Reply<link::v1::CommandResult> reply);

  // Statuses of a bench, also "gone offline"; samples of a bench, which its station sends while
  // anybody is subscribed.
  [[nodiscard]] Subscription on_status(std::function<void(const BenchId&)> callback);
  [[nodiscard]] Subscription watch_samples(
      const BenchId& bench, std::function<void(const link::v1::LiveRequest&)> callback);
  // Answers to stored orders whose caller is gone, once they are stored.
  [[nodiscard]] Subscription on_late_answer(
      std::function<void(const store::CommandRecord&)> callback);

  // link::SiteLinkObserver; they post to the strand.
  void on_hello(const link::v1::Hello& hello,
                std::function<void(Result<link::v1::Welcome>)> done) override;
  void on_connected(const StationId& station) override;
  void on_event(const StationId& station,
                const std::string& journal_id,
                link::v1::Event event,
                std::function<void(Status)> done) override;
  void on_result(const StationId& station, link::v1::CommandResult result) override;
  void on_status(const StationId& station, link::v1::BenchStatus status) override;
  void on_live(link::v1::LiveRequest samples) override;
  void on_disconnected(const StationId& station) override;
  void on_segment_offered(const link::v1::SegmentHeader& header,
                          std::function<void(Status)> done) override;
  void on_segment_stored(const link::StoredSegment& segment,
                         std::function<void(Status)> done) override;

 private:
  struct Known;
  using KnownPtr = std::shared_ptr<Known>;
  using Welcomed = std::function<void(Result<link::v1::Welcome>)>;

  template <typename Action>
  void post(Action action);
  [[nodiscard]] Known* find(const StationId& station) const;
  [[nodiscard]] Known* station_of(const BenchId& bench) const;
  void remember(const store::StationRecord& record);
  void greet(const link::v1::Hello& hello, const Welcomed& done);
  void after_registered(const link::v1::Hello& hello,
                        model::Station station,
                        const store::StationRecord& record);
  void connected(const StationId& station);
  void mark(const StationId& station, bool connected);
  void send_pending(const StationId& station);
  void take_status(Known& known, link::v1::BenchStatus status);
  void tell_status(const Known& known);
  void settle(const StationId& station,
              link::v1::CommandResult result,
              Reply<store::CommandRecord> reply);

  SiteContext* context_ = nullptr;
  std::unique_ptr<StationPort> port_;
  std::map<StationId, KnownPtr> stations_;
  std::unique_ptr<EventIntake> events_;
  std::shared_ptr<LiveFanout> live_;
  std::vector<std::weak_ptr<std::function<void(const BenchId&)>>> status_watchers_;
  std::vector<std::weak_ptr<std::function<void(const store::CommandRecord&)>>> answer_watchers_;
};

}  // namespace benchd::site
