#include "plugins/sdk/src/write_gate.hpp"

#include <algorithm>

namespace benchd::plugin::detail {

WriteGate::Unit& WriteGate::unit(const std::string& name) {
  return units_.try_emplace(name, others_).first->second;
}

Ticket WriteGate::admit(const std::string& name, std::int64_t fence, std::int64_t arm) {
  const std::scoped_lock lock(mutex_);
  Unit& state = unit(name);
  state.fence = std::max(state.fence, fence);
  return {.unit = name, .fence = fence, .arm = arm, .made_safe = state.made_safe};
}

void WriteGate::make_safe(const std::string& name, std::int64_t arm) {
  const std::scoped_lock lock(mutex_);
  const auto raise_arm = [arm](Unit& state) {
    state.arm = std::max(state.arm, arm);
    ++state.made_safe;
  };
  if (!name.empty()) return raise_arm(unit(name));
  raise_arm(others_);
  for (auto& [_, state] : units_) raise_arm(state);
}

void WriteGate::raise(const std::string& name, std::int64_t fence, std::int64_t arm) {
  const std::scoped_lock lock(mutex_);
  Unit& state = unit(name);
  state.fence = std::max(state.fence, fence);
  state.arm = std::max(state.arm, arm);
}

Result<void> WriteGate::check(const Ticket& ticket) const {
  const std::scoped_lock lock(mutex_);
  const auto found = units_.find(ticket.unit);
  const Unit& state = found == units_.end() ? others_ : found->second;
  if (ticket.fence < state.fence) {
    return fail(reason::kFenceStale, "the write carries fence " + std::to_string(ticket.fence) +
                                         ", and " + std::to_string(state.fence) + " is known");
  }
  if (ticket.arm < state.arm || ticket.made_safe != state.made_safe) {
    return fail(reason::kArmStale, "the unit has been made safe since the write was issued");
  }
  return {};
}

}  // namespace benchd::plugin::detail
