// A bench's safe state as its devices see it.
//
// The file's definition is a list of writes and waits over all devices. While the station lives
// it walks the list itself and waits for readings (safe_state.hpp). For the case that it does
// not, each device unit gets its own part of the list, with the longest possible waits as delays.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/ids.hpp"
#include "daemon/model/station.hpp"

namespace benchd::station {

// A part of a device that is fenced and made safe on its own.
struct UnitName {
  DeviceId device;
  std::string unit;  // empty where the device has one
  friend auto operator<=>(const UnitName&, const UnitName&) = default;
};

// The unit of each channel of the bench, each once, in the order of the file. `written` are those
// with a writable channel; the others are only read.
struct BenchUnits {
  std::vector<UnitName> written;
  std::vector<UnitName> read_only;
};
[[nodiscard]] BenchUnits units_of(const model::Bench& bench);

// Either writes to one unit, or a wait.
struct SafeStage {
  UnitName unit;
  std::vector<model::ChannelWrite> writes;  // in order
  std::optional<model::Proof> wait_until;   // absent, and no writes: just `at_most`
  Nanoseconds at_most{};

  [[nodiscard]] bool is_wait() const { return writes.empty() && unit.device.empty(); }
};

// The definition cut into stages: consecutive writes to one unit are one. At the end come the
// writable channels that it does not mention, with their safe values, so that every unit that can
// be written is made safe.
[[nodiscard]] std::vector<SafeStage> safe_stages(const model::Bench& bench);

// What each unit does alone: its writes, with delays for the waits before them at their longest.
[[nodiscard]] std::vector<std::pair<UnitName, plugin::v1::SafeProfile>> safe_profiles(
    const model::Bench& bench);

// The writes of one stage without any delay.
[[nodiscard]] plugin::v1::SafeProfile stage_profile(const model::Bench& bench,
                                                    const SafeStage& stage);

}  // namespace benchd::station
