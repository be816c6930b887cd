#include "daemon/model/hours.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace benchd::model {
namespace {

using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr minutes kDay{24 * 60};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The part before `separator`, taken off `text`.
std::string_view take(std::string_view& text, std::string_view separator) {
  const auto at = text.find(separator);
  const auto part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + separator.size());
  return part;
}

std::optional<std::size_t> parse_day(std::string_view text) {
  const auto* found = std::ranges::find(kDays, trimmed(text));
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

// Exactly `digits` of them.
std::optional<int> parse_number(std::string_view text, std::size_t digits) {
  int value = 0;
  const auto* end = text.data() + text.size();
  if (text.size() != digits || text.front() == '-') return std::nullopt;
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<minutes> parse_time(std::string_view text) {
  text = trimmed(text);
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = parse_number(text.substr(0, 2), 2);
  const auto minute = parse_number(text.substr(3), 2);
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const minutes time{*hour * 60 + *minute};
  if (time > kDay) return std::nullopt;
  return time;
}

std::optional<year_month_day> parse_date(std::string_view text) {
  text = trimmed(text);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_number(text.substr(0, 4), 4);
  const auto month = parse_number(text.substr(5, 2), 2);
  const auto day = parse_number(text.substr(8), 2);
  if (!year || !month || !day) return std::nullopt;
  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

bool has_day(std::uint8_t days, std::size_t day) { return ((days >> day) & 1U) != 0; }

std::string days_text(std::uint8_t days) {
  std::string text;
  for (std::size_t day = 0; day < kDays.size(); ++day) {
    if (!has_day(days, day)) continue;
    std::size_t last = day;
    while (last + 1 < kDays.size() && has_day(days, last + 1)) ++last;
    if (!text.empty()) text += ",";
    text += kDays.at(day);
    if (last > day) text += (last == day + 1 ? "," : "-") + std::string{kDays.at(last)};
    day = last;
  }
  return text;
}

std::string time_text(minutes time) {
  if (time > kDay) time -= kDay;
  std::array<char, 24> text{};
  const auto count = static_cast<int>(time.count());
  std::snprintf(text.data(), text.size(), "%02d:%02d", count / 60, count % 60);
  return text.data();
}

std::string date_text(const year_month_day& date) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::optional<WeeklyHours> parse_weekly(std::string_view text) {
  const auto days = parse_days(take(text, " "));
  const auto times = parse_times(text);
  if (!days || !times) return std::nullopt;
  return WeeklyHours{*days, times->from, times->to};
}

bool add_line(std::string_view line, Hours& hours) {
  const auto word = take(line, " ");
  if (word == "zone") {
    hours.time_zone = line;
    return true;
  }
  if (word == "closed") {
    const auto days = parse_closed_days(line);
    if (days) hours.closed.push_back(*days);
    return days.has_value();
  }
  const auto rule = parse_weekly(line);
  if (!rule || (word != "open" && word != "staffed")) return false;
  (word == "open" ? hours.open : hours.staffed).push_back(*rule);
  return true;
}

}  // namespace

Hours hours_of(const Hours& site, const Hours& bench) {
  Hours hours = site;
  if (!bench.open.empty()) hours.open = bench.open;
  if (!bench.staffed.empty()) hours.staffed = bench.staffed;
  hours.closed.insert(hours.closed.end(), bench.closed.begin(), bench.closed.end());
  return hours;
}

std::optional<std::uint8_t> parse_days(std::string_view text) {
  unsigned days = 0;
  do {
    auto part = take(text, ",");
    const bool is_range = part.find('-') != std::string_view::npos;
    const auto first = parse_day(take(part, "-"));
    const auto last = is_range ? parse_day(part) : first;
    if (!first || !last) return std::nullopt;
    for (auto day = *first;; day = (day + 1) % kDays.size()) {
      days |= 1U << day;
      if (day == *last) break;
    }
  } while (!text.empty());
  return static_cast<std::uint8_t>(days);
}

std::optional<TimesOfDay> parse_times(std::string_view text) {
  const auto from = parse_time(take(text, "-"));
  auto to = parse_time(text);
  if (!from || !to || *from == kDay || *from == *to) return std::nullopt;
  if (*to < *from) *to += kDay;
  return TimesOfDay{*from, *to};
}

std::optional<ClosedDays> parse_closed_days(std::string_view text) {
  const bool is_range = text.find("..") != std::string_view::npos;
  const auto first = parse_date(take(text, ".."));
  const auto last = is_range ? parse_date(text) : first;
  if (!first || !last || *last < *first) return std::nullopt;
  return ClosedDays{*first, *last};
}

std::string to_text(const WeeklyHours& hours) {
  return days_text(hours.days) + " " + time_text(hours.from) + "-" + time_text(hours.to);
}

std::string to_text(const ClosedDays& days) {
  const auto first = date_text(days.first);
  return days.first == days.last ? first : first + ".." + date_text(days.last);
}

std::string to_text(const Hours& hours) {
  std::string text = "zone " + hours.time_zone + "\n";
  for (const auto& rule : hours.open) text += "open " + to_text(rule) + "\n";
  for (const auto& rule : hours.staffed) text += "staffed " + to_text(rule) + "\n";
  for (const auto& days : hours.closed) text += "closed " + to_text(days) + "\n";
  return text;
}

std::optional<Hours> hours_from_text(std::string_view text) {
  Hours hours;
  while (!text.empty()) {
    if (!add_line(take(text, "\n"), hours)) return std::nullopt;
  }
  return hours;
}

}  // namespace benchd::model
