#include "benchd/v1/run.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/stream_writer.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class RunApi final : public v1::RunService::CallbackService {
 public:
  explicit RunApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* StartRun(grpc::CallbackServerContext* context,
                                     const v1::StartRunRequest* request,
                                     v1::StartRunResponse* response) override {
    return answer(gate_, gate_.site().runs, &site::Runs::start_run, context, request, response);
  }

  grpc::ServerUnaryReactor* StopRun(grpc::CallbackServerContext* context,
                                    const v1::StopRunRequest* request,
                                    v1::StopRunResponse* response) override {
    return answer(gate_, gate_.site().runs, &site::Runs::stop_run, context, request, response);
  }

  grpc::ServerUnaryReactor* GetRun(grpc::CallbackServerContext* context,
                                   const v1::GetRunRequest* request,
                                   v1::GetRunResponse* response) override {
    return answer(gate_, gate_.site().runs, &site::Runs::get_run, context, request, response);
  }

  grpc::ServerUnaryReactor* ListRuns(grpc::CallbackServerContext* context,
                                     const v1::ListRunsRequest* request,
                                     v1::ListRunsResponse* response) override {
    return answer(gate_, gate_.site().runs, &site::Runs::list_runs, context, request, response);
  }

  grpc::ServerWriteReactor<v1::WatchRunResponse>* WatchRun(
      grpc::CallbackServerContext* context, const v1::WatchRunRequest* request) override {
    return stream(gate_, gate_.site().runs, &site::Runs::watch_run, context, request);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_run_service(Gate& gate) {
  return std::make_unique<RunApi>(gate);
}

}  // namespace benchd::api
