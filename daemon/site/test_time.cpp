#include "daemon/site/test_time.hpp"

#include <algorithm>

#include "daemon/model/setup_question.hpp"
#include "daemon/site/setup_record.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::site {

using std::chrono::seconds;

seconds booking_length(const model::Bench& bench, const sequence::CheckReport& report) {
  constexpr seconds kGrid = std::chrono::minutes{15};
  const auto needed =
      bench.setup_time + std::chrono::ceil<seconds>(report.expected + report.person_time);
  return std::max<seconds>(kGrid, (needed + kGrid - seconds{1}) / kGrid * kGrid);
}

std::string rounded_text(Nanoseconds duration) {
  return units::format_duration(std::chrono::ceil<seconds>(duration));
}

Status check_fits(const sequence::CheckReport& report, Nanoseconds length) {
  if (report.expected <= length) return {};
  const auto needs = rounded_text(report.expected);
  const auto has = rounded_text(length);
  return fail(Reason::BookingEnding,
              "The sequence needs " + needs + ", the booking has " + has +
                  "; book a longer time or shorten the sequence.",
              {{"needs", needs}, {"has", has}});
}

std::optional<v1::Diagnostic> warn_if_tight(Nanoseconds expected,
                                            Nanoseconds attended,
                                            Nanoseconds length) {
  if (expected + attended <= length) return std::nullopt;
  v1::Diagnostic warning;
  warning.set_severity(v1::SEVERITY_WARNING);
  warning.set_reason(std::string{wire_name(Reason::BookingEnding)});
  warning.set_message("the booking has " + rounded_text(length) + ", the sequence takes " +
                      rounded_text(expected) + " and a person must be there for " +
                      rounded_text(attended) + ", to mount, set up and remove: book " +
                      rounded_text(expected + attended) + " or more");
  return warning;
}

std::vector<std::string> tasks_of(const model::Bench& bench,
                                  const std::string& layout,
                                  const TestPlan& plan,
                                  Nanoseconds attended) {
  std::vector<std::string> tasks;
  if (bench.needs_approval) tasks.emplace_back("wait for the approval of the site");
  const auto mounted = std::ranges::find(bench.layouts, layout, &model::Layout::id);
  if (mounted != bench.layouts.end() && mounted != bench.layouts.begin()) {
    tasks.push_back("change to layout " + layout +
                    (mounted->changeover_time > Nanoseconds{}
                         ? " (" + rounded_text(mounted->changeover_time) + ")"
                         : std::string{}));
  }
  if (plan.dut) tasks.push_back("mount " + dut_text(plan.dut));
  for (const auto& item : bench.setup) {
    if (item.question.empty()) continue;
    tasks.push_back("confirm: " + model::setup_question(item.question, dut_text(plan.dut)));
  }
  if (attended > Nanoseconds{}) tasks.push_back("be there for " + rounded_text(attended));
  return tasks;
}

}  // namespace benchd::site
