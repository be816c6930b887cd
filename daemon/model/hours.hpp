// When a bench is open and when it is staffed: rules in local wall time, as people write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchd::model {

// On some days of the week; times after local midnight.
struct WeeklyHours {
  std::uint8_t days = 0;  // bit 0 is Monday, bit 6 Sunday
  std::chrono::minutes from{};
  std::chrono::minutes to{};  // after `from`; beyond 24 h it is a time of the next day
  friend bool operator==(const WeeklyHours&, const WeeklyHours&) = default;
};

// Local days, both included.
struct ClosedDays {
  std::chrono::year_month_day first;
  std::chrono::year_month_day last;
  friend bool operator==(const ClosedDays&, const ClosedDays&) = default;
};

struct Hours {
  std::string time_zone = "UTC";     // IANA
  std::vector<WeeklyHours> open;     // none: always
  std::vector<WeeklyHours> staffed;  // none: always
  std::vector<ClosedDays> closed;    // neither open nor staffed

  // No rule at all.
  [[nodiscard]] bool always() const { return open.empty() && staffed.empty() && closed.empty(); }
  friend bool operator==(const Hours&, const Hours&) = default;
};

// What holds for a bench: the zone of the site, its own open and staffed hours where it has any,
// the site's else; the closed days of both.
[[nodiscard]] Hours hours_of(const Hours& site, const Hours& bench);

// "mon", "mon-fri", "sat, sun", "fri-mon".
[[nodiscard]] std::optional<std::uint8_t> parse_days(std::string_view text);
// "07:00-19:00"; "22:00-06:00" ends on the next day; "00:00-24:00" is a whole day.
struct TimesOfDay {
  std::chrono::minutes from{};
  std::chrono::minutes to{};
};
[[nodiscard]] std::optional<TimesOfDay> parse_times(std::string_view text);
// "2026-12-25", "2026-12-24..2027-01-03".
[[nodiscard]] std::optional<ClosedDays> parse_closed_days(std::string_view text);

// "mon-fri 07:00-19:00", "2026-12-25": what the functions above read.
[[nodiscard]] std::string to_text(const WeeklyHours& hours);
[[nodiscard]] std::string to_text(const ClosedDays& days);

// All of it, a rule a line; and back. Nothing for what to_text() has not made.
[[nodiscard]] std::string to_text(const Hours& hours);
[[nodiscard]] std::optional<Hours> hours_from_text(std::string_view text);

}  // namespace benchd::model
