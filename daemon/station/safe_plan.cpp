#include "daemon/station/safe_plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace benchd::station {
namespace {

UnitName unit_of(const model::Channel& channel) { return {channel.device, channel.device_unit}; }

void add_write(std::vector<SafeStage>& stages, const UnitName& unit, model::ChannelWrite write) {
  if (stages.empty() || stages.back().is_wait() || stages.back().unit != unit) {
    stages.push_back({.unit = unit});
  }
  stages.back().writes.push_back(std::move(write));
}

void add_step(const model::Bench& bench,
              const model::ChannelWrite& write,
              Nanoseconds delay,
              plugin::v1::SafeProfile& profile) {
  plugin::v1::SafeStep& step = *profile.add_steps();
  step.set_delay_ns(delay.count());
  step.mutable_write()->set_channel(bench.id.text() + "/" + write.channel.text());
  step.mutable_write()->set_value(write.value);
}

bool contains(const std::vector<UnitName>& units, const UnitName& unit) {
  return std::find(units.begin(), units.end(), unit) != units.end();
}

}  // namespace

BenchUnits units_of(const model::Bench& bench) {
  BenchUnits units;
  for (const model::Channel& channel : bench.channels) {
    const UnitName unit = unit_of(channel);
    if (channel.writable && !contains(units.written, unit)) units.written.push_back(unit);
  }
  for (const model::Channel& channel : bench.channels) {
    const UnitName unit = unit_of(channel);
    if (contains(units.written, unit) || contains(units.read_only, unit)) continue;
    units.read_only.push_back(unit);
  }
  return units;
}

std::vector<SafeStage> safe_stages(const model::Bench& bench) {
  std::vector<SafeStage> stages;
  std::set<ChannelId> mentioned;
  for (const model::SafeStateStep& step : bench.safe_state.steps) {
    if (step.write) {
      const model::Channel* channel = bench.find_channel(step.write->channel);
      if (channel == nullptr) continue;
      mentioned.insert(channel->id);
      add_write(stages, unit_of(*channel), *step.write);
    } else {
      stages.push_back({.wait_until = step.wait_until, .at_most = step.at_most});
    }
  }
  for (const model::Channel& channel : bench.channels) {
    if (!channel.writable || mentioned.contains(channel.id)) continue;
    add_write(stages, unit_of(channel), {channel.id, channel.safe_value});
  }
  return stages;
}

std::vector<std::pair<UnitName, plugin::v1::SafeProfile>> safe_profiles(const model::Bench& bench) {
  const BenchUnits units = units_of(bench);
  std::vector<std::pair<UnitName, plugin::v1::SafeProfile>> profiles;
  for (const auto* names : {&units.written, &units.read_only}) {
    for (const UnitName& name : *names) {
      profiles.emplace_back(name, plugin::v1::SafeProfile{}).second.set_unit(name.unit);
    }
  }
  Nanoseconds elapsed{};
  std::map<UnitName, Nanoseconds> reached;
  for (const SafeStage& stage : safe_stages(bench)) {
    if (stage.is_wait()) {
      elapsed += stage.at_most;
      continue;
    }
    const auto profile = std::find_if(profiles.begin(), profiles.end(),
                                      [&](const auto& each) { return each.first == stage.unit; });
    for (const model::ChannelWrite& write : stage.writes) {
      add_step(bench, write, elapsed - reached[stage.unit], profile->second);
      reached[stage.unit] = elapsed;
    }
  }
  return profiles;
}

plugin::v1::SafeProfile stage_profile(const model::Bench& bench, const SafeStage& stage) {
  plugin::v1::SafeProfile profile;
  profile.set_unit(stage.unit.unit);
  for (const model::ChannelWrite& write : stage.writes) {
    add_step(bench, write, Nanoseconds{}, profile);
  }
  return profile;
}

}  // namespace benchd::station
