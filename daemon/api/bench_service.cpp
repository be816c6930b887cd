#include "benchd/v1/bench.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/stream_writer.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class BenchApi final : public v1::BenchService::CallbackService {
 public:
  explicit BenchApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* ListBenches(grpc::CallbackServerContext* context,
                                        const v1::ListBenchesRequest* request,
                                        v1::ListBenchesResponse* response) override {
    return answer(gate_, gate_.site().benches, &site::Benches::list_benches, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* GetBench(grpc::CallbackServerContext* context,
                                     const v1::GetBenchRequest* request,
                                     v1::GetBenchResponse* response) override {
    return answer(gate_, gate_.site().benches, &site::Benches::get_bench, context, request,
                  response);
  }

  grpc::ServerWriteReactor<v1::WatchBenchesResponse>* WatchBenches(
      grpc::CallbackServerContext* context, const v1::WatchBenchesRequest* request) override {
    return stream(gate_, gate_.site().benches, &site::Benches::watch_benches, context, request);
  }

  grpc::ServerUnaryReactor* ListBusyTimes(grpc::CallbackServerContext* context,
                                          const v1::ListBusyTimesRequest* request,
                                          v1::ListBusyTimesResponse* response) override {
    return answer(gate_, gate_.site().benches, &site::Benches::list_busy_times, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ReleaseBench(grpc::CallbackServerContext* context,
                                         const v1::ReleaseBenchRequest* request,
                                         v1::ReleaseBenchResponse* response) override {
    return answer(gate_, gate_.site().benches, &site::Benches::release_bench, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* QuarantineBench(grpc::CallbackServerContext* context,
                                            const v1::QuarantineBenchRequest* request,
                                            v1::QuarantineBenchResponse* response) override {
    return answer(gate_, gate_.site().benches, &site::Benches::quarantine_bench, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* CreateOutage(grpc::CallbackServerContext* context,
                                         const v1::CreateOutageRequest* request,
                                         v1::CreateOutageResponse* response) override {
    return answer(gate_, gate_.site().outages, &site::Outages::create_outage, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* EndOutage(grpc::CallbackServerContext* context,
                                      const v1::EndOutageRequest* request,
                                      v1::EndOutageResponse* response) override {
    return answer(gate_, gate_.site().outages, &site::Outages::end_outage, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ListOutages(grpc::CallbackServerContext* context,
                                        const v1::ListOutagesRequest* request,
                                        v1::ListOutagesResponse* response) override {
    return answer(gate_, gate_.site().outages, &site::Outages::list_outages, context, request,
                  response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_bench_service(Gate& gate) {
  return std::make_unique<BenchApi>(gate);
}

}  // namespace benchd::api
