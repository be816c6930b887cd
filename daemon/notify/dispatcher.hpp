// Sends what waits in the outbox, one after the other, until it has arrived.
//
// Confined to a strand. A delivery runs on the blocking pool; what became of it is stored before
// the next one begins, so that a site that ends in between sends at most that one again.
#pragma once

#include <memory>

#include <asio/any_io_executor.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/notify/messenger.hpp"
#include "daemon/store/store.hpp"

namespace benchd::notify {

struct DispatcherParts {
  store::Store& store;  // outlives the threads that wait for its answers
  const Clock& clock;
  Timers& timers;  // on `strand`
  asio::any_io_executor strand;
  asio::any_io_executor blocking;
  std::shared_ptr<Messenger> messenger;
};

class Dispatcher {
 public:
  explicit Dispatcher(DispatcherParts parts);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // There may be something new in the outbox.
  void wake();
  // What is under way ends by itself and is not heard of any more.
  void stop();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace benchd::notify
