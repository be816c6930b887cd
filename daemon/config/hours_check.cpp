#include "daemon/config/hours_check.hpp"

namespace benchd::config {
namespace {

template <typename Weekly>
std::vector<model::WeeklyHours> check_weekly(const Weekly& written,
                                             std::string_view list,
                                             const Checker& at) {
  std::vector<model::WeeklyHours> rules;
  for (int i = 0; i < written.size(); ++i) {
    const auto& weekly = written[i];
    const auto here =
        at.in(list, static_cast<std::size_t>(i)).called(named("hours", weekly.days()));
    const auto days = model::parse_days(weekly.days());
    if (!days && !weekly.days().empty()) {
      here.complain("days", in_quotes(weekly.days()) +
                                " names no days of the week, write them like \"mon-fri\" or "
                                "\"sat,sun\"");
    }
    for (int j = 0; j < weekly.times_size(); ++j) {
      const auto times = model::parse_times(weekly.times(j));
      if (!times) {
        here.complain(element_path("times", static_cast<std::size_t>(j)),
                      in_quotes(weekly.times(j)) +
                          " is not from a time of day to another, write it like \"07:00-19:00\"");
      }
      if (days && times) rules.push_back({*days, times->from, times->to});
    }
  }
  return rules;
}

}  // namespace

model::Hours check_hours(const v1::Hours& hours, const Checker& at) {
  model::Hours result;
  result.open = check_weekly(hours.open(), "open", at);
  result.staffed = check_weekly(hours.staffed(), "staffed", at);
  for (int i = 0; i < hours.closed_size(); ++i) {
    const auto days = model::parse_closed_days(hours.closed(i));
    if (days) {
      result.closed.push_back(*days);
    } else {
      at.complain(element_path("closed", static_cast<std::size_t>(i)),
                  "closed: " + in_quotes(hours.closed(i)) +
                      " is no day, write it like \"2026-12-25\" or \"2026-12-24..2027-01-03\"");
    }
  }
  return result;
}

}  // namespace benchd::config
