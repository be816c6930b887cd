#include "daemon/sequence/environment.hpp"

#include <algorithm>

namespace benchd::sequence {

const model::Channel* Environment::find_channel(std::string_view name) const {
  const auto found = std::ranges::find(
      channels, name, [](const model::Channel& c) { return std::string_view(c.id.text()); });
  return found == channels.end() ? nullptr : &*found;
}

Environment environment_of(const model::Bench& bench, std::string_view layout) {
  Environment environment;
  environment.channels = bench.channels;
  for (const auto& candidate : bench.layouts) {
    const bool chosen =
        layout.empty() ? &candidate == &bench.layouts.front() : candidate.id == layout;
    if (chosen) environment.limits = candidate.limits;
  }
  environment.limits.insert(environment.limits.end(), bench.limits.begin(), bench.limits.end());
  for (const auto& write : bench.arm) environment.setpoints[write.channel.text()] = write.value;
  return environment;
}

}  // namespace benchd::sequence
