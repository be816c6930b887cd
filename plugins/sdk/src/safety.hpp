// Makes units harmless: the station's safe profile, then the instrument's own way.
//
// Each step is tried twice, and the next one follows in any case. Where the device is not open,
// it is identified and opened first, and where that fails the instrument's own way is still
// tried: it needs no successful read. Another instrument than the expected one is left alone.
//
// Confined to: the device thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugins/sdk/src/instrument.hpp"
#include "plugins/sdk/src/safe_profiles.hpp"

namespace benchd::plugin::detail {

class Safety {
 public:
  // `wait_until` waits and answers heartbeats meanwhile.
  Safety(Instrument& instrument,
         const ChannelTable& channels,
         const SafeProfiles& profiles,
         std::function<void(MonotonicTime)> wait_until);

  // `unit`: "" = all.
  [[nodiscard]] v1::SafeReport make_safe(const std::string& unit);

 private:
  using Problems = std::vector<std::string>;
  // False where another instrument is there, to which nothing may be written.
  [[nodiscard]] bool bring_up(Problems& problems);
  void run_profile(const std::string& unit, Problems& problems);
  void run_own_way(const std::string& unit, Problems& problems);
  [[nodiscard]] Result<void> write(const TimedStep& step);
  void take_readings(const std::string& unit, v1::SafeReport& report);

  Instrument& instrument_;
  const ChannelTable& channels_;
  const SafeProfiles& profiles_;
  std::function<void(MonotonicTime)> wait_until_;
};

}  // namespace benchd::plugin::detail
