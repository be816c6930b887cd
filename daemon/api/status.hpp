// Errors as gRPC sends them. Private to api.
#pragma once

#include <grpcpp/support/status.h>

#include "daemon/base/result.hpp"

namespace benchd::api {

// The error's canonical code and message; in the details a google.rpc.Status with ErrorInfo
// (reason, domain "benchd", the context as metadata), BadRequest when there are violations, and
// the next step as Help.
[[nodiscard]] grpc::Status to_grpc(const Error& error);

}  // namespace benchd::api
