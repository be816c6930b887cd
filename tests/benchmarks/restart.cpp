// A site that is stopped and started again with a hundred thousand claims, against one without any:
// from opening the store until it answers.
//
//   restart ratio=… (…)       CLAIMS, ROUNDS in the environment
#include "daemon/base/log.hpp"
#include "tests/benchmarks/booking_site.hpp"
#include "tests/benchmarks/statistics.hpp"

namespace benchd::benchmarks {
namespace {

constexpr int kBenches = 100;

double median_restart(int claims, int rounds) {
  BookingSite site(kBenches, claims);
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) times.push_back(site.restart());
  return median(times);
}

int run() {
  log::start("site", spdlog::level::warn);
  const int claims = from_environment("CLAIMS", 100'000);
  const int rounds = from_environment("ROUNDS", 5);
  const double empty = median_restart(0, rounds);
  const double full = median_restart(claims, rounds);
  std::printf(
      "restart ratio=%.2f (%.0f ms with %d claims on %d benches, %.0f ms without; %d rounds)\n",
      empty / full, full * 1e3, claims, kBenches, empty * 1e3, rounds);
  return 0;
}

}  // namespace
}  // namespace benchd::benchmarks

int main() { return benchd::benchmarks::run(); }
