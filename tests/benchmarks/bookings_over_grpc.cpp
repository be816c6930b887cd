// Bookings over the API by 16 clients, each durable, authenticated and audited when it is
// answered, against an empty unary call (grpc.health.v1 Check) by the same clients over the same
// connections. Both in turns after a warm-up, in one process with the server.
//
//   bookings_over_grpc ratio=… (…)       ROUNDS, ROUND_MS in the environment make it shorter
#include <array>
#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <functional>
#include <grpcpp/grpcpp.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "benchd/v1/booking.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"

#include "daemon/base/log.hpp"
#include "tests/benchmarks/booking_site.hpp"
#include "tests/benchmarks/statistics.hpp"

namespace benchd::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int kClients = 16;
constexpr int kBenches = 64;
constexpr std::int64_t kHour = 3600;

// Every booking gets an hour of its own, from tomorrow on.
class FreeSlots {
 public:
  void next(v1::CreateBookingRequest& request) {
    const int number = next_++;
    request.add_benches(BookingSite::bench(number % kBenches));
    request.mutable_start_time()->set_seconds(first_ + kHour * (number / kBenches));
    request.mutable_duration()->set_seconds(kHour / 2);
    request.set_request_id("r-" + std::to_string(number));
  }
  [[nodiscard]] int taken() const { return next_; }

 private:
  const std::int64_t first_ = std::chrono::duration_cast<std::chrono::seconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                      .count() /
                                  kHour * kHour +
                              24 * kHour;
  std::atomic<int> next_ = 0;
};

// One client with a connection of its own.
class Client {
 public:
  Client(const std::string& address, int number)
      : channel_(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own())),
        bookings_(v1::BookingService::NewStub(channel_)),
        health_(grpc::health::v1::Health::NewStub(channel_)),
        tenant_(number % 2 == 0 ? "acme" : "rival"),
        member_(number % 2 == 0 ? "mia" : "rob") {}

  void book(FreeSlots& slots) {
    grpc::ClientContext context;
    context.AddMetadata("benchd-as", tenant_ + "/" + member_);
    v1::CreateBookingRequest request;
    request.set_parent("tenants/" + tenant_);
    slots.next(request);
    v1::CreateBookingResponse response;
    const auto status = bookings_->CreateBooking(&context, request, &response);
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.error_message().c_str());
    require(status.ok() && response.booking().state() == v1::BOOKING_STATE_CONFIRMED, "a booking");
  }

  void call_empty() {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    require(health_->Check(&context, {}, &response).ok(), "an empty call");
  }

 private:
  static grpc::ChannelArguments own() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return arguments;
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::BookingService::Stub> bookings_;
  std::unique_ptr<grpc::health::v1::Health::Stub> health_;
  const std::string tenant_;
  const std::string member_;
};

struct Figure {
  double per_second = 0;    // of all clients together
  double processor_us = 0;  // of client and server for one call
};

Figure measure(std::vector<Client>& clients,
               std::chrono::milliseconds time,
               const std::function<void(Client&)>& call) {
  std::atomic<int> calls = 0;
  const auto begin = Clock::now();
  const double used = processor_time();
  std::vector<std::thread> threads;
  threads.reserve(clients.size());
  for (auto& client : clients) {
    threads.emplace_back([&] {
      while (Clock::now() < begin + time) {
        call(client);
        ++calls;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return {calls / Seconds(Clock::now() - begin).count(), (processor_time() - used) / calls * 1e6};
}

// Of 20 pages to the disk, in milliseconds: what each group of bookings waits for.
double flush_time_ms() {
  const test::TemporaryFolder folder;
  const int file = open((folder.path() / "flush").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  require(file >= 0, "a file to flush");
  const std::string pages(20 * 4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < 51; ++i) {
    require(write(file, pages.data(), pages.size()) > 0, "writing");
    const auto begin = Clock::now();
    require(fdatasync(file) == 0, "flushing");
    times.push_back(Seconds(Clock::now() - begin).count() * 1e3);
  }
  close(file);
  return median(times);
}

double median_of(const std::vector<Figure>& figures, double Figure::*which) {
  std::vector<double> values;
  values.reserve(figures.size());
  for (const auto& figure : figures) values.push_back(figure.*which);
  return median(values);
}

int run() {
  log::start("site", spdlog::level::warn);
  const int rounds = from_environment("ROUNDS", 7);
  const std::chrono::milliseconds time{from_environment("ROUND_MS", 2000)};
  BookingSite site(kBenches);
  FreeSlots slots;
  std::vector<Client> clients;
  clients.reserve(kClients);
  for (int number = 0; number < kClients; ++number) clients.emplace_back(site.address(), number);
  const auto book = [&](Client& client) { client.book(slots); };
  const auto call_empty = [](Client& client) { client.call_empty(); };

  measure(clients, time, call_empty);
  measure(clients, time, book);
  std::vector<Figure> bookings;
  std::vector<Figure> empty;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    empty.push_back(measure(clients, time, call_empty));
    bookings.push_back(measure(clients, time, book));
    ratios.push_back(bookings.back().per_second / empty.back().per_second);
    std::fprintf(stderr, "round %d: %.0f bookings/s, %.0f empty calls/s\n", round,
                 bookings.back().per_second, empty.back().per_second);
  }
  std::printf(
      "bookings_over_grpc ratio=%.2f (%.0f bookings/s with %.0f us of processor time each, empty"
      " unary call %.0f/s with %.0f us; a flush of the disk takes %.1f ms; %d clients, medians of"
      " %d rounds, %d bookings)\n",
      median(ratios), median_of(bookings, &Figure::per_second),
      median_of(bookings, &Figure::processor_us), median_of(empty, &Figure::per_second),
      median_of(empty, &Figure::processor_us), flush_time_ms(), kClients, rounds, slots.taken());
  return 0;
}

}  // namespace
}  // namespace benchd::benchmarks

int main() { return benchd::benchmarks::run(); }
