#include "benchd/v1/job.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class JobApi final : public v1::JobService::CallbackService {
 public:
  explicit JobApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* SubmitJob(grpc::CallbackServerContext* context,
                                      const v1::SubmitJobRequest* request,
                                      v1::SubmitJobResponse* response) override {
    return answer(gate_, gate_.site().jobs, &site::Jobs::submit_job, context, request, response);
  }

  grpc::ServerUnaryReactor* GetJob(grpc::CallbackServerContext* context,
                                   const v1::GetJobRequest* request,
                                   v1::GetJobResponse* response) override {
    return answer(gate_, gate_.site().jobs, &site::Jobs::get_job, context, request, response);
  }

  grpc::ServerUnaryReactor* ListJobs(grpc::CallbackServerContext* context,
                                     const v1::ListJobsRequest* request,
                                     v1::ListJobsResponse* response) override {
    return answer(gate_, gate_.site().jobs, &site::Jobs::list_jobs, context, request, response);
  }

  grpc::ServerUnaryReactor* CancelJob(grpc::CallbackServerContext* context,
                                      const v1::CancelJobRequest* request,
                                      v1::CancelJobResponse* response) override {
    return answer(gate_, gate_.site().jobs, &site::Jobs::cancel_job, context, request, response);
  }

  grpc::ServerUnaryReactor* ExplainJob(grpc::CallbackServerContext* context,
                                       const v1::ExplainJobRequest* request,
                                       v1::ExplainJobResponse* response) override {
    return answer(gate_, gate_.site().jobs, &site::Jobs::explain_job, context, request, response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_job_service(Gate& gate) {
  return std::make_unique<JobApi>(gate);
}

}  // namespace benchd::api
