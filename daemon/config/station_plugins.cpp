#include "daemon/config/station_plugins.hpp"

#include <algorithm>

#include "daemon/base/suggest.hpp"

namespace benchd::config {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

void check_known(const v1::Device& device, const PluginList& plugins, const Checker& at) {
  const auto& name = device.plugin();
  if (name.empty() || at.has_complaint("plugin")) return;
  if (std::ranges::find(plugins.names, name) != plugins.names.end()) return;
  const auto suggestion = did_you_mean(name, plugins.names);
  at.complain("plugin",
              named("plugin", name) + " is not in " + plugins.folder +
                  (suggestion.empty() ? "; there are " + list_of(plugins.names) : suggestion));
}

void report_signal(const v1::Station& station, const SetupRemark& remark, const Checker& at) {
  for (int b = 0; b < station.benches_size(); ++b) {
    const auto& bench = station.benches(b);
    for (int c = 0; c < bench.channels_size(); ++c) {
      const auto& channel = bench.channels(c);
      if (bench.name() + "/" + channel.name() != remark.channel) continue;
      const auto here = at.in("benches", index(b))
                            .in("channels", index(c))
                            .called(named("channel", channel.name()));
      if (!here.has_complaint("signal")) here.complain("signal", remark.message);
    }
  }
}

void report_setting(const v1::Device& device, const SetupRemark& remark, const Checker& at) {
  const auto message = named("setting", remark.setting) + ": " + remark.message;
  for (int s = 0; s < device.settings_size(); ++s) {
    if (device.settings(s).key() != remark.setting) continue;
    return at.in("settings", index(s)).complain("", message);
  }
  // One that is missing.
  at.complain("settings", message);
}

// Of a device whose address could not be read, or stands in the environment of another process,
// only settings and signals can be judged.
bool is_judged_as_a_whole(const v1::Device& device, const Checker& at) {
  return !at.has_complaint("address") && device.address().find("${") == std::string::npos;
}

}  // namespace

void check_plugins(const v1::Station& station,
                   const model::Station& checked,
                   const Profiles& profiles,
                   const Surroundings& around,
                   const Checker& at) {
  for (int i = 0; i < station.devices_size(); ++i) {
    const auto& device = station.devices(i);
    const auto here = at.in("devices", index(i)).called(named("device", device.name()));
    if (around.plugins) check_known(device, *around.plugins, here);
    const bool askable = !device.plugin().empty() && !here.has_complaint("plugin") &&
                         (device.profile().empty() || profiles.contains(device.profile()));
    if (!around.ask_plugin || !askable) continue;
    for (const auto& remark : around.ask_plugin(checked, checked.devices[index(i)], profiles)) {
      if (!remark.channel.empty()) {
        report_signal(station, remark, at);
      } else if (!remark.setting.empty()) {
        report_setting(device, remark, here);
      } else if (is_judged_as_a_whole(device, here)) {
        here.complain("", remark.message);
      }
    }
  }
}

}  // namespace benchd::config
