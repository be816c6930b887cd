#include "cli/local_time.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <optional>
#include <vector>

#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

using std::chrono::seconds;

struct ClockTime {
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::tm local_tm(UtcSeconds time) {
  const std::time_t value = time.time_since_epoch().count();
  std::tm parts{};
  localtime_r(&value, &parts);
  return parts;
}

// An ambiguous local time means the first occurrence; a missing one uses the offset before the gap.
UtcSeconds from_local(std::tm parts) {
  parts.tm_isdst = -1;
  std::tm first = parts;
  first.tm_isdst = 1;
  const std::time_t plain = mktime(&parts);
  const std::time_t summer = mktime(&first);
  const bool both_exist =
      first.tm_isdst == 1 && first.tm_hour == parts.tm_hour && first.tm_mday == parts.tm_mday;
  return UtcSeconds{seconds{both_exist ? std::min(plain, summer) : plain}};
}

std::string formatted(UtcSeconds time, const char* format) {
  const std::tm parts = local_tm(time);
  std::array<char, 64> buffer{};
  const std::size_t size = std::strftime(buffer.data(), buffer.size(), format, &parts);
  return {buffer.data(), size};
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::optional<int> find_weekday(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kDays = {
      "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
  if (word.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < kDays.size(); ++i) {
    if (kDays[i].starts_with(word)) return static_cast<int>(i);
  }
  return std::nullopt;
}

// "9:00", "09:00", "09:00:30", and nothing else in the text.
std::optional<ClockTime> parse_clock(std::string_view text) {
  const std::string copy(text);
  const auto is_clock_letter = [](unsigned char c) { return std::isdigit(c) || c == ':'; };
  if (!std::ranges::all_of(copy, is_clock_letter)) return std::nullopt;
  ClockTime time;
  int short_end = 0;
  int long_end = 0;
  std::sscanf(copy.c_str(), "%2d:%2d%n:%2d%n", &time.hour, &time.minute, &short_end, &time.second,
              &long_end);
  const int end = long_end > 0 ? long_end : short_end;
  if (end == 0 || end != static_cast<int>(copy.size()) || time.hour > 23 || time.minute > 59 ||
      time.second > 59) {
    return std::nullopt;
  }
  return time;
}

// A local date as the first second of its day.
struct Day {
  std::tm date{};
  bool is_weekday_name = false;
};

std::optional<Day> parse_date(std::string_view text, UtcSeconds now) {
  const std::string word = lower(text);
  std::tm today = local_tm(now);
  today.tm_hour = today.tm_min = today.tm_sec = 0;
  if (word == "today") return Day{today, false};
  if (word == "tomorrow") {
    ++today.tm_mday;
    return Day{today, false};
  }
  if (const auto weekday = find_weekday(word)) {
    today.tm_mday += (*weekday - today.tm_wday + 7) % 7;
    return Day{today, true};
  }
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  char rest = 0;
  if (std::sscanf(word.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) != 3) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = static_cast<int>(month) - 1;
  parts.tm_mday = static_cast<int>(day);
  return Day{parts, false};
}

UtcSeconds at(const Day& day, const ClockTime& clock, int days_later = 0) {
  std::tm parts = day.date;
  parts.tm_mday += days_later;
  parts.tm_hour = clock.hour;
  parts.tm_min = clock.minute;
  parts.tm_sec = clock.second;
  return from_local(parts);
}

// "Z", "+01:00"; removed from `text`.
std::optional<seconds> take_offset(std::string_view& text) {
  if (text.ends_with('Z') || text.ends_with('z')) {
    text.remove_suffix(1);
    return seconds{0};
  }
  const auto sign = text.find_last_of("+-");
  if (sign == std::string_view::npos || text.size() - sign != 6) return std::nullopt;
  const auto clock = parse_clock(text.substr(sign + 1));
  if (!clock) return std::nullopt;
  const int factor = text[sign] == '-' ? -1 : 1;
  text.remove_suffix(6);
  return seconds{factor * (clock->hour * 3600 + clock->minute * 60)};
}

std::optional<UtcSeconds> parse_iso(std::string_view text, UtcSeconds now) {
  const auto split = text.find_first_of("Tt");
  if (split != 10) return std::nullopt;
  std::string_view clock_text = text.substr(split + 1);
  const auto offset = take_offset(clock_text);
  const auto clock = parse_clock(clock_text);
  const auto day = parse_date(text.substr(0, split), now);
  if (!clock || !day) return std::nullopt;
  if (!offset) return at(*day, *clock);
  std::tm parts = day->date;
  parts.tm_hour = clock->hour;
  parts.tm_min = clock->minute;
  parts.tm_sec = clock->second;
  return UtcSeconds{seconds{timegm(&parts)}} - *offset;
}

Failure bad_time(std::string_view text) {
  return Failure{kExitUsage,
                 "",
                 "\"" + std::string(text) + "\" is no time",
                 {},
                 {"write \"Thu 09:00\", \"2026-11-26 09:00\", \"09:00\", \"+2h\" or \"now\""}};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<UtcSeconds> next_clock(const ClockTime& clock, UtcSeconds now) {
  const auto today = parse_date("today", now);
  const UtcSeconds first = at(*today, clock);
  return first >= now ? first : at(*today, clock, 1);
}

std::optional<UtcSeconds> day_and_clock(std::string_view text, UtcSeconds now) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto day = parse_date(text.substr(0, space), now);
  const auto clock = parse_clock(trimmed(text.substr(space)));
  if (!day || !clock) return std::nullopt;
  const UtcSeconds moment = at(*day, *clock);
  return day->is_weekday_name && moment < now ? at(*day, *clock, 7) : moment;
}

}  // namespace

Outcome<UtcSeconds> parse_moment(std::string_view whole, UtcSeconds now) {
  const std::string_view text = trimmed(whole);
  if (lower(text) == "now") return now;
  if (text.starts_with('+')) {
    const auto later = units::parse_duration(text.substr(1));
    if (!later) return fail(to_failure(later.error()));
    return now + std::chrono::ceil<seconds>(*later);
  }
  if (const auto clock = parse_clock(text)) return *next_clock(*clock, now);
  if (const auto moment = parse_iso(text, now)) return *moment;
  if (const auto moment = day_and_clock(text, now)) return *moment;
  return fail(bad_time(whole));
}

Outcome<TimeWindow> parse_day(std::string_view whole, UtcSeconds now) {
  const auto day = parse_date(trimmed(whole), now);
  if (!day) {
    return fail(kExitUsage, "\"" + std::string(whole) + "\" is no day",
                {"write \"Thu\", \"tomorrow\" or \"2026-11-26\""});
  }
  const UtcSeconds end = at(*day, {}, 1);
  if (end <= now) return fail(kExitUsage, "\"" + std::string(whole) + "\" has passed");
  return TimeWindow{std::max(now, at(*day, {})), end};
}

UtcSeconds morning_of(const TimeWindow& day) {
  constexpr ClockTime kMorning{8, 0, 0};
  std::tm date = local_tm(day.end - seconds{1});
  return std::max(day.begin, at({date, false}, kMorning));
}

UtcSeconds midnight_before(UtcSeconds time) {
  std::tm parts = local_tm(time);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  return from_local(parts);
}

UtcSeconds midnight_after(UtcSeconds time) {
  std::tm parts = local_tm(time);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  ++parts.tm_mday;
  return from_local(parts);
}

std::string friendly_day(UtcSeconds time) { return formatted(time, "%a %-d %b"); }

std::string friendly_time(UtcSeconds time) { return formatted(time, "%a %-d %b %H:%M"); }
std::string table_time(UtcSeconds time) { return formatted(time, "%Y-%m-%d %H:%M %Z"); }
std::string clock_time(UtcSeconds time) { return formatted(time, "%H:%M"); }

std::string rfc3339(UtcSeconds time) {
  const std::time_t value = time.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&value, &parts);
  std::array<char, 32> buffer{};
  const std::size_t size =
      std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {buffer.data(), size};
}

std::string friendly_window(const TimeWindow& window) {
  const bool same_day = formatted(window.begin, "%F") == formatted(window.end - seconds{1}, "%F");
  return friendly_time(window.begin) + "–" +
         (same_day ? clock_time(window.end) : friendly_time(window.end));
}

UtcSeconds to_seconds(const google::protobuf::Timestamp& time) {
  return UtcSeconds{seconds{time.seconds()}};
}

google::protobuf::Timestamp to_timestamp(UtcSeconds time) {
  google::protobuf::Timestamp result;
  result.set_seconds(time.time_since_epoch().count());
  return result;
}

Nanoseconds to_nanoseconds(const google::protobuf::Duration& duration) {
  return seconds{duration.seconds()} + Nanoseconds{duration.nanos()};
}

google::protobuf::Duration to_proto_duration(Nanoseconds duration) {
  google::protobuf::Duration result;
  const auto whole = std::chrono::duration_cast<seconds>(duration);
  result.set_seconds(whole.count());
  result.set_nanos(static_cast<int>((duration - whole).count()));
  return result;
}

std::string rough_duration(Nanoseconds duration) {
  using namespace std::chrono_literals;
  if (duration >= 1s) return units::format_duration(std::chrono::round<seconds>(duration));
  return units::format_duration(
      std::chrono::round<std::chrono::duration<int, std::deci>>(duration));
}

}  // namespace benchd::cli
