#include "daemon/notify/dispatcher.hpp"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/notify/backoff.hpp"

namespace benchd::notify {

namespace {

// The wall clock may be set at any time: nobody sleeps longer by the monotonic one.
constexpr Nanoseconds kLongestSleep = std::chrono::seconds{30};
constexpr Nanoseconds kRetry = std::chrono::seconds{5};

}  // namespace

class Dispatcher::Core : public std::enable_shared_from_this<Core> {
 private:
  // The handler, called on the strand unless this has been stopped.
  template <typename Handler>
  auto on_strand(Handler handler) {
    return [self = shared_from_this(), handler](auto result) {
      asio::post(self->parts_.strand, [self, handler, result = std::move(result)]() mutable {
        if (!self->stopped_) handler(*self, std::move(result));
      });
    };
  }

 public:
  explicit Core(DispatcherParts parts) : parts_(std::move(parts)) {}

  void stop() {
    if (stopped_.exchange(true)) return;
    timer_.cancel();
  }

  void wake() {
    if (stopped_) return;
    if (std::exchange(busy_, true)) {
      again_ = true;
      return;
    }
    timer_.cancel();
    parts_.store.list_due_notifications(
        {.now = parts_.clock.utc_now()},
        on_strand([](Core& self, Result<std::vector<store::DueNotification>> due) {
          if (!due) return self.sleep(kRetry);
          self.due_ = std::move(*due);
          std::ranges::reverse(self.due_);
          self.deliver_next();
        }));
  }

 private:
  void deliver_next() {
    if (due_.empty()) return look_ahead();
    auto notification = std::move(due_.back());
    due_.pop_back();
    auto done = on_strand([notification](Core& self, const Status& delivered) {
      self.finish(notification.record, delivered);
    });
    asio::post(parts_.blocking,
               [messenger = parts_.messenger, notification = std::move(notification),
                done = std::move(done)] { done(messenger->deliver(notification)); });
  }

  void finish(const store::NotificationRecord& record, const Status& delivered) {
    store::FinishNotification command{
        .id = record.id, .channel = record.channel, .now = parts_.clock.utc_now()};
    if (!delivered) {
      command.failure = delivered.error().message;
      command.next_attempt = command.now + delay_after(record.attempts + 1);
    }
    parts_.store.finish_notification(std::move(command),
                                     on_strand([](Core& self, const Status& stored) {
                                       // Otherwise it would be sent again and again.
                                       if (!stored) return self.sleep(kRetry);
                                       self.deliver_next();
                                     }));
  }

  void look_ahead() {
    parts_.store.next_notification(
        {.now = parts_.clock.utc_now()},
        on_strand([](Core& self, const Result<std::optional<UtcTime>>& next) {
          if (!next) return self.sleep(kRetry);
          if (!*next) return self.rest();
          const Nanoseconds left = **next - self.parts_.clock.utc_now();
          if (left > Nanoseconds{}) return self.sleep(std::min(left, kLongestSleep));
          self.busy_ = false;  // it has become due meanwhile
          self.wake();
        }));
  }

  void rest() {
    busy_ = false;
    if (std::exchange(again_, false)) wake();
  }

  void sleep(Nanoseconds time) {
    due_.clear();
    busy_ = false;
    if (std::exchange(again_, false)) return wake();
    timer_ = parts_.timers.at(parts_.clock.monotonic_now() + time, [this] { wake(); });
  }

  DispatcherParts parts_;
  std::vector<store::DueNotification> due_;  // the next one last
  TimerHandle timer_;
  bool busy_ = false;
  bool again_ = false;
  std::atomic<bool> stopped_ = false;
};

Dispatcher::Dispatcher(DispatcherParts parts) : core_(std::make_shared<Core>(std::move(parts))) {}
Dispatcher::~Dispatcher() { stop(); }
void Dispatcher::stop() { core_->stop(); }
void Dispatcher::wake() { core_->wake(); }

}  // namespace benchd::notify
