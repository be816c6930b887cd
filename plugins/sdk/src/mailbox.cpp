#include "plugins/sdk/src/mailbox.hpp"

#include <utility>

namespace benchd::plugin::detail {

void Mailbox::push(Command command) {
  const std::scoped_lock lock(mutex_);
  commands_.push_back(std::move(command));
  changed_.notify_all();
}

void Mailbox::push_urgent(Command command) {
  const std::scoped_lock lock(mutex_);
  urgent_.push_back(std::move(command));
  changed_.notify_all();
}

void Mailbox::push_heartbeat(const v1::Heartbeat& heartbeat) {
  const std::scoped_lock lock(mutex_);
  heartbeats_.push_back(heartbeat);
  changed_.notify_all();
}

void Mailbox::wake() {
  const std::scoped_lock lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

std::optional<Command> Mailbox::take(MonotonicTime until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until,
                      [this] { return disturbed() || !urgent_.empty() || !commands_.empty(); });
  woken_ = false;
  std::deque<Command>& source = urgent_.empty() ? commands_ : urgent_;
  if (source.empty()) return std::nullopt;
  Command command = std::move(source.front());
  source.pop_front();
  return command;
}

std::vector<v1::Heartbeat> Mailbox::take_heartbeats() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(heartbeats_, {});
}

void Mailbox::wait(MonotonicTime until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [this] { return disturbed(); });
  woken_ = false;
}

}  // namespace benchd::plugin::detail
