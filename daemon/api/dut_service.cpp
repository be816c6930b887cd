#include "benchd/v1/dut.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class DutApi final : public v1::DutService::CallbackService {
 public:
  explicit DutApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* CreateDut(grpc::CallbackServerContext* context,
                                      const v1::CreateDutRequest* request,
                                      v1::CreateDutResponse* response) override {
    return answer(gate_, gate_.site().duts, &site::Duts::create_dut, context, request, response);
  }

  grpc::ServerUnaryReactor* GetDut(grpc::CallbackServerContext* context,
                                   const v1::GetDutRequest* request,
                                   v1::GetDutResponse* response) override {
    return answer(gate_, gate_.site().duts, &site::Duts::get_dut, context, request, response);
  }

  grpc::ServerUnaryReactor* ListDuts(grpc::CallbackServerContext* context,
                                     const v1::ListDutsRequest* request,
                                     v1::ListDutsResponse* response) override {
    return answer(gate_, gate_.site().duts, &site::Duts::list_duts, context, request, response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_dut_service(Gate& gate) {
  return std::make_unique<DutApi>(gate);
}

}  // namespace benchd::api
