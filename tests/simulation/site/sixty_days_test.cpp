// Sixty days of a site with twelve tenants and twenty benches, killed at random between commits.
//
// 200 seeds with few events each; BENCHD_SEEDS=N runs N, BENCHD_SEED=N only that one, and
// BENCHD_STEPS=N makes N things happen in the sixty days.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "tests/simulation/site/site_world.hpp"

namespace benchd::simulation {
namespace {

constexpr std::chrono::seconds kLife = std::chrono::days{60};

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

class SixtyDays : public testing::Test {
 protected:
  // What is killed is the process, not the machine: the disk may be memory.
  static void SetUpTestSuite() {
    if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
  }
};

TEST_F(SixtyDays, EveryRuleHoldsAfterEachStepThroughCrashes) {
  const int only = from_environment("BENCHD_SEED", 0);
  const int seeds = from_environment("BENCHD_SEEDS", 200);
  const int steps = from_environment("BENCHD_STEPS", 60);
  std::map<std::string, int> happened;
  for (int seed = only > 0 ? only : 1; seed <= (only > 0 ? only : seeds); ++seed) {
    SCOPED_TRACE("BENCHD_SEED=" + std::to_string(seed) + " BENCHD_STEPS=" + std::to_string(steps));
    SiteWorld world(static_cast<unsigned>(seed));
    // Half of the time goes by in short pauses, so that things happen at the same time.
    for (int step = 0; step < steps && !HasFailure(); ++step) {
      world.step(step % 2 == 0 ? std::chrono::minutes{30} : 4 * kLife / steps);
    }
    if (!HasFailure()) world.check_life();
    if (HasFailure()) return;
    for (const auto& [what, times] : world.happened()) happened[what] += times;
  }
  for (const auto& [what, times] : happened) RecordProperty(what, times);
  if (only > 0) return;
  // The life is a busy one: nothing that the rules are about has never happened.
  for (const char* what : {"booking", "booking refused", "series", "wait", "change", "cancel",
                           "crash", "check-in", "release", "job", "start", "outage", "deadline"}) {
    EXPECT_GT(happened[what], 10) << what;
  }
}

}  // namespace
}  // namespace benchd::simulation
