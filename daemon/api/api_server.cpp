#include "daemon/api/api_server.hpp"

#include <atomic>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "daemon/api/credentials.hpp"
#include "daemon/api/gate.hpp"
#include "daemon/api/health_service.hpp"
#include "daemon/api/services.hpp"
#include "daemon/base/log.hpp"

namespace benchd::api {
namespace {

constexpr auto kStopTime = std::chrono::seconds{10};

const std::vector<std::string>& service_names() {
  static const std::vector<std::string> names = {
      "benchd.v1.BenchService",    "benchd.v1.BookingService", "benchd.v1.ControlService",
      "benchd.v1.DutService",      "benchd.v1.JobService",     "benchd.v1.NotificationService",
      "benchd.v1.PolicyService",   "benchd.v1.ResultService",  "benchd.v1.RunService",
      "benchd.v1.SequenceService", "benchd.v1.UsageService"};
  return names;
}

std::vector<std::unique_ptr<grpc::Service>> make_services(Gate& gate) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(make_bench_service(gate));
  services.push_back(make_booking_service(gate));
  services.push_back(make_control_service(gate));
  services.push_back(make_dut_service(gate));
  services.push_back(make_job_service(gate));
  services.push_back(make_notification_service(gate));
  services.push_back(make_policy_service(gate));
  services.push_back(make_result_service(gate));
  services.push_back(make_run_service(gate));
  services.push_back(make_sequence_service(gate));
  services.push_back(make_usage_service(gate));
  return services;
}

// A frozen client is noticed after 15 s, which gRPC's defaults do not do; nobody shares a port.
void configure(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(1 << 20);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 << 10);
}

Status check_socket_folder(const std::filesystem::path& socket) {
  struct stat info {};
  const auto folder = socket.parent_path();
  if (stat(folder.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  return fail(Reason::StoreUnusable,
              folder.string() +
                  " must be there and open to its owner only (mode 0700): who can reach the socket "
                  "in it is the owner of this site");
}

}  // namespace

class ApiServer::Impl {
 public:
  explicit Impl(site::Site& site) : gate_(site), health_(service_names()) {}

  Status start(const ApiParts& parts) {
    if (auto checked = check_socket_folder(parts.socket); !checked) return checked;
    grpc::EnableDefaultHealthCheckService(false);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    services_ = make_services(gate_);

    grpc::ServerBuilder builder;
    configure(builder);
    int socket_bound = 0;
    builder.AddListeningPort("unix:" + parts.socket.string(), grpc::InsecureServerCredentials(),
                             &socket_bound);
    const auto& listen = parts.site->config().listen;
    if (listen) {
      auto credentials = make_credentials(*listen);
      if (!credentials) return fail(credentials.error());
      builder.AddListeningPort(listen->address, *credentials, &port_);
    }
    for (const auto& service : services_) builder.RegisterService(service.get());
    builder.RegisterService(health_.service());
    server_ = builder.BuildAndStart();
    if (!server_ || socket_bound == 0 || (listen && port_ == 0)) {
      return fail(Reason::Unavailable,
                  "cannot listen on " +
                      (listen && socket_bound != 0 ? listen->address : parts.socket.string()) +
                      "; is another benchd site running?");
    }
    if (listen) {
      log::info("listens on {} (port {}) with mutual TLS", listen->address, port_);
    } else {
      log::info("no certificates are configured: nothing listens on the network");
    }
    return {};
  }

  void stop() {
    if (stopped_.exchange(true)) return;
    health_.stop();
    gate_.close();
    if (server_) server_->Shutdown(std::chrono::system_clock::now() + kStopTime);
  }

  [[nodiscard]] int port() const { return port_; }

 private:
  Gate gate_;
  HealthService health_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::atomic<bool> stopped_ = false;
};

Result<std::unique_ptr<ApiServer>> ApiServer::start(ApiParts parts) {
  auto impl = std::make_unique<Impl>(*parts.site);
  if (auto started = impl->start(parts); !started) return fail(started.error());
  return std::unique_ptr<ApiServer>(new ApiServer(std::move(impl)));
}

ApiServer::ApiServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ApiServer::~ApiServer() { impl_->stop(); }
void ApiServer::stop() { impl_->stop(); }
int ApiServer::port() const { return impl_->port(); }

}  // namespace benchd::api
