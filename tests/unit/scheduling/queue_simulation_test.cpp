// The promises of the queue over weeks of simulated time.
#include "tests/unit/scheduling/queue_simulation.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <random>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr int kDay = 24 * 60;

BenchRules bench_named(const std::string& id, int setup = 0, int teardown = 0) {
  return {BenchId{id}, minutes{setup}, minutes{teardown}};
}

QueueSimulation::Work work(const std::string& tenant, seconds length) {
  return {
      .tenant = tenant, .predicted = length, .maximum = length, .actual = length, .fitting = {0}};
}

// Part of the bench's time that each tenant has had from `from` on.
std::map<std::string, double> parts(const QueueSimulation& site, UtcSeconds from) {
  std::map<std::string, double> time;
  double all = 0;
  for (const auto& job : site.started()) {
    if (job.start < from) continue;
    time[job.tenant] += static_cast<double>(job.actual.count());
    all += static_cast<double>(job.actual.count());
  }
  for (auto& [tenant, each] : time) each /= all;
  return time;
}

TEST(QueueSimulationTest, ThreeEqualTenantsGetAThirdEachThoughOneQueuesSixtyDaysOfWorkFirst) {
  QueueSimulation site({bench_named("b")}, {"hour", "six", "day"}, at(0));
  for (int i = 0; i < 60; ++i) site.submit(work("day", hours{24}));
  site.pass();
  while (site.now() < at(10 * kDay)) site.advance(at(10 * kDay));
  const auto others_come = site.now();
  while (site.now() < at(80 * kDay)) {
    while (site.waiting("six") < 5) site.submit(work("six", hours{6}));
    while (site.waiting("day") < 5) site.submit(work("day", hours{24}));
    while (site.waiting("hour") < 5) site.submit(work("hour", hours{1}));
    site.advance(at(80 * kDay));
  }
  EXPECT_THAT(site.violations(), IsEmpty());
  // The ten days that the first one had alone are set off against it; sixty days follow.
  const auto part = parts(site, others_come + hours{24 * 10});
  for (const char* tenant : {"hour", "six", "day"}) {
    EXPECT_NEAR(part.at(tenant), 1.0 / 3, 0.05 / 3) << tenant;
  }
  EXPECT_THAT(site.overtaken(), IsEmpty());
  seconds longest{};
  for (const auto& job : site.started()) longest = std::max(longest, job.start - job.head_since);
  EXPECT_LE(longest, Policy{}.longest_head_wait + hours{24});
}

TEST(QueueSimulationTest, TenAccountsOfATenantGetNoMoreThanOne) {
  QueueSimulation site({bench_named("b")}, {"many", "one"}, at(0));
  int member = 0;
  while (site.now() < at(30 * kDay)) {
    while (site.waiting("many") < 20) {
      auto each = work("many", hours{2});
      each.member = "m" + std::to_string(member++ % 10);
      site.submit(each);
    }
    while (site.waiting("one") < 2) site.submit(work("one", hours{2}));
    site.pass();
    site.advance(at(30 * kDay));
  }
  EXPECT_NEAR(parts(site, at(0)).at("many"), 0.5, 0.02);
}

// Short in the plan, as long as they may in truth: the worst that gaps can be filled with.
TEST(QueueSimulationTest, ABackfilledJobThatRunsToItsMaximumNeverDelaysABookingNorItsTeardown) {
  int backfilled = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution{low, high}(random);
    };
    QueueSimulation site({bench_named("b1", 5, 10), bench_named("b2", 0, 15)}, {"a", "b"}, at(0));
    while (site.now() < at(20 * kDay)) {
      const auto start = site.now() + minutes{pick(0, 2 * kDay)};
      site.book(static_cast<std::size_t>(pick(0, 1)), {start, start + minutes{pick(20, 300)}});
      for (const char* tenant : {"a", "b"}) {
        while (site.waiting(tenant) < 6) {
          const auto maximum = minutes{pick(20, 600)};
          site.submit({.tenant = tenant,
                       .predicted = maximum / pick(1, 10),
                       .maximum = maximum,
                       .actual = maximum,
                       .fitting = {static_cast<std::size_t>(pick(0, 1))}});
        }
      }
      site.pass();
      site.advance(site.now() + hours{4});
    }
    ASSERT_THAT(site.violations(), IsEmpty()) << "seed " << seed;
    backfilled += site.backfilled();
  }
  EXPECT_GT(backfilled, 100);
}

// A site with everything at once.
class RandomQueue {
 public:
  explicit RandomQueue(unsigned seed) : random_(seed) {}

  void event() {
    switch (pick(0, 9)) {
      case 0:
        if (pick(0, 4) == 0) site_.book(bench(), interval());
        break;
      case 1:
        if (pick(0, 19) == 0) site_.close(bench(), interval());
        break;
      case 2:
      case 3:
      case 4:
        if (waiting() < 40) submit();
        break;
      default:
        site_.advance(site_.now() + minutes{pick(1, 240)});
        return;
    }
    site_.pass();
  }
  [[nodiscard]] const QueueSimulation& site() const { return site_; }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }
  std::size_t bench() { return static_cast<std::size_t>(pick(0, 3)); }
  std::string tenant() { return std::string(1, static_cast<char>('a' + pick(0, 3))); }
  std::size_t waiting() {
    std::size_t all = 0;
    for (const char* each : {"a", "b", "c", "d"}) all += site_.waiting(each);
    return all;
  }
  model::Interval interval() {
    const auto start = site_.now() + minutes{pick(0, 3 * kDay)};
    return {start, start + minutes{pick(10, 600)}};
  }
  void submit() {
    const auto maximum = minutes{pick(10, 600)};
    const auto predicted = minutes{pick(5, static_cast<int>(maximum.count()))};
    const auto actual =
        pick(0, 3) == 0 ? maximum : minutes{pick(1, static_cast<int>(maximum.count()))};
    QueueSimulation::Work each{.tenant = tenant(),
                               .job_class = static_cast<model::JobClass>(pick(2, 4)),
                               .predicted = predicted,
                               .maximum = maximum,
                               .actual = actual,
                               .fitting = {bench()},
                               .wants_promise = pick(0, 3) == 0};
    if (const auto other = bench(); other != each.fitting[0]) each.fitting.push_back(other);
    site_.submit(each);
  }

  std::mt19937 random_;
  QueueSimulation site_{{bench_named("b1", 5, 10), bench_named("b2"), bench_named("b3", 0, 5),
                         bench_named("b4", 20, 0)},
                        {"a", "b", "c", "d"},
                        at(0)};
};

class QueueRules : public testing::TestWithParam<unsigned> {};

TEST_P(QueueRules, NoPlanMovesLaterWithoutATrueCauseAndNoJobMeetsAClaimOrWaitsForAnIdleBench) {
  RandomQueue queue(GetParam());
  for (int i = 0; i < 1000; ++i) queue.event();
  EXPECT_THAT(queue.site().violations(), IsEmpty()) << "seed " << GetParam();
  EXPECT_GT(queue.site().started().size(), 20U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, QueueRules, testing::Range(1U, 11U));

}  // namespace
}  // namespace benchd::scheduling
