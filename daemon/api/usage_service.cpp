#include "benchd/v1/usage.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class UsageApi final : public v1::UsageService::CallbackService {
 public:
  explicit UsageApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* ListUsage(grpc::CallbackServerContext* context,
                                      const v1::ListUsageRequest* request,
                                      v1::ListUsageResponse* response) override {
    return answer(gate_, gate_.site().usage, &site::Usage::list_usage, context, request, response);
  }

  grpc::ServerUnaryReactor* SummarizeUsage(grpc::CallbackServerContext* context,
                                           const v1::SummarizeUsageRequest* request,
                                           v1::SummarizeUsageResponse* response) override {
    return answer(gate_, gate_.site().usage, &site::Usage::summarize_usage, context, request,
                  response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_usage_service(Gate& gate) {
  return std::make_unique<UsageApi>(gate);
}

}  // namespace benchd::api
