#include "daemon/scheduling/recurrence.hpp"

#include <cstdlib>
#include <libical/ical.h>
#include <memory>
#include <utility>

#include "daemon/scheduling/local_time.hpp"

namespace benchd::scheduling {

namespace {

using std::chrono::seconds;

struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};
using Iterator = std::unique_ptr<icalrecur_iterator, FreeIterator>;

auto wrong(std::string description) {
  Error error{Reason::InvalidArgument, "recurrence: " + description + ".", {}, {}};
  error.violations.push_back({"recurrence", error.message});
  return fail(std::move(error));
}

icaltimetype to_ical(std::chrono::sys_days day, seconds after_midnight) {
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{after_midnight};
  auto time = icaltime_null_time();
  time.year = static_cast<int>(date.year());
  time.month = static_cast<int>(static_cast<unsigned>(date.month()));
  time.day = static_cast<int>(static_cast<unsigned>(date.day()));
  time.hour = static_cast<int>(clock.hours().count());
  time.minute = static_cast<int>(clock.minutes().count());
  time.second = static_cast<int>(clock.seconds().count());
  return time;
}

std::chrono::sys_days day_of(const icaltimetype& time) {
  return std::chrono::year{time.year} / time.month / time.day;
}

seconds clock_of(const icaltimetype& time) {
  return std::chrono::hours{time.hour} + std::chrono::minutes{time.minute} + seconds{time.second};
}

// UNTIL is an instant, or a whole day of the zone (3.3.10).
struct Until {
  explicit Until(const icaltimetype& time) : time_(time) {}

  [[nodiscard]] bool is_past(std::chrono::sys_days local_day, UtcSeconds start) const {
    if (icaltime_is_null_time(time_) != 0) return false;
    if (time_.is_date != 0) return local_day > day_of(time_);
    return start > day_of(time_) + clock_of(time_);
  }

 private:
  icaltimetype time_;
};

Status check_rule(const icalrecurrencetype& rule) {
  if (rule.freq == ICAL_NO_RECURRENCE) {
    return wrong("is none of RFC 5545; write for example \"FREQ=WEEKLY;COUNT=10\"");
  }
  if (rule.freq < ICAL_DAILY_RECURRENCE || rule.by_hour[0] != ICAL_RECURRENCE_ARRAY_MAX ||
      rule.by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX ||
      rule.by_second[0] != ICAL_RECURRENCE_ARRAY_MAX) {
    return wrong("must repeat by days or longer; each booking begins at the time of the first one");
  }
  if (icaltime_is_null_time(rule.until) == 0 && rule.until.is_date == 0 &&
      icaltime_is_utc(rule.until) == 0) {
    return wrong("must end on a day (UNTIL=20261224) or at an instant (UNTIL=20261224T170000Z)");
  }
  if (rule.count == 0 && icaltime_is_null_time(rule.until) != 0) {
    return wrong("has no end; add COUNT or UNTIL");
  }
  return {};
}

}  // namespace

Result<std::vector<UtcSeconds>> occurrences(const std::string& text,
                                            const std::string& zone,
                                            UtcSeconds first) {
  auto rule = icalrecurrencetype_from_string(text.c_str());
  const std::unique_ptr<char, void (*)(void*)> calendar{std::exchange(rule.rscale, nullptr),
                                                        std::free};
  if (calendar) return wrong("must be of the Gregorian calendar, without RSCALE");
  if (auto checked = check_rule(rule); !checked) return fail(checked.error());
  const Until until{rule.until};
  rule.until = icaltime_null_time();  // compared as an instant below, not as wall time

  LocalTime local{zone};
  const auto [day, clock] = local.to_local(first);
  const Iterator iterator{icalrecur_iterator_new(rule, to_ical(day, clock))};
  if (!iterator) return wrong("cannot be carried out; see RFC 5545, 3.3.10");
  std::vector<UtcSeconds> starts;
  for (auto next = icalrecur_iterator_next(iterator.get()); icaltime_is_null_time(next) == 0;
       next = icalrecur_iterator_next(iterator.get())) {
    // The clock of an ambiguous first start must not be taken for the earlier one.
    const auto start = day_of(next) == day ? first : local.to_utc(day_of(next), clock);
    if (until.is_past(day_of(next), start)) break;
    if (starts.size() == kMostOccurrences) {
      return wrong("gives more than " + std::to_string(kMostOccurrences) +
                   " bookings; end it sooner");
    }
    starts.push_back(start);
  }
  if (starts.empty()) return wrong("gives no booking from the first start on");
  return starts;
}

}  // namespace benchd::scheduling
