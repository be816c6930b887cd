#include "benchd/v1/policy.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class PolicyApi final : public v1::PolicyService::CallbackService {
 public:
  explicit PolicyApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request,
                                      v1::GetPolicyResponse* response) override {
    return answer(gate_, gate_.site().policies, &site::Policies::get_policy, context, request,
                  response);
  }
  grpc::ServerUnaryReactor* GetLimits(grpc::CallbackServerContext* context,
                                      const v1::GetLimitsRequest* request,
                                      v1::GetLimitsResponse* response) override {
    return answer(gate_, gate_.site().policies, &site::Policies::get_limits, context, request,
                  response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_policy_service(Gate& gate) {
  return std::make_unique<PolicyApi>(gate);
}

}  // namespace benchd::api
