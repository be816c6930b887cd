// Hours and instants as people write them, for tests.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>

#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

// "2026-03-29T01:30:00Z"; the seconds may be left out.
inline UtcSeconds utc(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%d", &year, &month, &day, &hour, &minute, &second) <
      5) {
    throw std::runtime_error("no time: " + text);
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

// A rule a line: "zone Europe/Amsterdam\nopen mon-fri 07:00-19:00\n…".
inline model::Hours hours(const std::string& text) {
  auto read = model::hours_from_text(text);
  if (!read) throw std::runtime_error("no hours: " + text);
  return *read;
}

}  // namespace benchd::scheduling
