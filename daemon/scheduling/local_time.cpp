#include "daemon/scheduling/local_time.hpp"

#include <date/tz.h>
#include <exception>

namespace benchd::scheduling {

namespace {

constexpr const char* kUtc = "UTC";
constexpr std::chrono::seconds kDay = std::chrono::days{1};

const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

bool is_known_zone(const std::string& name) { return name == kUtc || find_zone(name) != nullptr; }

struct LocalTime::Zone {
  const date::time_zone* zone = nullptr;
  date::sys_info latest;  // the stretch of time with one offset that was asked for last
};

LocalTime::LocalTime(const std::string& zone) {
  const auto* found = zone == kUtc ? nullptr : find_zone(zone);
  if (found != nullptr) zone_ = std::make_unique<Zone>(Zone{found, {}});
}

LocalTime::~LocalTime() = default;

UtcSeconds LocalTime::to_utc(std::chrono::sys_days local_day, std::chrono::seconds after_midnight) {
  const auto wall = local_day.time_since_epoch() + after_midnight;
  if (!zone_) return UtcSeconds{wall};
  const auto& latest = zone_->latest;
  const UtcSeconds guess{wall - latest.offset};
  // No change of the offset is near.
  if (guess - kDay >= latest.begin && guess + kDay < latest.end) return guess;
  const auto info = zone_->zone->get_info(date::local_seconds{wall});
  zone_->latest = info.first;
  // Of a gap and of a repeated hour alike this is the offset before the change.
  return UtcSeconds{wall - info.first.offset};
}

LocalTime::WallTime LocalTime::to_local(UtcSeconds time) const {
  const auto offset = zone_ ? zone_->zone->get_info(time).offset : std::chrono::seconds{};
  const auto wall = time + offset;
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  return {day, wall - day};
}

}  // namespace benchd::scheduling
