// The wire of a session: gRPC on one side, the engine on the other.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "benchd/plugin/v1/plugin.grpc.pb.h"

#include "plugins/sdk/src/engine.hpp"

namespace benchd::plugin::detail {

// Both calls hold a thread of gRPC's as long as they last.
class PluginService final : public v1::PluginService::Service {
 public:
  explicit PluginService(Engine& engine) : engine_(engine) {}

  grpc::Status Session(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::SessionResponse, v1::SessionRequest>* stream) override;
  grpc::Status StreamSamples(grpc::ServerContext* context,
                             const v1::StreamSamplesRequest* request,
                             grpc::ServerWriter<v1::StreamSamplesResponse>* writer) override;

  // Waits until the station has taken all responses and hung up.
  void wait_until_hung_up(MonotonicTime until);

 private:
  Engine& engine_;
  std::atomic<bool> taken_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool hung_up_ = false;
};

}  // namespace benchd::plugin::detail
