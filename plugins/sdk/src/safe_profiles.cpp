#include "plugins/sdk/src/safe_profiles.hpp"

#include <algorithm>
#include <utility>

namespace benchd::plugin::detail {

void SafeProfiles::store(v1::SafeProfile profile) {
  const std::scoped_lock lock(mutex_);
  const auto same = std::find_if(profiles_.begin(), profiles_.end(),
                                 [&](const auto& each) { return each.unit() == profile.unit(); });
  if (same == profiles_.end()) {
    profiles_.push_back(std::move(profile));
  } else {
    *same = std::move(profile);
  }
}

bool SafeProfiles::any_armed() const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(profiles_.begin(), profiles_.end(),
                     [](const auto& each) { return each.armed(); });
}

std::vector<TimedStep> SafeProfiles::steps(const std::string& unit) const {
  std::vector<TimedStep> steps;
  const std::scoped_lock lock(mutex_);
  for (const v1::SafeProfile& profile : profiles_) {
    if (!unit.empty() && profile.unit() != unit) continue;
    std::chrono::nanoseconds after{0};
    for (const v1::SafeStep& step : profile.steps()) {
      after += std::chrono::nanoseconds(step.delay_ns());
      steps.push_back({.after = after, .unit = profile.unit(), .write = step.write()});
    }
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const auto& left, const auto& right) { return left.after < right.after; });
  return steps;
}

}  // namespace benchd::plugin::detail
