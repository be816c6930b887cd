// Mutual TLS for the network address. Private to api.
#pragma once

#include <grpcpp/security/server_credentials.h>
#include <memory>

#include "daemon/base/result.hpp"
#include "daemon/model/site.hpp"

namespace benchd::api {

// Requires and verifies a certificate of every peer; reads renewed files every 5 s. CONFIG_INVALID
// when a file is missing or unusable: key readable by others, key and certificate that do not
// belong together, a certificate that is not valid now.
[[nodiscard]] Result<std::shared_ptr<grpc::ServerCredentials>> make_credentials(
    const model::Listen& listen);

}  // namespace benchd::api
