#include "plugins/sdk/src/service.hpp"

#include <thread>
#include <utility>

namespace benchd::plugin::detail {

grpc::Status PluginService::Session(
    grpc::ServerContext* /*context*/,
    grpc::ServerReaderWriter<v1::SessionResponse, v1::SessionRequest>* stream) {
  if (taken_.exchange(true)) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "there is one session in a plugin's life"};
  }
  std::thread writer([this, stream] {
    while (const auto response = engine_.next_response()) {
      if (!stream->Write(*response)) return;
    }
  });
  v1::SessionRequest request;
  while (stream->Read(&request)) engine_.receive(std::move(request));
  engine_.disconnected();
  writer.join();
  const std::scoped_lock lock(mutex_);
  hung_up_ = true;
  changed_.notify_all();
  return grpc::Status::OK;
}

grpc::Status PluginService::StreamSamples(grpc::ServerContext* /*context*/,
                                          const v1::StreamSamplesRequest* /*request*/,
                                          grpc::ServerWriter<v1::StreamSamplesResponse>* writer) {
  while (const auto batch = engine_.next_samples()) {
    if (!writer->Write(*batch)) break;
  }
  return grpc::Status::OK;
}

void PluginService::wait_until_hung_up(MonotonicTime until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [this] { return hung_up_; });
}

}  // namespace benchd::plugin::detail
