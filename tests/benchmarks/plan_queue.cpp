// A whole plan of the queue: 2,000 jobs for 64 benches with 2,000 claims each, against one binary
// search in the claims of each bench for each job, the least that a plan needs.
//
//   plan_queue ratio=… (…)       ROUNDS in the environment
#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "daemon/scheduling/planner.hpp"
#include "tests/benchmarks/statistics.hpp"

namespace benchd::benchmarks {
namespace {

using namespace std::chrono_literals;
using scheduling::PlanBench;
using scheduling::PlanJob;

constexpr std::size_t kBenches = 64;
constexpr std::size_t kClaims = 2000;
constexpr std::size_t kJobs = 2000;
constexpr UtcSeconds kNow{1'800'000'000s};

struct Work {
  std::vector<std::vector<model::Interval>> claims;
  std::vector<PlanBench> benches;
  std::vector<PlanJob> jobs;
};

// Claims of half an hour to four hours with gaps up to three; jobs of a quarter to four hours, each
// for any bench.
Work make_work() {
  std::mt19937 random(1);
  const auto minutes = [&](int least, int most) {
    return std::chrono::minutes{std::uniform_int_distribution{least, most}(random)};
  };
  Work work;
  std::vector<std::size_t> all;
  for (std::size_t bench = 0; bench < kBenches; ++bench) {
    auto& claims = work.claims.emplace_back();
    UtcSeconds at = kNow;
    for (std::size_t claim = 0; claim < kClaims; ++claim) {
      const auto start = at + minutes(0, 180);
      claims.push_back({start, start + minutes(30, 240)});
      at = claims.back().end;
    }
    all.push_back(bench);
  }
  for (std::size_t bench = 0; bench < kBenches; ++bench) {
    scheduling::BenchRules rules;
    rules.id = BenchId{"bench-" + std::to_string(bench)};
    rules.setup_time = 5min;
    rules.teardown_time = 5min;
    work.benches.push_back({rules, work.claims[bench], std::nullopt});
  }
  for (std::size_t job = 0; job < kJobs; ++job) {
    PlanJob out{.id = model::JobId{"j-" + std::to_string(job)}, .earliest = kNow};
    out.predicted = minutes(15, 240);
    out.maximum = out.predicted + minutes(0, 60);
    out.fitting = all;
    work.jobs.push_back(std::move(out));
  }
  return work;
}

template <typename Run>
double milliseconds_of(Run run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

int run() {
  const int rounds = from_environment("ROUNDS", 7);
  const auto work = make_work();
  std::vector<double> plans;
  std::vector<double> bare;
  std::size_t found = 0;
  for (int round = 0; round < rounds; ++round) {
    plans.push_back(milliseconds_of([&] {
      const auto plan = scheduling::make_plan(work.benches, work.jobs, kNow);
      for (const auto& each : plan) found += each.planned ? 1 : 0;
    }));
    bare.push_back(milliseconds_of([&] {
      for (const auto& job : work.jobs) {
        for (const auto& claims : work.claims) {
          found += static_cast<std::size_t>(
              std::ranges::upper_bound(claims, kNow + job.maximum, {}, &model::Interval::start) -
              claims.begin());
        }
      }
    }));
  }
  require(found > kJobs, "planning every job");
  std::printf(
      "plan_queue ratio=%.3f (%.1f ms for %zu jobs on %zu benches with %zu claims each; bare "
      "searches"
      " %.1f ms; medians of %d rounds)\n",
      median(bare) / median(plans), median(plans), kJobs, kBenches, kClaims, median(bare), rounds);
  return 0;
}

}  // namespace
}  // namespace benchd::benchmarks

int main() { return benchd::benchmarks::run(); }
