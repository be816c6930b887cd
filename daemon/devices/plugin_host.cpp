#include "daemon/devices/plugin_host.hpp"

#include <utility>

#include "daemon/devices/plugin_connection.hpp"
#include "daemon/devices/plugin_session.hpp"

namespace benchd::devices {

PluginHost::PluginHost(HostOptions options)
    : options_(std::move(options)), open_calls_(make_open_calls()) {}

PluginHost::~PluginHost() { wait_until_none(*open_calls_); }

std::unique_ptr<DeviceSession> PluginHost::start(DeviceSetup setup,
                                                 asio::any_io_executor strand,
                                                 DeviceObserver& observer) {
  auto session = std::make_unique<PluginSession>(options_, open_calls_, std::move(setup),
                                                 std::move(strand), observer);
  session->start();
  return session;
}

}  // namespace benchd::devices
