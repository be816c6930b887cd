// What the site knows of its stations: what each has announced, whether it is connected, the
// latest status of its benches; and the way to order something of a bench.
//
// Confined to the site's strand.
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
#include "daemon/link/site_link.hpp"
#include "daemon/model/station.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

// A bench as its station describes it, at this moment.
struct BenchView {
  std::shared_ptr<const model::Station> station;
  const model::Bench* bench = nullptr;  // in *station
  bool online = false;
  std::optional<link::v1::BenchStatus> status;  // the latest; absent when never heard of
  Nanoseconds utc_offset{};  // UTC less the rig PC's monotonic clock, as of the latest status
};

class Stations final : public link::SiteLinkObserver {
 public:
  Stations() = default;

  // Once, before the link listens: reads the stations that the store knows, so that benches are
  // known while their stations are away. `ready` comes on the strand.
  void start(SiteContext& context, std::function<void(Status)> ready);
  // Once the link listens.
  void attach(link::SiteLink& link);

  [[nodiscard]] std::optional<BenchView> find_bench(const BenchId& bench) const;
  [[nodiscard]] std::vector<BenchView> benches() const;  // by id

  // Sends an order that the store has made a row of (create_command, create_run) and waits for
  // the answer, which is stored first. While the station is away: BENCH_OFFLINE now, and the row
  // is sent when it connects again.
  void order(const store::CommandRecord& command, Reply<link::v1::CommandResult> reply);
  // Sends an order that is worth nothing later (reading and writing channels, presence): no row.
  // Fills in the command id, the present fence of the bench and the config hash.
  void ask(const BenchId& bench, link::v1::Command command, Reply<link::v1::CommandResult> reply);

  // Statuses of a bench, also "gone offline"; samples of a bench, which its station sends while
  // anybody is subscribed.
  [[nodiscard]] Subscription on_status(std::function<void(const BenchId&)> callback);
  [[nodiscard]] Subscription watch_samples(
      const BenchId& bench, std::function<void(const link::v1::LiveRequest&)> callback);

  // link::SiteLinkObserver; they post to the strand.
  void on_hello(const link::v1::Hello& hello,
                std::function<void(Result<link::v1::Welcome>)> done) override;
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
  SiteContext* context_ = nullptr;
  link::SiteLink* link_ = nullptr;
  std::map<StationId, std::shared_ptr<Known>> stations_;
};

}  // namespace benchd::site
