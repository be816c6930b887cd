#include "daemon/station/event_log.hpp"

#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/station/samples.hpp"

namespace benchd::station {

EventLog::EventLog(BenchId bench, const Clock& clock, Uplink& uplink, asio::any_io_executor strand)
    : bench_(std::move(bench)), clock_(clock), uplink_(uplink), strand_(std::move(strand)) {}

link::v1::Event EventLog::append(link::v1::Event event, Durable durable) {
  event.set_bench(bench_.text());
  event.set_monotonic_ns(to_nanoseconds(clock_.monotonic_now()));
  *event.mutable_utc_time() = to_timestamp(clock_.utc_now());
  uplink_.append_event(event, [strand = strand_, alive = std::weak_ptr(alive_),
                               durable = std::move(durable)](Status status) {
    if (!status) log::error("journal: {}", status.error().to_string());
    if (!durable) return;
    asio::post(strand, [alive, durable, status = std::move(status)] {
      if (!alive.expired()) durable(status);
    });
  });
  return event;
}

}  // namespace benchd::station
