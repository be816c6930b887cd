// What holds for every sequence on every bench. A failing seed is printed and replays exactly.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sequence/random_sequence.hpp"

namespace benchd::sequence {
namespace {

constexpr unsigned kSeeds = 200;

class RandomRun {
 public:
  explicit RandomRun(unsigned seed)
      : bench(thrust_stand()),
        source(RandomSequences(seed).sequence()),
        driver(*Machine::create(source, {}, bench), bench) {
    unsettle(driver, seed);
  }

  Environment bench;
  config::v1::Sequence source;
  SimulatedDriver driver;
};

TEST(AnyRun, NeverWritesOutsideTheRangeOfAChannel) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed);
    run.driver.run();
    for (const auto& write : run.driver.all<Write>()) {
      for (const auto& [name, value] : write.values) {
        const auto& channel = *run.bench.find_channel(name);
        ASSERT_TRUE(value >= *channel.min && value <= *channel.max)
            << "seed " << seed << ": " << name << " = " << value << "\n"
            << run.source.DebugString();
      }
    }
  }
}

TEST(AnyRun, NeverMovesASlewLimitedChannelFasterThanItMay) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed);
    run.driver.run();
    double before = 0;
    Nanoseconds then{-50ms};
    for (const auto& [at, value] : run.driver.writes("throttle")) {
      const double most = 20 * std::chrono::duration<double>(at - then).count();
      ASSERT_LE(std::fabs(value - before), most + 1e-6) << "seed " << seed;
      before = value;
      then = at;
    }
  }
}

TEST(AnyRun, EndsWithinItsTimeLimits) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed);
    run.driver.run(1h);
    ASSERT_TRUE(run.driver.machine().finished()) << "seed " << seed;
    ASSERT_LE(run.driver.elapsed(), 70s) << "seed " << seed;
    ASSERT_EQ(run.driver.all<Finished>().size(), 1U) << "seed " << seed;
  }
}

TEST(AnyRun, RunsCleanupExactlyOnceUnlessItIsStoppedHard) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed);
    run.driver.run();
    int begun = 0;
    bool steps_ended = false;
    for (const auto& [at, action] : run.driver.trace()) {
      if (const auto* step = std::get_if<StepStarted>(&action)) {
        const bool cleanup = step->path.starts_with("cleanup");
        begun += step->path == "cleanup[0]" ? 1 : 0;
        ASSERT_FALSE(steps_ended && !cleanup) << "seed " << seed << ": a step after cleanup";
        steps_ended = steps_ended || cleanup;
      }
    }
    const auto finish = run.driver.finish();
    const bool by_stop = finish.reason == Reason::RunStopped;
    ASSERT_TRUE(begun == 1 || (begun == 0 && by_stop)) << "seed " << seed;
  }
}

TEST(AnyRun, FinishesEveryStepThatItStartsAndCountsTokensWithoutAGap) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed);
    run.driver.run();
    std::vector<std::string> open;
    StepToken token = 0;
    for (const auto& [at, action] : run.driver.trace()) {
      if (const auto* begun = std::get_if<StepStarted>(&action)) open.push_back(begun->path);
      const auto* ended = std::get_if<StepFinished>(&action);
      if (ended == nullptr) continue;
      ASSERT_FALSE(open.empty()) << "seed " << seed;
      ASSERT_EQ(ended->path, open.back()) << "seed " << seed;
      ASSERT_EQ(ended->token, ++token) << "seed " << seed;
      open.pop_back();
    }
    ASSERT_TRUE(open.empty()) << "seed " << seed;
  }
}

TEST(AnyRun, EndsEverySamplingThatItStarts) {
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    RandomRun run(seed);
    run.driver.run();
    bool sampling = false;
    for (const auto& request : run.driver.all<SampleRequest>()) {
      ASSERT_NE(sampling, request.start) << "seed " << seed;
      sampling = request.start;
    }
    ASSERT_FALSE(sampling) << "seed " << seed;
  }
}

