// CPU time of the step machine per setpoint of a ramp, against a bare loop that computes and hands
// over the same writes; and per step of a whole sequence.
//
//   sequence_step ratio=… (…)
#include <benchmark/benchmark.h>
#include <cstdio>
#include <iostream>
#include <vector>

#include "daemon/sequence/machine.hpp"

namespace benchd::sequence {
namespace {

using namespace std::chrono_literals;

constexpr int kSetpoints = 2000;
constexpr auto kTick = 50ms;

Environment bench() {
  Environment bench;
  model::Channel throttle;
  throttle.id = ChannelId("throttle");
  throttle.unit = units::unit("%");
  throttle.min = 0;
  throttle.max = 100;
  throttle.writable = true;
  throttle.slew_per_s = 20;
  bench.channels = {throttle};
  return bench;
}

// One long ramp, or sweeps with many short steps.
config::v1::Sequence sequence(bool ramp) {
  config::v1::Sequence result;
  result.set_name("benchmark");
  result.set_time_limit("10 h");
  auto& need = *result.add_needs();
  need.set_channel("throttle");
  need.set_unit("%");
  need.set_write(true);
  if (ramp) {
    auto& step = *result.add_steps()->mutable_ramp();
    step.set_channel("throttle");
    step.set_to("100 %");
    step.set_rate("1 %/s");
    return result;
  }
  auto& sweep = *result.add_steps()->mutable_sweep();
  sweep.set_channel("throttle");
  sweep.set_levels("range(0 %, 100 %, 1 %)");
  sweep.set_as("target");
  sweep.set_rate("20 %/s");
  for (int i = 0; i < 10; ++i) {
    auto& check = *sweep.add_steps()->mutable_check();
    check.set_name("level");
    check.set_value("abs(target - 50 %) * 2 + 1 %");
    check.set_max("150 %");
  }
  return result;
}

// Everything that a driver does, without a device: answers at once.
int drive(Machine& machine) {
  MonotonicTime now{1s};
  std::vector<WriteResult> results;
  StepToken durable = 0;
  while (!machine.finished()) {
    Inputs inputs;
    inputs.writes = results;
    inputs.durable = durable;
    auto advance = machine.advance(now, inputs);
    results.clear();
    for (const auto& action : advance.actions) {
      if (const auto* write = std::get_if<Write>(&action)) {
        results.push_back({write->id, std::nullopt, {}});
      } else if (const auto* step = std::get_if<StepFinished>(&action)) {
        durable = step->token;
      }
    }
    benchmark::DoNotOptimize(advance);
    if (results.empty() && advance.wake_at) now = std::max(now, *advance.wake_at);
  }
  return machine.steps_done();
}

void bare_loop(benchmark::State& state) {
  while (state.KeepRunning()) {
    for (int i = 1; i <= kSetpoints; ++i) {
      std::vector<Action> actions;
      const double seconds = std::chrono::duration<double>(kTick * i).count();
      actions.emplace_back(
          Write{static_cast<WriteId>(i), {{"throttle", std::min(100.0, seconds)}}});
      benchmark::DoNotOptimize(actions);
    }
  }
  state.SetItemsProcessed(state.iterations() * kSetpoints);
}
BENCHMARK(bare_loop);

void ramp(benchmark::State& state) {
  const auto source = sequence(true);
  while (state.KeepRunning()) {
    state.PauseTiming();
    auto machine = Machine::create(source, {}, bench());
    state.ResumeTiming();
    benchmark::DoNotOptimize(drive(*machine));
  }
  state.SetItemsProcessed(state.iterations() * kSetpoints);
}
BENCHMARK(ramp);

void steps(benchmark::State& state) {
  const auto source = sequence(false);
  std::int64_t done = 0;
  while (state.KeepRunning()) {
    state.PauseTiming();
    auto machine = Machine::create(source, {}, bench());
    state.ResumeTiming();
    done += drive(*machine);
  }
  state.SetItemsProcessed(done);
}
BENCHMARK(steps);

// Keeps what the last line is made of.
class Summary final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs) {
      const double per_item = 1e6 / run.counters.at("items_per_second");
      if (run.benchmark_name() == "bare_loop") bare_us = per_item;
      if (run.benchmark_name() == "ramp") ramp_us = per_item;
      if (run.benchmark_name() == "steps") step_us = per_item;
    }
  }
  double bare_us = 0;
  double ramp_us = 0;
  double step_us = 0;
};

}  // namespace
}  // namespace benchd::sequence

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchd::sequence::Summary summary;
  summary.SetOutputStream(&std::cerr);
  benchmark::RunSpecifiedBenchmarks(&summary);
  benchmark::Shutdown();
  std::printf(
      "sequence_step ratio=%.3f (%.0f ns per step, budget 10000; %.0f ns per setpoint of a ramp,"
      " bare loop %.0f ns)\n",
      summary.bare_us / summary.ramp_us, summary.step_us * 1e3, summary.ramp_us * 1e3,
      summary.bare_us * 1e3);
  return 0;
}
