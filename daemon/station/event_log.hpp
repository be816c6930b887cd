// Events of a bench on their way into the journal.
//
// Confined to the bench's strand; `durable` comes on it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <asio/any_io_executor.hpp>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"
#include "daemon/station/uplink.hpp"

namespace benchd::station {

class EventLog {
 public:
  using Durable = std::function<void(Status)>;

  EventLog(BenchId bench, const Clock& clock, Uplink& uplink, asio::any_io_executor strand);

  // Fills in the times and the bench. Returns the event as it was appended.
  link::v1::Event append(link::v1::Event event, Durable durable = nullptr);

 private:
  BenchId bench_;
  const Clock& clock_;
  Uplink& uplink_;
  asio::any_io_executor strand_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace benchd::station