TEST(AnyRun, ContinuesTheSameAfterBeingStoredAndRestoredAtEveryMoment) {
  for (unsigned seed = 1; seed <= kSeeds / 3; ++seed) {
    RandomRun uninterrupted(seed);
    uninterrupted.driver.run();
    RandomRun stored(seed);
    stored.driver.before_advance = [&](SimulatedDriver& driver) {
      if (driver.machine().elapsed() == 0ns) return;  // begins with the first advance
      auto restored =
          Machine::restore(driver.machine().save(), stored.source, {}, stored.bench,
                           driver.now() - (driver.elapsed() - driver.machine().elapsed()));
      ASSERT_TRUE(restored.has_value());
      driver.replace(std::move(*restored));
    };
    stored.driver.run();
    ASSERT_EQ(uninterrupted.driver.text(), stored.driver.text()) << "seed " << seed;
  }
}

TEST(AnyRun, WithTheSameInputsDoesTheSame) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    RandomRun first(seed);
    RandomRun second(seed);
    first.driver.run();
    second.driver.run();
    ASSERT_EQ(first.driver.text(), second.driver.text()) << "seed " << seed;
  }
}

// The check's promise, seen from the run: what it lets pass is never stopped for a range.
TEST(CheckedRuns, AreNeverEndedBecauseASetpointWasOutOfRange) {
  unsigned passed = 0;
  for (unsigned seed = 1; seed <= 4 * kSeeds; ++seed) {
    RandomRun run(seed);
    CheckContext context;
    context.environment = run.bench;
    const auto report = check(run.source, context);
    if (!report.ok()) continue;
    ++passed;
    run.driver.run();
    ASSERT_NE(run.driver.finish().reason, Reason::OutOfRange)
        << "seed " << seed << ": " << run.driver.finish().message;
    for (const auto& range : report.setpoints) {
      for (const auto& [at, value] : run.driver.writes(range.channel)) {
        const auto& channel = *run.bench.find_channel(range.channel);
        const double start = channel.safe_value;  // ramps begin there
        ASSERT_GE(value, std::min(range.min, start) - 1e-9) << "seed " << seed;
        ASSERT_LE(value, std::max(range.max, start) + 1e-9) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(passed, 50U) << "too few sequences pass for this test to mean much";
}

// Nor is it merely timid: where it refuses for a range and only numbers are involved, the run does
// meet the excess when it comes that far.
TEST(CheckedRuns, ThatAreRefusedForARangeMeetTheExcess) {
  unsigned refused = 0;
  unsigned met = 0;
  for (unsigned seed = 1; seed <= 4 * kSeeds; ++seed) {
    RandomSequences random(seed);
    const auto source = random.sequence();
    CheckContext context;
    context.environment = thrust_stand();
    const auto report = check(source, context);
    bool by_range = false;
    for (const auto& problem : report.problems) {
      by_range = by_range ||
                 (problem.reason == Reason::OutOfRange && problem.severity == Severity::Error &&
                  problem.message.find("overvoltage") == std::string::npos);
    }
    if (!by_range || source.DebugString().find("bus_voltage /") != std::string::npos) continue;
    ++refused;
    // A bench that meets every condition and never fails, so that the run comes to every step.
    auto patient = source;
    for (auto& step : *patient.mutable_steps()) step.clear_time_limit();
    SimulatedDriver driver(*Machine::create(patient, {}, thrust_stand()), thrust_stand());
    driver.plant = [](auto channel, auto) { return channel == "rpm" ? 9000.0 : 0.1; };
    driver.run();
    const auto reason = driver.finish().reason;
    const bool cut_short = reason == Reason::StepTimeLimit || reason == Reason::RunTimeLimit;
    if (cut_short) {
      --refused;
      continue;
    }
    met += reason == Reason::OutOfRange ? 1 : 0;
  }
  EXPECT_GT(refused, 20U) << "too few are refused for this test to mean much";
  EXPECT_GE(met, refused * 95 / 100) << met << " of " << refused;
}

}  // namespace
}  // namespace benchd::sequence
