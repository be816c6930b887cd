#include "daemon/config/station_profiles.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "daemon/base/suggest.hpp"
#include "daemon/config/files.hpp"

namespace benchd::config {
namespace {

using Names = std::vector<std::string>;

std::string file_of(const std::filesystem::path& folder, const std::string& profile) {
  return (folder / (profile + ".yaml")).string();
}

Names profiles_in(const std::filesystem::path& folder) {
  Names names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

Names signals_of(const v1::Profile& profile) {
  Names names;
  for (const auto& signal : profile.scpi().signals()) names.push_back(signal.name());
  for (const auto& signal : profile.modbus().signals()) names.push_back(signal.name());
  return names;
}

// The device's profile, if it has one that can be read.
std::optional<v1::Profile> check_device(const v1::Device& device,
                                        const std::filesystem::path& folder,
                                        const Names& known,
                                        const Checker& at) {
  const auto& name = device.profile();
  if (name.empty()) return std::nullopt;
  if (std::ranges::find(known, name) == known.end()) {
    at.complain("profile", named("profile", name) + " is not in " + folder.string() +
                               did_you_mean(name, known));
    return std::nullopt;
  }
  auto profile = load_profile_file(file_of(folder, name));
  if (profile) return std::move(profile->value);
  at.complain("profile", named("profile", name) + ": " + profile.error().message +
                             "; `benchd check` lists what is wrong");
  return std::nullopt;
}

}  // namespace

Profiles check_profiles(const v1::Station& station,
                        const std::filesystem::path& folder,
                        const Checker& at) {
  const auto index = [](int i) { return static_cast<std::size_t>(i); };
  const auto known = profiles_in(folder);
  std::map<std::string, Names> signals;
  Profiles profiles;
  for (int i = 0; i < station.devices_size(); ++i) {
    const auto& device = station.devices(i);
    const auto here = at.in("devices", index(i)).called(named("device", device.name()));
    auto profile = check_device(device, folder, known, here);
    if (!profile) continue;
    signals[device.name()] = signals_of(*profile);
    profiles[device.profile()] = std::move(*profile);
  }
  for (int b = 0; b < station.benches_size(); ++b) {
    const auto& bench = station.benches(b);
    for (int c = 0; c < bench.channels_size(); ++c) {
      const auto& channel = bench.channels(c);
      const auto device = channel.device().substr(0, channel.device().find('/'));
      const auto found = signals.find(device);
      if (found == signals.end() || channel.signal().empty()) continue;
      const auto& names = found->second;
      if (std::ranges::find(names, channel.signal()) != names.end()) continue;
      at.in("benches", index(b))
          .in("channels", index(c))
          .called(named("channel", channel.name()))
          .complain("signal", named("device", device) + " has no " +
                                  named("signal", channel.signal()) +
                                  did_you_mean(channel.signal(), names));
    }
  }
  return profiles;
}

}  // namespace benchd::config
