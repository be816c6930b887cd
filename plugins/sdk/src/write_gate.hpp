// Who may write to which unit: the (fence, arm) rule of the plugin contract.
//
// The reader raises the numbers the moment a request arrives; the device thread asks again before
// each single value. So a write that waits, or is half done, ends when its unit is made safe.
//
// Safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "benchd/plugin/error.hpp"

namespace benchd::plugin::detail {

// What a write had when it arrived.
struct Ticket {
  std::string unit;
  std::int64_t fence = 0;
  std::int64_t arm = 0;
  std::uint64_t made_safe = 0;  // how often the unit had been made safe by then
};

class WriteGate {
 public:
  // A write has arrived: an older fence is refused from now on.
  [[nodiscard]] Ticket admit(const std::string& unit, std::int64_t fence, std::int64_t arm);

  // MakeSafe has arrived. "" = every unit.
  void make_safe(const std::string& unit, std::int64_t arm);

  // The station has given out these numbers.
  void raise(const std::string& unit, std::int64_t fence, std::int64_t arm);

  // FENCE_STALE, or ARM_STALE.
  [[nodiscard]] Result<void> check(const Ticket& ticket) const;

 private:
  struct Unit {
    std::int64_t fence = 0;
    std::int64_t arm = 0;
    std::uint64_t made_safe = 0;
  };
  Unit& unit(const std::string& name);

  mutable std::mutex mutex_;
  std::map<std::string, Unit> units_;
  Unit others_;  // units that have not been named yet
};

}  // namespace benchd::plugin::detail
