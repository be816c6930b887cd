#include "benchd/v1/result.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/stream_writer.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class ResultApi final : public v1::ResultService::CallbackService {
 public:
  explicit ResultApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* GetResult(grpc::CallbackServerContext* context,
                                      const v1::GetResultRequest* request,
                                      v1::GetResultResponse* response) override {
    return answer(gate_, gate_.site().results, &site::Results::get_result, context, request,
                  response);
  }

  grpc::ServerWriteReactor<v1::ReadSamplesResponse>* ReadSamples(
      grpc::CallbackServerContext* context, const v1::ReadSamplesRequest* request) override {
    return stream(gate_, gate_.site().results, &site::Results::read_samples, context, request);
  }

  grpc::ServerWriteReactor<v1::ExportRecordingResponse>* ExportRecording(
      grpc::CallbackServerContext* context, const v1::ExportRecordingRequest* request) override {
    return stream(gate_, gate_.site().results, &site::Results::export_recording, context, request);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_result_service(Gate& gate) {
  return std::make_unique<ResultApi>(gate);
}

}  // namespace benchd::api
