// WatchBenches: the benches now, then each that looks different to this caller.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "daemon/site/authorize.hpp"
#include "daemon/site/bench_reader.hpp"
#include "daemon/site/benches.hpp"
#include "daemon/site/names.hpp"

namespace benchd::site {

using access::Operation;

namespace {

using BenchStream = StreamPtr<v1::WatchBenchesResponse>;

// A change is told after this time, together with others that come meanwhile.
constexpr auto kGather = std::chrono::milliseconds{100};
// Each message is about whole benches, so that going on is beginning again: a cursor holds nothing.
constexpr const char* kCursor = "benches-1";

class BenchWatch : public std::enable_shared_from_this<BenchWatch> {
 public:
  BenchWatch(SiteContext& context,
             access::Caller caller,
             std::vector<BenchId> only,
             BenchStream stream)
      : context_(context),
        caller_(std::move(caller)),
        only_(std::move(only)),
        stream_(std::move(stream)) {}

  void begin() {
    const auto weak = weak_from_this();
    changes_ = context_.changes.subscribe([weak](const store::Change& change) {
      if (const auto self = weak.lock()) self->on_change(change);
    });
    statuses_ = context_.stations.on_status([weak](const BenchId& bench) {
      if (const auto self = weak.lock()) self->touch(bench);
    });
    const auto strand = context_.strand;
    // The stream keeps the watch alive until it is closed.
    stream_->on_closed(
        [strand, self = shared_from_this()] { asio::post(strand, [self] { self->close(); }); });
    stream_->on_drained([strand, weak] {
      asio::post(strand, [weak] {
        if (const auto self = weak.lock()) self->flush();
      });
    });
    touch_all();
    flush();
  }

 private:
  void close() {
    changes_.reset();
    statuses_.reset();
    timer_.cancel();
    stream_.reset();
  }

  [[nodiscard]] bool is_watched(const BenchId& bench) const {
    return only_.empty() || std::ranges::find(only_, bench) != only_.end();
  }

  // A booking or an outage may concern any bench; what looks the same is not sent.
  void on_change(const store::Change& change) {
    switch (change.kind) {
      case store::ChangeKind::Bench:
        return touch(BenchId{change.id});
      case store::ChangeKind::Booking:
      case store::ChangeKind::Outage:
      case store::ChangeKind::Station:
        touch_all();
        return flush_soon();
      default:
        return;
    }
  }

  void touch(const BenchId& bench) {
    if (!is_watched(bench)) return;
    touched_.insert(bench);
    flush_soon();
  }

  void touch_all() {
    for (const auto& view : context_.stations.benches()) {
      if (is_watched(view.bench->id)) touched_.insert(view.bench->id);
    }
    for (const auto& [bench, sent] : sent_) touched_.insert(bench);
  }

  void flush_soon() {
    if (timer_.active() || !stream_) return;
    timer_ =
        context_.timers.at(context_.clock.monotonic_now() + kGather, [weak = weak_from_this()] {
          const auto self = weak.lock();
          if (!self) return;
          self->timer_.cancel();
          self->flush();
        });
  }

  void flush() {
    if (reading_ || !stream_ || (touched_.empty() && complete_) || stream_->waiting() > 0) return;
    reading_ = true;
    std::vector<BenchView> views;
    for (const auto& bench : touched_) {
      if (auto view = context_.stations.find_bench(bench)) views.push_back(std::move(*view));
    }
    read_benches(context_, caller_, std::move(views),
                 [self = shared_from_this(),
                  asked = std::exchange(touched_, {})](Result<std::vector<SeenBench>> seen) {
                   self->reading_ = false;
                   if (!self->stream_) return;
                   if (!seen) return self->stream_->end(fail(std::move(seen.error())));
                   self->send(asked, *seen);
                 });
  }

  void send(const std::set<BenchId>& asked, std::vector<SeenBench>& seen) {
    v1::WatchBenchesResponse response;
    std::set<BenchId> found;
    for (auto& each : seen) {
      const auto bench = *parse_bench(each.bench.name(), context_.config.id);
      found.insert(bench);
      put_if_new(bench, each, response);
    }
    for (const auto& bench : asked) {
      if (found.contains(bench) || sent_.erase(bench) == 0) continue;
      response.add_removed_benches(bench_name(context_.config.id, bench));
    }
    const bool first = !std::exchange(complete_, true);
    if (response.ByteSizeLong() == 0 && !first) return;
    response.set_snapshot_complete(first);
    response.set_cursor(kCursor);
    if (!stream_->send(std::move(response))) {
      stream_->end(fail(Reason::Unavailable, "The stream does not take any more."));
    }
  }

  void put_if_new(const BenchId& bench, SeenBench& seen, v1::WatchBenchesResponse& response) {
    auto& sent = sent_[bench];
    auto text = seen.bench.SerializeAsString();
    if (sent.bench != text) {
      sent.bench = std::move(text);
      *response.add_benches() = std::move(seen.bench);
    }
    auto status = seen.status ? std::optional{seen.status->SerializeAsString()} : std::nullopt;
    if (sent.status == status) return;
    if (seen.status) {
      *response.add_statuses() = std::move(*seen.status);
    } else {
      response.add_removed_statuses(bench_name(context_.config.id, bench));
    }
    sent.status = std::move(status);
  }

  struct Sent {
    std::string bench;
    std::optional<std::string> status;
  };

  SiteContext& context_;
  const access::Caller caller_;
  const std::vector<BenchId> only_;
  BenchStream stream_;
  Subscription changes_;
  Subscription statuses_;
  TimerHandle timer_;
  std::set<BenchId> touched_;
  std::map<BenchId, Sent> sent_;
  bool reading_ = false;
  bool complete_ = false;
};

}  // namespace

void Benches::watch_benches(const access::Caller& caller,
                            const v1::WatchBenchesRequest& request,
                            StreamPtr<v1::WatchBenchesResponse> stream) {
  auto may = authorize(context_, caller, Operation::WatchBenches, std::nullopt, request.parent());
  if (!may) return stream->end(fail(may.error()));
  if (auto site = parse_site(request.parent(), context_.config.id); !site) {
    return stream->end(fail(site.error()));
  }
  if (!request.cursor().empty() && request.cursor() != kCursor) {
    return stream->end(fail(Reason::InvalidArgument, "cursor: is no cursor of this stream"));
  }
  std::vector<BenchId> only;
  for (const auto& name : request.benches()) {
    auto bench = parse_bench(name, context_.config.id);
    if (!bench || !context_.stations.find_bench(*bench)) {
      return stream->end(fail(unknown_bench(name)));
    }
    only.push_back(std::move(*bench));
  }
  std::make_shared<BenchWatch>(context_, caller, std::move(only), std::move(stream))->begin();
}

}  // namespace benchd::site
