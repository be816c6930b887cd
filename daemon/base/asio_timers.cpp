#include "daemon/base/asio_timers.hpp"

#include <utility>

#include <asio/basic_waitable_timer.hpp>

namespace benchd {
namespace {

using Timer = asio::basic_waitable_timer<MonotonicClock>;

class AsioTimer final : public TimerHandle::Impl {
 public:
  AsioTimer(const asio::any_io_executor& executor,
            MonotonicTime when,
            std::function<void()> callback)
      : timer_(executor, when), alive_(std::make_shared<bool>(true)) {
    timer_.async_wait(
        [alive = std::weak_ptr<bool>(alive_), callback = std::move(callback)](auto error) {
          if (!error && !alive.expired()) callback();
        });
  }

 private:
  Timer timer_;
  std::shared_ptr<bool> alive_;  // outlived by a due completion, which then does nothing
};

}  // namespace

AsioTimers::AsioTimers(asio::any_io_executor executor) : executor_(std::move(executor)) {}

TimerHandle AsioTimers::at(MonotonicTime when, std::function<void()> callback) {
  return TimerHandle{std::make_unique<AsioTimer>(executor_, when, std::move(callback))};
}

}  // namespace benchd
