#include "daemon/link/site_link.hpp"

#include <atomic>
#include <grpcpp/grpcpp.h>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

#include "benchd/link/v1/link.grpc.pb.h"

#include "daemon/base/log.hpp"
#include "daemon/link/site_service.hpp"

namespace benchd::link {
namespace {

// Samples of one station, for those who watch; dies with the call. What the site does not keep up
// with is dropped: it is recorded at the station in any case.
class LiveCall final : public grpc::ServerReadReactor<v1::LiveRequest> {
 public:
  using OnSamples = std::function<void(v1::LiveRequest)>;
  // `on_samples` is called on `strand`.
  LiveCall(asio::any_io_executor strand, OnSamples on_samples)
      : strand_(std::move(strand)),
        on_samples_(std::make_shared<const OnSamples>(std::move(on_samples))) {
    StartRead(&incoming_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    take();
    incoming_.Clear();
    StartRead(&incoming_);
  }
  void OnDone() override { delete this; }

 private:
  static constexpr int kMostWaiting = 64;

  void take() {
    if (*waiting_ >= kMostWaiting) {
      dropped_ = true;
      return;
    }
    if (std::exchange(dropped_, false)) incoming_.set_gap(true);
    ++*waiting_;
    asio::post(strand_, [on_samples = on_samples_, waiting = waiting_,
                         samples = std::move(incoming_)]() mutable {
      --*waiting;
      (*on_samples)(std::move(samples));
    });
  }

  asio::any_io_executor strand_;
  std::shared_ptr<const OnSamples> on_samples_;
  std::shared_ptr<std::atomic<int>> waiting_ = std::make_shared<std::atomic<int>>(0);
  bool dropped_ = false;
  v1::LiveRequest incoming_;
};

}  // namespace

class SiteLink::Impl final : public detail::StationConnection::Owner,
                             public v1::LinkService::CallbackService,
                             public std::enable_shared_from_this<SiteLink::Impl> {
 public:
  explicit Impl(SiteLinkParts parts)
      : parts_(std::move(parts)), strand_(asio::make_strand(parts_.io)) {}

  Status listen() {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(16 << 20);
    // For samples and segments; with gRPC's own values a byte costs six times the processor time.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 4 << 20);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 1 << 20);
    builder.AddChannelArgument(GRPC_ARG_TCP_READ_CHUNK_SIZE, 256 << 10);
    int bound = 0;
    builder.AddListeningPort(parts_.address, grpc::InsecureServerCredentials(), &bound);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    if (server_ && bound != 0) return {};
    return fail(Reason::Unavailable,
                "cannot listen for stations on " + parts_.address +
                    "; is another benchd site running, and does its folder exist?");
  }

  void stop() {
    std::map<StationId, std::shared_ptr<detail::StationConnection>> connections;
    std::vector<std::weak_ptr<detail::UploadCall>> uploads;
    {
      const std::lock_guard lock(mutex_);
      connections = connections_;
      uploads = uploads_;
    }
    for (const auto& [station, connection] : connections) connection->end("the site stops");
    for (const auto& weak : uploads) {
      if (const auto upload = weak.lock()) upload->end("the site stops");
    }
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    disk_.join();
  }

  bool send(const StationId& station, const v1::Command& command) {
    const auto connection = find(station);
    if (!connection) return false;
    v1::ControlResponse response;
    *response.mutable_command() = command;
    connection->send(std::move(response));
    return true;
  }

  void call(const StationId& station,
            v1::Command command,
            std::function<void(Result<v1::CommandResult>)> done) {
    const auto id = command.command_id();
    {
      const std::lock_guard lock(mutex_);
      calls_[id] = {station, std::move(done)};
    }
    if (!send(station, command)) answer(id, offline(station));
  }

  void watch(const StationId& station, const BenchId& bench, bool on) {
    const auto connection = find(station);
    if (!connection) return;
    v1::ControlResponse response;
    response.mutable_watch()->set_bench(bench.text());
    response.mutable_watch()->set_on(on);
    connection->send(std::move(response));
  }

  [[nodiscard]] bool connected(const StationId& station) const { return find(station) != nullptr; }

  // StationConnection::Owner, on the connection's strand.
  void on_connected(const StationId& station,
                    const std::shared_ptr<detail::StationConnection>& connection) override {
    std::shared_ptr<detail::StationConnection> older;
    {
      const std::lock_guard lock(mutex_);
      older = std::exchange(connections_[station], connection);
    }
    if (older && older != connection) older->end("the station has connected anew");
    log::info("station={} connected", station.text());
    parts_.observer->on_connected(station);
  }

  void on_result(const StationId& station, v1::CommandResult result) override {
    const auto id = result.command_id();
    if (!answer(id, result)) parts_.observer->on_result(station, std::move(result));
  }

  void on_ended(const StationId& station, const detail::StationConnection& connection) override {
    std::vector<std::string> lost;
    {
      const std::lock_guard lock(mutex_);
      const auto found = connections_.find(station);
      if (found == connections_.end() || found->second.get() != &connection) return;
      connections_.erase(found);
      for (const auto& [id, call] : calls_) {
        if (call.station == station) lost.push_back(id);
      }
    }
    for (const auto& id : lost) answer(id, offline(station));
    log::info("station={} disconnected", station.text());
    parts_.observer->on_disconnected(station);
  }

  [[nodiscard]] SiteLinkObserver& observer() override { return *parts_.observer; }

  // v1::LinkService, on gRPC's threads.
  grpc::ServerBidiReactor<v1::ControlRequest, v1::ControlResponse>* Control(
      grpc::CallbackServerContext* /*context*/) override {
    return std::make_shared<detail::StationConnection>(shared_from_this(),
                                                       asio::make_strand(parts_.io))
        ->begin();
  }

  grpc::ServerReadReactor<v1::LiveRequest>* Live(grpc::CallbackServerContext* /*context*/,
                                                 v1::LiveResponse* /*response*/) override {
    return new LiveCall(strand_, [self = shared_from_this()](v1::LiveRequest samples) {
      self->parts_.observer->on_live(std::move(samples));
    });
  }

  grpc::ServerBidiReactor<v1::UploadRequest, v1::UploadResponse>* Upload(
      grpc::CallbackServerContext* /*context*/) override {
    auto upload = std::make_shared<detail::UploadCall>(*parts_.observer, parts_.segment_directory,
                                                       asio::make_strand(disk_));
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(uploads_, [](const auto& weak) { return weak.expired(); });
      uploads_.push_back(upload);
    }
    return upload->begin();
  }

