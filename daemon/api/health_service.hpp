// grpc.health.v1.Health, generated from its proto: the one that the library has built in is not
// listed by reflection. Private to api.
#pragma once

#include <grpcpp/impl/service_type.h>
#include <memory>
#include <string>
#include <vector>

namespace benchd::api {

// Says SERVING of the whole server ("") and of each named service, until stop(). Safe from any
// thread.
class HealthService {
 public:
  explicit HealthService(std::vector<std::string> services);
  ~HealthService();
  HealthService(const HealthService&) = delete;
  HealthService& operator=(const HealthService&) = delete;

  [[nodiscard]] grpc::Service* service();

  // NOT_SERVING for everybody; watches are told and then ended.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace benchd::api
