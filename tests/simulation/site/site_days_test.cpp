// Days of a site with twelve tenants and twenty benches, killed at random between commits.
//
// 200 seeds of one day each; BENCHD_SEEDS=N runs N, BENCHD_SEED=N only that one, BENCHD_DAYS=N
// makes each last so long. The same seed with as many days is the same life.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "tests/simulation/site/site_world.hpp"

namespace benchd::simulation {
namespace {

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

class SiteDays : public testing::Test {
 protected:
  // What is killed is the process, not the machine: the disk may be memory.
  static void SetUpTestSuite() {
    if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
  }
};

TEST_F(SiteDays, EveryRuleHoldsAfterEachStepThroughCrashes) {
  const int only = from_environment("BENCHD_SEED", 0);
  const int seeds = from_environment("BENCHD_SEEDS", 200);
  const int days = from_environment("BENCHD_DAYS", 1);
  std::map<std::string, int> happened;
  for (int seed = only > 0 ? only : 1; seed <= (only > 0 ? only : seeds); ++seed) {
    SCOPED_TRACE("BENCHD_SEED=" + std::to_string(seed) + " BENCHD_DAYS=" + std::to_string(days));
    SiteWorld world(static_cast<unsigned>(seed));
    const auto end = world.now() + std::chrono::days{days};
    while (world.now() < end && !HasFailure()) world.step();
    if (!HasFailure()) world.check_life();
    if (HasFailure()) return;
    for (const auto& [what, times] : world.happened()) happened[what] += times;
  }
  for (const auto& [what, times] : happened) RecordProperty(what, times);
  if (only > 0) return;
  // The life is a busy one: nothing that the rules are about has never happened.
  for (const char* what :
       {"booking", "booking refused", "series", "wait", "change", "cancel", "crash", "check-in",
        "release", "job", "start", "outage", "deadline", "approval", "grant", "proof", "quarantine",
        "station lost", "preemption"}) {
    EXPECT_GT(happened[what], 10) << what;
  }
}

}  // namespace
}  // namespace benchd::simulation
