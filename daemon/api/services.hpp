// The services of benchd.v1, each in a file of its own. Private to api.
#pragma once

#include <grpcpp/impl/service_type.h>
#include <memory>

#include "daemon/api/gate.hpp"

namespace benchd::api {

[[nodiscard]] std::unique_ptr<grpc::Service> make_bench_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_booking_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_dut_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_policy_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_sequence_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_job_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_run_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_control_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_result_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_notification_service(Gate& gate);
[[nodiscard]] std::unique_ptr<grpc::Service> make_usage_service(Gate& gate);

}  // namespace benchd::api
