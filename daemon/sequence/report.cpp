#include "daemon/sequence/report.hpp"

#include <algorithm>

namespace benchd::sequence {

std::string to_string(const Problem& problem) {
  auto text = problem.path;
  if (problem.column) text += "+" + std::to_string(*problem.column);
  text += problem.severity == Severity::Error ? ": error: " : ": warning: ";
  return text + problem.message;
}

Status status_of(const std::vector<Problem>& problems) {
  Error error;
  for (const auto& problem : problems) {
    if (problem.severity != Severity::Error) continue;
    if (error.violations.empty()) {
      error.reason = problem.reason;
      error.message = problem.message;
    } else if (problem.reason != error.reason) {
      error.reason = Reason::SequenceInvalid;
    }
    error.violations.push_back({problem.path, problem.message});
  }
  if (error.violations.empty()) return {};
  if (error.violations.size() > 1) {
    error.message += " (and " + std::to_string(error.violations.size() - 1) + " more)";
  }
  return fail(std::move(error));
}

bool CheckReport::ok() const {
  return std::ranges::none_of(problems,
                              [](const Problem& p) { return p.severity == Severity::Error; });
}

Status CheckReport::status() const { return status_of(problems); }

}  // namespace benchd::sequence
