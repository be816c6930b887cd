#include "daemon/station/device_setup.hpp"

#include <limits>

#include "daemon/station/channel_table.hpp"

namespace benchd::station {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

void add_channel(const model::Bench& bench,
                 const model::Channel& channel,
                 plugin::v1::Setup& setup) {
  plugin::v1::ChannelSetup& out = *setup.add_channels();
  out.set_channel(bench.id.text() + "/" + channel.id.text());
  out.set_signal(channel.signal);
  out.set_unit(channel.device_unit);
  out.set_value_unit(channel.unit.code());
  out.set_min(channel.min.value_or(-kUnbounded));
  out.set_max(channel.max.value_or(kUnbounded));
  out.set_gain(channel.scale.gain);
  out.set_offset(channel.scale.offset);
  out.set_writable(channel.writable);
  out.set_safe_value(channel.safe_value);
  if (const auto interval = sample_interval(bench, channel)) {
    out.set_sample_interval_ns(interval->count());
  }
}

}  // namespace

Result<devices::DeviceSetup> device_setup(
    const model::Station& station,
    const model::Device& device,
    const std::map<std::string, config::v1::Profile>& profiles) {
  devices::DeviceSetup made{.id = device.id, .plugin = device.plugin, .setup = {}};
  plugin::v1::Setup& setup = made.setup;
  setup.set_device(device.id.text());
  setup.set_address(device.address);
  setup.set_expected_serial(device.serial);
  if (!device.profile.empty()) {
    const auto profile = profiles.find(device.profile);
    if (profile == profiles.end()) {
      return fail(Reason::ConfigInvalid,
                  "device " + device.id.text() + " names the profile " + device.profile +
                      ", which is not there",
                  {{"device", device.id.text()}, {"profile", device.profile}});
    }
    *setup.mutable_profile() = profile->second;
  }
  for (const model::DeviceSetting& setting : device.settings) {
    plugin::v1::Setting& out = *setup.add_settings();
    out.set_key(setting.key);
    out.set_value(setting.value);
  }
  for (const model::Bench& bench : station.benches) {
    for (const model::Channel& channel : bench.channels) {
      if (channel.device == device.id) add_channel(bench, channel, setup);
    }
  }
  return made;
}

}  // namespace benchd::station
