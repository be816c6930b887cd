#include "benchd/v1/control.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class ControlApi final : public v1::ControlService::CallbackService {
 public:
  explicit ControlApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* ReadChannels(grpc::CallbackServerContext* context,
                                         const v1::ReadChannelsRequest* request,
                                         v1::ReadChannelsResponse* response) override {
    return answer(gate_, gate_.site().control, &site::Control::read_channels, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* WriteChannels(grpc::CallbackServerContext* context,
                                          const v1::WriteChannelsRequest* request,
                                          v1::WriteChannelsResponse* response) override {
    return answer(gate_, gate_.site().control, &site::Control::write_channels, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* EnterSafeState(grpc::CallbackServerContext* context,
                                           const v1::EnterSafeStateRequest* request,
                                           v1::EnterSafeStateResponse* response) override {
    return answer(gate_, gate_.site().control, &site::Control::enter_safe_state, context, request,
                  response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_control_service(Gate& gate) {
  return std::make_unique<ControlApi>(gate);
}

}  // namespace benchd::api
