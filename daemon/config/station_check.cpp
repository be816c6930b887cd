#include <algorithm>
#include <charconv>

#include "benchd/config/v1/station.pb.h"

#include "daemon/config/bench_check.hpp"
#include "daemon/config/checker.hpp"
#include "daemon/config/files.hpp"
#include "daemon/config/station_plugins.hpp"
#include "daemon/config/station_profiles.hpp"
#include "daemon/config/substitute.hpp"
#include "daemon/config/yaml_loader.hpp"

namespace benchd::config {
namespace {

// The plugins that know no model without a profile.
bool needs_profile(std::string_view plugin) { return plugin == "scpi" || plugin == "modbus"; }

// The plugins that come with benchd, all of which reach their device as "tcp://HOST[:PORT]". What
// the address of another plugin looks like is that plugin's affair.
bool is_reached_by_tcp(std::string_view plugin) {
  return needs_profile(plugin) || plugin == "labjack_t7";
}

bool is_device_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

// `written` may have variables that are empty where only the file is looked at; a part that is
// empty is then not missed.
void check_tcp_address(const std::string& written, std::string_view address, const Checker& at) {
  constexpr std::string_view kScheme = "tcp://";
  const bool has_variable = written.find("${") != std::string::npos;
  if (address.empty()) return;
  if (!address.starts_with(kScheme)) {
    const auto separator = address.find("://");
    const bool no_scheme = separator == std::string_view::npos || separator == 0;
    if (written.starts_with("${") && no_scheme) return;
    at.complain("address", "address: " + in_quotes(address) +
                               " does not begin with \"tcp://\", write it like "
                               "\"tcp://192.168.1.20:5025\"");
    return;
  }
  auto rest = address.substr(kScheme.size());
  if (rest.starts_with('[')) rest.remove_prefix(std::min(rest.find(']'), rest.size()));
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return;
  const auto port = rest.substr(colon + 1);
  if (is_device_port(port) || (port.empty() && has_variable)) return;
  at.complain("address", "address: port " + in_quotes(port) + " must be a number from 1 to 65535");
}

model::Device check_device(const v1::Device& device,
                           const Environment& environment,
                           const Checker& at) {
  model::Device result;
  result.id = DeviceId{device.name()};
  result.plugin = device.plugin();
  result.profile = device.profile();
  result.serial = device.serial();
  for (const auto& setting : device.settings()) {
    result.settings.push_back({setting.key(), setting.value()});
  }
  at.check_label("name", device.name());
  if (needs_profile(device.plugin()) && device.profile().empty()) {
    at.complain("plugin", named("plugin", device.plugin()) + " needs a profile");
  }
  if (!device.plugin().empty() && !is_valid_word(device.plugin())) {
    at.complain("plugin",
                named("plugin", device.plugin()) + " is no name of a plugin: a-z, 0-9 and \"_\"");
  }
  const auto address = substitute(device.address(), environment);
  if (!address) at.complain("address", "address: " + address.error().message);
  result.address = address.value_or("");
  if (is_reached_by_tcp(device.plugin())) check_tcp_address(device.address(), result.address, at);
  return result;
}

model::Station check_station(const v1::Station& station,
                             const Environment& environment,
                             const Checker& at) {
  model::Station result;
  result.id = StationId{station.name()};
  result.title = station.title();
  at.check_label("name", station.name());
  if (station.benches().empty()) at.complain("", "at least one bench is needed");
  for (int i = 0; i < station.devices_size(); ++i) {
    const auto& device = station.devices(i);
    const auto here =
        at.in("devices", static_cast<std::size_t>(i)).called(named("device", device.name()));
    result.devices.push_back(check_device(device, environment, here));
  }
  for (int i = 0; i < station.benches_size(); ++i) {
    const auto& bench = station.benches(i);
    const auto here =
        at.in("benches", static_cast<std::size_t>(i)).called(named("bench", bench.name()));
    result.benches.push_back(check_bench(bench, result.devices, here));
  }
  return result;
}

}  // namespace

std::optional<Loaded<model::Station>> read_station(std::string_view text,
                                                   const std::string& file_name,
                                                   const Environment& environment,
                                                   Diagnostics& diagnostics,
                                                   const Surroundings& around) {
  Loaded<model::Station> loaded;
  v1::StationFile file;
  Diagnostics found;
  load_yaml(text, file_name, file, loaded.places, found);
  if (file.has_station()) {
    const Checker at{loaded.places, found, "station", ""};
    loaded.value = check_station(file.station(), environment, at);
    Profiles profiles;
    if (!around.profiles.empty()) profiles = check_profiles(file.station(), around.profiles, at);
    check_plugins(file.station(), loaded.value, profiles, around, at);
  }
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  if (!found.empty()) return std::nullopt;
  loaded.text = text;
  loaded.hash = config_hash(text);
  loaded.value.source = text;
  loaded.value.config_hash = loaded.hash;
  return loaded;
}

}  // namespace benchd::config