 private:
  struct Call {
    StationId station;
    std::function<void(Result<v1::CommandResult>)> done;
  };

  static Result<v1::CommandResult> offline(const StationId& station) {
    return fail(Reason::BenchOffline,
                "the station of this bench is not connected; try again in a moment",
                {{"station", station.text()}});
  }

  // False when nobody waits for it any more.
  bool answer(const std::string& command_id, Result<v1::CommandResult> result) {
    Call call;
    {
      const std::lock_guard lock(mutex_);
      auto node = calls_.extract(command_id);
      if (node.empty()) return false;
      call = std::move(node.mapped());
    }
    asio::post(strand_, [done = std::move(call.done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
    return true;
  }

  [[nodiscard]] std::shared_ptr<detail::StationConnection> find(const StationId& station) const {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(station);
    return found == connections_.end() ? nullptr : found->second;
  }

  SiteLinkParts parts_;
  asio::any_io_executor strand_;
  asio::thread_pool disk_{1};
  std::unique_ptr<grpc::Server> server_;

  mutable std::mutex mutex_;  // a leaf; guards what follows
  std::map<StationId, std::shared_ptr<detail::StationConnection>> connections_;
  std::map<std::string, Call> calls_;
  std::vector<std::weak_ptr<detail::UploadCall>> uploads_;
};

Result<std::unique_ptr<SiteLink>> SiteLink::listen(SiteLinkParts parts) {
  auto impl = std::make_shared<Impl>(std::move(parts));
  if (auto listening = impl->listen(); !listening) return fail(listening.error());
  return std::unique_ptr<SiteLink>(new SiteLink(std::move(impl)));
}

SiteLink::SiteLink(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
SiteLink::~SiteLink() { impl_->stop(); }

bool SiteLink::send(const StationId& station, const v1::Command& command) {
  return impl_->send(station, command);
}
void SiteLink::call(const StationId& station,
                    v1::Command command,
                    std::function<void(Result<v1::CommandResult>)> done) {
  impl_->call(station, std::move(command), std::move(done));
}
void SiteLink::watch(const StationId& station, const BenchId& bench, bool on) {
  impl_->watch(station, bench, on);
}
bool SiteLink::connected(const StationId& station) const { return impl_->connected(station); }

}  // namespace benchd::link
