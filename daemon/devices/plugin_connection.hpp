// The session with one plugin process on its socket: gRPC behind, values and callbacks in front.
//
// Confined to: the executor, on which the callbacks come. Destroying it hangs up; no callback
// comes after that.
#pragma once

#include <functional>
#include <memory>

#include <asio/any_io_executor.hpp>

#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/open_calls.hpp"

namespace benchd::devices {

class PluginConnection {
 public:
  struct Callbacks {
    std::function<void(benchd::plugin::v1::SessionResponse&&)> on_response;
    // The next batch is fetched when this returns.
    std::function<void(benchd::plugin::v1::StreamSamplesResponse&&)> on_samples;
    // The plugin has hung up, or sent what is not a message. Once.
    std::function<void()> on_end;
  };

  // Takes the socket.
  PluginConnection(int socket,
                   asio::any_io_executor executor,
                   std::shared_ptr<OpenCalls> calls,
                   Callbacks callbacks);
  ~PluginConnection();
  PluginConnection(const PluginConnection&) = delete;
  PluginConnection& operator=(const PluginConnection&) = delete;

  // In order; never blocks. Nothing is sent any more after on_end.
  void send(benchd::plugin::v1::SessionRequest request);
  void start_samples();

 private:
  class SessionCall;
  class SamplesCall;
  struct Wire;
  std::shared_ptr<Wire> wire_;
  std::shared_ptr<SessionCall> session_;
  std::shared_ptr<SamplesCall> samples_;
};

}  // namespace benchd::devices
