#include "daemon/api/health_service.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "grpc/health/v1/health.grpc.pb.h"

#include "daemon/api/stream_writer.hpp"

namespace benchd::api {

namespace health = grpc::health::v1;

class HealthService::Impl final : public health::Health::CallbackService {
 public:
  explicit Impl(std::vector<std::string> services) : services_(std::move(services)) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const health::HealthCheckRequest* request,
                                  health::HealthCheckResponse* response) override {
    auto* reactor = context->DefaultReactor();
    if (!known(request->service())) {
      reactor->Finish({grpc::StatusCode::NOT_FOUND, "there is no such service"});
      return reactor;
    }
    const std::lock_guard lock(mutex_);
    response->set_status(present());
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<health::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* /*context*/,
      const health::HealthCheckRequest* request) override {
    auto writer = Writer::make();
    health::HealthCheckResponse response;
    bool stopped = false;
    {
      const std::lock_guard lock(mutex_);
      response.set_status(known(request->service()) ? present()
                                                    : health::HealthCheckResponse::SERVICE_UNKNOWN);
      std::erase_if(watchers_, [](const auto& weak) { return weak.expired(); });
      watchers_.push_back(writer);
      stopped = stopped_;
    }
    writer->send(response);
    if (stopped) writer->end({});
    return writer.get();
  }

  void stop() {
    std::vector<std::weak_ptr<Writer>> watchers;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      watchers.swap(watchers_);
    }
    health::HealthCheckResponse response;
    response.set_status(health::HealthCheckResponse::NOT_SERVING);
    for (const auto& weak : watchers) {
      if (const auto writer = weak.lock()) {
        writer->send(response);
        writer->end({});
      }
    }
  }

 private:
  using Writer = StreamWriter<health::HealthCheckResponse>;

  [[nodiscard]] bool known(const std::string& service) const {
    return service.empty() || std::ranges::find(services_, service) != services_.end();
  }
  [[nodiscard]] health::HealthCheckResponse::ServingStatus present() const {
    return stopped_ ? health::HealthCheckResponse::NOT_SERVING
                    : health::HealthCheckResponse::SERVING;
  }

  const std::vector<std::string> services_;
  std::mutex mutex_;  // a leaf; guards what follows
  std::vector<std::weak_ptr<Writer>> watchers_;
  bool stopped_ = false;
};

HealthService::HealthService(std::vector<std::string> services)
    : impl_(std::make_unique<Impl>(std::move(services))) {}
HealthService::~HealthService() = default;
grpc::Service* HealthService::service() { return impl_.get(); }
void HealthService::stop() { impl_->stop(); }

}  // namespace benchd::api
