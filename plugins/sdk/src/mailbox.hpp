// What waits for the device thread: commands in order, MakeSafe before them, heartbeats apart.
//
// Filled by the reader, emptied by the device thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/deadline.hpp"
#include "plugins/sdk/src/write_gate.hpp"

namespace benchd::plugin::detail {

struct Command {
  v1::SessionRequest request;
  Ticket ticket;  // of what needs one
};

class Mailbox {
 public:
  void push(Command command);
  // Before everything that waits and is not urgent itself.
  void push_urgent(Command command);
  void push_heartbeat(const v1::Heartbeat& heartbeat);
  // Something else has changed: whoever waits looks again.
  void wake();

  // The next command. Empty at `until`, and earlier when there are heartbeats or wake was called.
  [[nodiscard]] std::optional<Command> take(MonotonicTime until);
  [[nodiscard]] std::vector<v1::Heartbeat> take_heartbeats();
  // Waits until `until`, or for a heartbeat or wake; commands go on waiting.
  void wait(MonotonicTime until);

 private:
  [[nodiscard]] bool disturbed() const { return woken_ || !heartbeats_.empty(); }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Command> urgent_;
  std::deque<Command> commands_;
  std::vector<v1::Heartbeat> heartbeats_;
  bool woken_ = false;
};

}  // namespace benchd::plugin::detail
