// Wall time of a zone to UTC. The only file of this module that knows the time zone library
// (docs/adr/0012-time-zones-from-a-library.md).
#pragma once

#include <memory>
#include <string>

#include "daemon/base/clock.hpp"

namespace benchd::scheduling {

// Whether the machine's database has this IANA zone.
[[nodiscard]] bool is_known_zone(const std::string& name);

// One zone; one that is not known reads as UTC. Remembers what it was asked last, so that times of
// neighbouring days are cheap: for one thread.
class LocalTime {
 public:
  explicit LocalTime(const std::string& zone);
  ~LocalTime();
  LocalTime(const LocalTime&) = delete;
  LocalTime& operator=(const LocalTime&) = delete;

  // The instant of a wall time: so long after midnight of a local day, both as the clock on the
  // wall shows them. A time that comes twice is the first of the two; one that is skipped takes
  // the offset before the gap (RFC 5545, 3.3.5).
  [[nodiscard]] UtcSeconds to_utc(std::chrono::sys_days local_day,
                                  std::chrono::seconds after_midnight);

  struct WallTime {
    std::chrono::sys_days day;            // local
    std::chrono::seconds after_midnight;  // as the clock on the wall shows them
  };
  [[nodiscard]] WallTime to_local(UtcSeconds time) const;

 private:
  struct Zone;
  std::unique_ptr<Zone> zone_;  // null: UTC
};

}  // namespace benchd::scheduling
