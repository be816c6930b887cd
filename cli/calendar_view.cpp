#include "cli/calendar_view.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace benchd::cli {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kFree = "·";
constexpr std::string_view kBusy = "░";
constexpr auto kHour = std::chrono::hours{1};
constexpr auto kGridAtMost = minutes{15};
constexpr std::size_t kWidestName = 24;

bool overlap(const TimeWindow& one, const TimeWindow& other) {
  return one.begin < other.end && other.begin < one.end;
}

// As much of the text as fits, in columns.
std::string cut(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && used == width) break;
    if (begins) ++used;
    out += text[at];
  }
  return out;
}

std::string padded(std::string_view text, std::size_t width) {
  auto out = cut(text, width);
  out.append(width - std::min(width, display_width(out)), ' ');
  return out;
}

// How long a column is: the finest that fits a day into the terminal.
seconds column_length(std::size_t room) {
  for (const auto length : {minutes{15}, minutes{30}, minutes{60}, minutes{120}}) {
    // A day of 25 hours must fit too.
    if (static_cast<std::size_t>(25 * kHour / length) <= room) return length;
  }
  return minutes{240};
}

struct Day {
  TimeWindow time;
  std::vector<UtcSeconds> columns;  // begin of each
  seconds length{};

  [[nodiscard]] TimeWindow column(std::size_t at) const {
    return {columns[at], std::min(columns[at] + length, time.end)};
  }
};

Day day_of(UtcSeconds begin, UtcSeconds end, seconds length) {
  Day day{.time = {begin, end}, .length = length};
  for (auto at = begin; at < end; at += length) day.columns.push_back(at);
  return day;
}

// "00  02  04": the local hours, wherever a whole one begins and there is room. The hour that a day
// has twice, or not at all, shows as the clock on the wall does.
std::string ruler(const Day& day) {
  std::string text(day.columns.size() + 2, ' ');
  std::size_t free_from = 0;
  const auto every = day.length <= minutes{15} ? 1 : day.length <= minutes{30} ? 2 : 4;
  for (std::size_t at = 0; at < day.columns.size(); ++at) {
    const auto clock = clock_time(day.columns[at]);
    const bool whole = clock.ends_with(":00");
    if (!whole || at < free_from || std::stoi(clock) % every != 0) continue;
    text.replace(at, 2, clock.substr(0, 2));
    free_from = at + 3;
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// What an own booking looks like in so many columns: "[motor sweep=]", "[]", "#".
std::string named_bar(const std::string& label, std::size_t width) {
  if (width == 1) return "#";
  auto inside = cut(label, width - 2);
  const auto used = display_width(inside);
  inside.append(width - 2 - used, '=');
  return "[" + inside + "]";
}

std::string lane(const Calendar& calendar, const std::string& bench, const Day& day, bool color) {
  std::vector<const CalendarEntry*> cells(day.columns.size(), nullptr);
  for (const bool own : {false, true}) {
    for (const auto& entry : calendar.entries) {
      if (entry.bench != bench || entry.own != own) continue;
      for (std::size_t at = 0; at < cells.size(); ++at) {
        if (overlap(entry.time, day.column(at))) cells[at] = &entry;
      }
    }
  }
  std::string text;
  for (std::size_t at = 0; at < cells.size();) {
    const auto* entry = cells[at];
    auto end = at;
    while (end < cells.size() && cells[end] == entry) ++end;
    std::string part;
    if (entry != nullptr && entry->own) {
      part = painted(named_bar(entry->label, end - at), Tone::Good, color);
    } else {
      for (auto column = at; column < end; ++column) part += entry == nullptr ? kFree : kBusy;
      if (entry != nullptr && color) part = "\033[90m" + part + "\033[0m";
    }
    text += part;
    at = end;
  }
  return text;
}

std::string draw_day(const Calendar& calendar, const Day& day, std::size_t names, bool color) {
  auto title = friendly_day(day.time.begin);
  const auto zone = table_time(day.time.begin);
  title += " " + zone.substr(zone.rfind(' ') + 1);
  std::string text = title + "\n" + std::string(names + 1, ' ') + ruler(day) + "\n";
  for (const auto& bench : calendar.benches) {
    text += padded(bench, names) + " " + lane(calendar, bench, day, color) + "\n";
  }
  return text;
}

std::string list_own(const Calendar& calendar) {
  std::string text;
  for (const auto& entry : calendar.entries) {
    if (!entry.own) continue;
    text += "  " + entry.booking + "  " + entry.bench + "  " + friendly_window(entry.time);
    if (entry.label != entry.booking) text += "  " + entry.label;
    text += "\n";
  }
  return text;
}

}  // namespace

std::vector<TimeWindow> without_own(const std::vector<TimeWindow>& busy,
                                    const std::vector<TimeWindow>& held) {
  std::vector<TimeWindow> others;
  for (const auto& each : busy) {
    std::vector<TimeWindow> parts{each};
    for (const auto& own : held) {
      std::vector<TimeWindow> left;
      for (const auto& part : parts) {
        if (!overlap(part, own)) {
          left.push_back(part);
          continue;
        }
        const TimeWindow before{part.begin, own.begin};
        const TimeWindow after{own.end, part.end};
        if (before.end - before.begin >= kGridAtMost) left.push_back(before);
        if (after.end - after.begin >= kGridAtMost) left.push_back(after);
      }
      parts = std::move(left);
    }
    others.insert(others.end(), parts.begin(), parts.end());
  }
  return others;
}

std::string draw_calendar(const Calendar& calendar, int width, bool color) {
  std::size_t names = 0;
  for (const auto& bench : calendar.benches) names = std::max(names, display_width(bench));
  names = std::min(names, kWidestName);
  const auto columns = static_cast<std::size_t>(std::max(width, 20));
  names = std::min(names, columns / 3);
  const auto length = column_length(columns - names - 1);
  std::string text;
  for (auto begin = calendar.window.begin; begin < calendar.window.end;
       begin = midnight_after(begin)) {
    if (!text.empty()) text += "\n";
    text += draw_day(calendar, day_of(begin, midnight_after(begin), length), names, color);
  }
  const auto own = list_own(calendar);
  if (!own.empty()) text += "\n" + own;
  return text;
}

Table calendar_table(const Calendar& calendar) {
  Table table;
  table.columns = {{"BENCH", "bench"},
                   {"START", "start_time"},
                   {"END", "end_time"},
                   {"WHAT", "what"},
                   {"BOOKING", "booking"}};
  auto entries = calendar.entries;
  std::ranges::stable_sort(entries, {}, [](const CalendarEntry& entry) {
    return std::pair{entry.bench, entry.time.begin};
  });
  for (const auto& entry : entries) {
    table.rows.push_back({entry.bench,
                          {table_time(entry.time.begin), rfc3339(entry.time.begin)},
                          {table_time(entry.time.end), rfc3339(entry.time.end)},
                          entry.label,
                          entry.booking});
  }
  return table;
}

}  // namespace benchd::cli
