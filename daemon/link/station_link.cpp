#include "daemon/link/station_link.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <grpcpp/grpcpp.h>
#include <map>
#include <utility>

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include "benchd/link/v1/link.grpc.pb.h"

#include "daemon/base/log.hpp"
#include "daemon/link/client_stream.hpp"
#include "daemon/link/journal.hpp"
#include "daemon/link/live_writer.hpp"
#include "daemon/link/uploader.hpp"
#include "daemon/link/version.hpp"

namespace benchd::link {
namespace {

constexpr std::size_t kEventsInFlight = 256;
constexpr std::size_t kLongestControlQueue = 64;
constexpr auto kFirstRetry = std::chrono::milliseconds{50};
constexpr auto kLongestRetry = std::chrono::seconds{2};

std::shared_ptr<grpc::Channel> make_channel(const std::string& address) {
  grpc::ChannelArguments arguments;
  // The link decides itself when to dial again.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Despite its name: how long an attempt to connect may take, on a busy PC too.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Stations of one test process must not share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

// Everything but the journal and the uploader is confined to strand_.
class StationLink::Impl : public std::enable_shared_from_this<StationLink::Impl> {
 public:
  Impl(StationLinkParts parts, std::unique_ptr<Journal> journal)
      : parts_(std::move(parts)),
        strand_(asio::make_strand(parts_.io)),
        retry_(strand_),
        channel_(make_channel(parts_.site_address)),
        stub_(v1::LinkService::NewStub(channel_)),
        journal_(std::move(journal)),
        uploader_(std::make_unique<detail::Uploader>(parts_.recording_directory, channel_)) {}

  void start() {
    post([](Impl& self) { self.dial(); });
    uploader_->wake();
  }

  // Called once, from the owner's destructor.
  void stop() {
    journal_->close();
    uploader_->close();
    post([](Impl& self) {
      self.stopped_ = true;
      self.retry_.cancel();
      if (self.live_) std::exchange(self.live_, nullptr)->end();
      if (self.control_) std::exchange(self.control_, nullptr)->end();
      self.ended_.set_value();
    });
    ended_.get_future().wait();
    calls_->wait();
  }

  void append_event(v1::Event event, std::function<void(Status)> durable) {
    journal_->append(std::move(event),
                     [weak = weak_from_this(), durable = std::move(durable)](auto written) {
                       durable(written ? Status{} : Status{fail(written.error())});
                       if (const auto self = weak.lock()) {
                         self->post([](Impl& impl) { impl.push_events(); });
                       }
                     });
  }

  void send_status(v1::BenchStatus status) {
    post([status = std::move(status)](Impl& self) mutable {
      auto bench = status.bench();
      self.statuses_[std::move(bench)] = std::move(status);
      self.push_statuses();
    });
  }

  void send_live(v1::LiveRequest samples) {
    post([samples = std::move(samples)](Impl& self) mutable {
      if (!self.connected_) return;
      if (!self.live_ || self.live_->ended()) {
        self.live_ = std::make_shared<detail::LiveWriter>(self.strand_, self.calls_);
        self.live_->begin(*self.stub_);
      }
      self.live_->send(std::move(samples));
    });
  }

  void wake_uploader() { uploader_->wake(); }
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  using Control = detail::ClientBidi<v1::ControlRequest, v1::ControlResponse>;

  template <typename Action>
  void post(Action action) {
    asio::post(strand_, [self = shared_from_this(), action = std::move(action)]() mutable {
      if (!self->stopped_) action(*self);
    });
  }

  void dial() {
    const auto weak = weak_from_this();
    control_ = std::make_shared<Control>(
        strand_, calls_,
        [weak](v1::ControlResponse&& message) {
          if (const auto self = weak.lock()) self->on_message(std::move(message));
        },
        [weak] {
          if (const auto self = weak.lock()) self->push_statuses();
        },
        [weak](const std::string& why) {
          if (const auto self = weak.lock()) self->on_end(why);
        });
    stub_->async()->Control(&control_->context(), control_.get());
    control_->begin();
    v1::ControlRequest request;
    *request.mutable_hello() = parts_.hello();
    request.mutable_hello()->set_oldest_version(kOldestVersion);
    request.mutable_hello()->set_newest_version(kNewestVersion);
    request.mutable_hello()->set_journal_id(journal_->id());
    request.mutable_hello()->set_last_event(journal_->last_durable());
    control_->send(std::move(request));
  }

  void on_end(const std::string& why) {
    if (connected_.exchange(false)) log::warn("the site is lost: {}", why);
    control_ = nullptr;
    if (live_) std::exchange(live_, nullptr)->end();
    if (stopped_) return;
    retry_.expires_after(retry_after_);
    retry_after_ = std::min<std::chrono::milliseconds>(retry_after_ * 2, kLongestRetry);
    retry_.async_wait([weak = weak_from_this()](auto error) {
      const auto self = weak.lock();
      if (!error && self && !self->stopped_) self->dial();
    });
  }

  void on_message(v1::ControlResponse&& message) {
    switch (message.message_case()) {
      case v1::ControlResponse::kWelcome:
        return on_welcome(message.welcome());
      case v1::ControlResponse::kCommand:
        return on_command(std::move(*message.mutable_command()));
      case v1::ControlResponse::kEventAck:
        if (message.event_ack().journal_id() == journal_->id()) {
          acknowledged_ = std::max(acknowledged_, message.event_ack().number());
          journal_->acknowledge(acknowledged_);
          push_events();
        }
        return;
      case v1::ControlResponse::kWatch:
        return parts_.on_watch(message.watch().bench(), message.watch().on());
      case v1::ControlResponse::MESSAGE_NOT_SET:
        return;
    }
  }

  void on_welcome(const v1::Welcome& welcome) {
    log::info("connected to site={} protocol={}", welcome.site(), welcome.version());
    retry_after_ = kFirstRetry;
    acknowledged_ = welcome.acknowledged_event();
    sent_ = acknowledged_;
    journal_->acknowledge(acknowledged_);
    connected_ = true;
    push_events();
    push_statuses();
    uploader_->wake();
  }

  void on_command(v1::Command command) {
    parts_.on_command(std::move(command), [weak = weak_from_this(),
                                           origin = std::weak_ptr<Control>(control_)](auto result) {
      const auto self = weak.lock();
      if (!self) return;
      self->post([origin, result = std::move(result)](Impl& impl) mutable {
        // A command whose connection is gone is sent again by the site and answered then.
        const auto control = origin.lock();
        if (!control || control != impl.control_) return;
        v1::ControlRequest request;
        *request.mutable_result() = std::move(result);
        control->send(std::move(request));
      });
    });
  }

  void push_events() {
    if (!connected_) return;
    const auto in_flight =
        static_cast<std::size_t>(std::max<std::int64_t>(sent_ - acknowledged_, 0));
    if (in_flight >= kEventsInFlight) return;
    for (auto& event : journal_->events_after(sent_, kEventsInFlight - in_flight)) {
      sent_ = event.number();
      v1::ControlRequest request;
      *request.mutable_event() = std::move(event);
      control_->send(std::move(request));
    }
  }

  void push_statuses() {
    if (!connected_ || control_->waiting() >= kLongestControlQueue) return;
    for (auto& [bench, status] : std::exchange(statuses_, {})) {
      v1::ControlRequest request;
      *request.mutable_status() = std::move(status);
      control_->send(std::move(request));
    }
  }

  StationLinkParts parts_;
  asio::any_io_executor strand_;
  asio::steady_timer retry_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::LinkService::Stub> stub_;
  std::shared_ptr<OpenCalls> calls_ = std::make_shared<OpenCalls>();
  std::promise<void> ended_;  // by stop; no call begins any more
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<detail::Uploader> uploader_;
  std::shared_ptr<Control> control_;
  std::shared_ptr<detail::LiveWriter> live_;
  std::map<std::string, v1::BenchStatus> statuses_;
  std::int64_t acknowledged_ = 0;
  std::int64_t sent_ = 0;
  std::chrono::milliseconds retry_after_ = kFirstRetry;
  std::atomic<bool> connected_ = false;
  bool stopped_ = false;
};

Result<std::unique_ptr<StationLink>> StationLink::open(StationLinkParts parts) {
  auto journal = Journal::open(parts.state_directory);
  if (!journal) return fail(journal.error());
  return std::unique_ptr<StationLink>(
      new StationLink(std::make_shared<Impl>(std::move(parts), std::move(*journal))));
}

StationLink::StationLink(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
StationLink::~StationLink() { impl_->stop(); }

void StationLink::start() { impl_->start(); }
void StationLink::append_event(v1::Event event, std::function<void(Status)> durable) {
  impl_->append_event(std::move(event), std::move(durable));
}
void StationLink::send_status(v1::BenchStatus status) { impl_->send_status(std::move(status)); }
void StationLink::send_live(v1::LiveRequest samples) { impl_->send_live(std::move(samples)); }
void StationLink::segment_sealed() { impl_->wake_uploader(); }
bool StationLink::connected() const { return impl_->connected(); }

}  // namespace benchd::link
