// What a station needs of its site, whether the site is there or not: a journal that loses
// nothing, a status that may be lost, samples while somebody watches, and sealed segments.
// daemon/app joins it to daemon/link.
#pragma once

#include <filesystem>
#include <functional>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"
#include "daemon/recording/recorder.hpp"

namespace benchd::station {

// A segment that is ready for upload. It stays where it is until the site has acknowledged it;
// from then on the uplink may delete it.
struct SegmentReady {
  TenantId tenant;
  RunId run;
  recording::SealedSegment segment;
};

// Safe from any thread; no call blocks. Outlives the station. Handlers may come on any thread,
// never from inside the call that took them.
class Uplink {
 public:
  Uplink() = default;
  Uplink(const Uplink&) = delete;
  Uplink& operator=(const Uplink&) = delete;
  virtual ~Uplink() = default;

  // Appends to the journal, which gives the event its number. Everything but the number is
  // filled in. `durable` comes once it is on this machine's disk, in the order of the appends;
  // STORAGE_FAILED or DISK_FULL when it cannot be. Delivered to the site once, at any time.
  virtual void append_event(link::v1::Event event, std::function<void(Status)> durable) = 0;

  // The present state of a bench; replaces what was not yet sent.
  virtual void send_status(link::v1::BenchStatus status) = 0;

  // Samples for whoever watches. Called only between Station::set_watched(bench, true) and
  // (…, false); what does not fit is dropped, and `gap` set in the next one.
  virtual void send_live(link::v1::LiveRequest samples) = 0;

  // May be repeated for a segment after a restart.
  virtual void segment_sealed(SegmentReady segment) = 0;
};

}  // namespace benchd::station
