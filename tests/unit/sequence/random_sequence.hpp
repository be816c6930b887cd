// Random sequences and random behaviour of a bench, from a seed.
#pragma once

#include <random>
#include <string>

#include "benchd/config/v1/sequence.pb.h"

#include "daemon/units/quantity.hpp"
#include "tests/unit/sequence/simulated_driver.hpp"
#include "tests/unit/sequence/test_bench.hpp"

namespace benchd::sequence {

class RandomSequences {
 public:
  explicit RandomSequences(unsigned seed) : random_(seed) {}

  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }
  bool chance(int percent) { return pick(100) < percent; }
  double between(double low, double high) {
    return std::uniform_real_distribution(low, high)(random_);
  }

  // Compiles always; its setpoints may well leave their ranges.
  config::v1::Sequence sequence() {
    auto result = sequence_of("\n  steps: [{log: x}]\n");
    result.set_time_limit("60 s");
    result.set_cleanup_limit("10 s");
    result.clear_steps();
    const int count = 1 + pick(6);
    for (int i = 0; i < count; ++i) add_step(*result.add_steps(), 2);
    auto& ramp = *result.add_cleanup()->mutable_ramp();
    ramp.set_channel("throttle");
    ramp.set_to("0 %");
    ramp.set_rate("20 %/s");
    auto& off = *result.add_cleanup()->mutable_set()->add_writes();
    off.set_channel("supply_output");
    off.set_value("off");
    return result;
  }

 private:
  std::string number(double low, double high, const char* unit) {
    return units::format({between(low, high), units::unit(unit)}, 4);
  }

  // Sometimes of a reading, sometimes out of range.
  std::string throttle() {
    switch (pick(4)) {
      case 0:
        return "bus_voltage / (1 V) * 2 %";
      case 1:
        return number(-10, 140, "%");
      default:
        return number(0, 100, "%");
    }
  }

  void add_step(config::v1::Step& step, int depth) {
    if (chance(15)) step.set_time_limit(number(0.1, 5, "s"));
    switch (pick(depth > 0 ? 9 : 8)) {
      case 0: {
        auto& write = *step.mutable_set()->add_writes();
        write.set_channel("supply_voltage");
        write.set_value(chance(80) ? number(0, 60, "V") : number(-20, 90, "V"));
        break;
      }
      case 1: {
        auto& ramp = *step.mutable_ramp();
        ramp.set_channel("throttle");
        ramp.set_to(throttle());
        ramp.set_rate(chance(90) ? number(5, 20, "%/s") : number(-5, 40, "%/s"));
        break;
      }
      case 2:
        step.mutable_hold()->set_duration(number(0, 3, "s"));
        break;
      case 3: {
        auto& measure = *step.mutable_measure();
        measure.set_as("m" + std::to_string(++names_));
        measure.add_channels("thrust");
        if (chance(50)) measure.add_channels("rpm");
        if (chance(50)) {
          measure.set_count(std::to_string(1 + pick(100)));
        } else {
          measure.set_duration(number(0.05, 2, "s"));
        }
        measure.add_statistics("mean");
        measure.add_statistics("median");
        last_result_ = measure.as();
        break;
      }
      case 4:
        step.mutable_zero()->set_channel("thrust");
        break;
      case 5: {
        auto& check = *step.mutable_check();
        check.set_name("c");
        check.set_value(last_result_.empty() ? "thrust" : last_result_ + ".thrust.mean");
        check.set_min(number(-5, 5, "N"));
        break;
      }
      case 6: {
        auto& wait = *step.mutable_wait_until();
        wait.set_condition("rpm > " + number(0, 6000, "rpm"));
        wait.set_timeout(number(0.1, 5, "s"));
        if (chance(30)) wait.set_held_for(number(0, 2, "s"));
        break;
      }
      case 7:
        step.mutable_log()->set_message("thrust is {thrust}");
        break;
      default: {
        auto& sweep = *step.mutable_sweep();
        sweep.set_channel("throttle");
        sweep.set_levels("[" + throttle() + ", " + throttle() + "]");
        sweep.set_as("v" + std::to_string(++names_));
        sweep.set_rate(number(5, 20, "%/s"));
        if (chance(50)) sweep.set_settle(number(0, 1, "s"));
        const int count = 1 + pick(2);
        for (int i = 0; i < count; ++i) add_step(*sweep.add_steps(), depth - 1);
      }
    }
  }

  std::mt19937 random_;
  int names_ = 0;
  std::string last_result_;
};

// Noise that depends on nothing but channel and time, so that two runs see the same.
inline double noise(std::string_view channel, Nanoseconds at, unsigned seed) {
  std::uint64_t hash = std::hash<std::string_view>{}(channel) ^ (seed * 0x9E3779B97F4A7C15ULL) ^
                       static_cast<std::uint64_t>(at.count());
  hash = (hash ^ (hash >> 31)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
  return static_cast<double>(hash >> 11) / 9007199254740992.0;
}

// A bench with a will of its own: slow, refusing, losing channels, stopping. The same seed does
// the same.
inline void unsettle(SimulatedDriver& driver, unsigned seed) {
  RandomSequences random(seed);
  driver.write_latency = Nanoseconds(random.pick(80'000'000));
  driver.durable_latency = Nanoseconds(random.pick(100'000'000));
  driver.sample_period_of_delivery = Nanoseconds(1'000'000 + random.pick(200'000'000));
  driver.never_durable = random.chance(3);
  if (random.chance(10)) driver.lose("rpm");
  driver.plant = [seed](std::string_view channel, Nanoseconds at) {
    const double share = noise(channel, at, seed);
    if (channel == "rpm") return 7000 * share;
    if (channel == "bus_voltage") return 60 * share;
    if (channel == "thrust") return 1.5 * share - 0.5;
    return share;
  };
  const int refused = random.chance(30) ? 1 + random.pick(60) : 0;
  driver.refuse = [refused](const Write& write) -> std::optional<Error> {
    if (refused == 0 || write.id % static_cast<WriteId>(refused) != 0) return std::nullopt;
    return Error{Reason::DeviceRefused, "no", {}, {}};
  };
  if (random.chance(30)) {
    StopRequest stop;
    stop.kind = random.chance(70) ? StopKind::Soft : StopKind::Hard;
    stop.verdict = random.chance(70) ? model::Verdict::Aborted : model::Verdict::Error;
    driver.stop_at(Nanoseconds(static_cast<std::int64_t>(random.between(0, 15e9))), stop);
  }
}

}  // namespace benchd::sequence
