#include "daemon/devices/plugin_host.hpp"

#include <utility>

#include "daemon/devices/plugin_connection.hpp"
#include "daemon/devices/plugin_session.hpp"

namespace benchd::devices {

PluginHost::PluginHost(HostOptions options)
    : options_(std::move(options)), open_calls_(std::make_shared<OpenCalls>()) {}

PluginHost::~PluginHost() { open_calls_->wait(); }

std::unique_ptr<DeviceSession> PluginHost::start(DeviceSetup setup,
                                                 asio::any_io_executor strand,
                                                 DeviceObserver& observer) {
  auto session = std::make_unique<PluginSession>(options_, open_calls_, std::move(setup),
                                                 std::move(strand), observer);
  session->start();
  return session;
}

}  // namespace benchd::devices
