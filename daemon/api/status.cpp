#include "daemon/api/status.hpp"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace benchd::api {
namespace {

google::rpc::ErrorInfo info_of(const Error& error) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string{wire_name(error.reason)});
  info.set_domain("benchd");
  for (const auto& [key, value] : error.context) (*info.mutable_metadata())[key] = value;
  return info;
}

}  // namespace

grpc::Status to_grpc(const Error& error) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(error.code()));
  status.set_message(error.message);
  status.add_details()->PackFrom(info_of(error));
  if (!error.violations.empty()) {
    google::rpc::BadRequest bad;
    for (const auto& violation : error.violations) {
      auto* added = bad.add_field_violations();
      added->set_field(violation.field);
      added->set_description(violation.description);
    }
    status.add_details()->PackFrom(bad);
  }
  google::rpc::Help help;
  help.add_links()->set_description(std::string{next_step_of(error.reason)});
  status.add_details()->PackFrom(help);
  return {static_cast<grpc::StatusCode>(error.code()), error.message, status.SerializeAsString()};
}

}  // namespace benchd::api
