// FindSlots over the API on a site with a thousand fitting benches and a thousand claims on each,
// against an empty unary call over the same connection; one client.
//
//   find_slots ratio=… (…)       BENCHES, CLAIMS (on each), CALLS in the environment
#include <algorithm>
#include <chrono>
#include <grpcpp/grpcpp.h>

#include "benchd/v1/booking.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"

#include "daemon/base/log.hpp"
#include "tests/benchmarks/booking_site.hpp"
#include "tests/benchmarks/claims.hpp"
#include "tests/benchmarks/statistics.hpp"

namespace benchd::benchmarks {
namespace {

// Milliseconds of each call, shortest first.
template <typename Call>
std::vector<double> times_of(int calls, Call call) {
  std::vector<double> times;
  for (int number = 0; number < calls; ++number) {
    const auto begin = std::chrono::steady_clock::now();
    call(number);
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::ranges::sort(times);
  return times;
}

double percentile(const std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

int run() {
  log::start("site", spdlog::level::warn);
  const int benches = from_environment("BENCHES", 1000);
  const int claims = from_environment("CLAIMS", 1000);
  const int calls = from_environment("CALLS", 200);
  const BookingSite site(benches, benches * claims);
  const auto channel = grpc::CreateChannel(site.address(), grpc::InsecureChannelCredentials());
  const auto bookings = v1::BookingService::NewStub(channel);
  const auto health = grpc::health::v1::Health::NewStub(channel);
  const auto find = [&](int number) {
    grpc::ClientContext context;
    context.AddMetadata("benchd-as", "acme/mia");
    v1::FindSlotsRequest request;
    request.set_parent("tenants/acme");
    request.set_kind("thrust-stand");
    // Between claims of an hour with an hour between them, and five minutes of buffers each.
    request.mutable_duration()->set_seconds(30 * 60);
    request.mutable_earliest_time()->set_seconds(kFirstClaim + 3600LL * (number % 500));
    v1::FindSlotsResponse response;
    const auto status = bookings->FindSlots(&context, request, &response);
    require(status.ok() && response.slots_size() == 10, "finding slots");
  };
  const auto call_empty = [&](int) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    require(health->Check(&context, {}, &response).ok(), "an empty call");
  };
  times_of(5, find);
  const auto found = times_of(calls, find);
  const auto empty = times_of(calls, call_empty);
  std::printf(
      "find_slots ratio=%.4f (p50 %.1f ms, p99 %.1f ms with %d fitting benches and %d claims on"
      " each, a window of 14 days; empty unary call p50 %.2f ms; %d calls)\n",
      percentile(empty, 0.5) / percentile(found, 0.5), percentile(found, 0.5),
      percentile(found, 0.99), benches, claims, percentile(empty, 0.5), calls);
  return 0;
}

}  // namespace
}  // namespace benchd::benchmarks

int main() { return benchd::benchmarks::run(); }
