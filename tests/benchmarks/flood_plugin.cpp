// A plugin whose instrument samples without end: four channels of a 16-bit converter that sees a
// sine in noise, together at the rate that its signal `offered` says (0: an idle trickle). Blocks
// hold 10 ms, at most 16 Ki values. An instrument that is not read fast enough is read later: no
// sample is left out here, times tell how late it is.
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <thread>

#include "benchd/plugin/run_plugin.hpp"

namespace benchd::plugin {
namespace {

using std::chrono::nanoseconds;

constexpr std::array kChannels{"a", "b", "c", "d"};
constexpr double kIdleRate = 1000 * kChannels.size();
constexpr double kGreatestRate = 1e9;
constexpr nanoseconds kBlockTime = std::chrono::milliseconds{10};
constexpr std::int64_t kMostValues = 16'384;

// More values than a recording compresses at once, so that it never meets one twice.
std::vector<double> signal() {
  constexpr std::size_t kValues = 1U << 20U;
  constexpr double kVoltsPerCount = 10.0 / 32768;
  std::mt19937 random{1};
  std::normal_distribution<double> noise{0, 30};
  std::vector<double> values(kValues);
  for (std::size_t i = 0; i < kValues; ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / 4096;
    values[i] = std::round(10'000 * std::sin(phase) + noise(random)) * kVoltsPerCount;
  }
  return values;
}

class FloodDriver final : public Driver {
 public:
  Result<Description> identify(Deadline) override {
    Description description{.maker = "Benchmark", .model = "Flood", .serial = "1"};
    for (const char* channel : kChannels) {
      description.signals.push_back(
          {.signal = channel, .unit = "V", .readable = true, .min = -10, .max = 10});
    }
    description.signals.push_back({.signal = "offered",
                                   .unit = "Hz",
                                   .readable = true,
                                   .writable = true,
                                   .min = 0,
                                   .max = kGreatestRate});
    description.reconnected = false;
    return description;
  }
  Result<void> open(Deadline) override { return {}; }
  Result<std::vector<RawReading>> read(std::span<const std::string> signals, Deadline) override {
    std::vector<RawReading> readings;
    for (const auto& name : signals) {
      readings.push_back(good(name == "offered" ? offered_ : values_[place_]));
    }
    return readings;
  }
  Result<std::optional<double>> write(const std::string&, double raw, Deadline) override {
    offered_ = raw;
    return raw;
  }
  Result<void> make_safe(std::string_view, Deadline) override {
    offered_ = 0;
    return {};
  }
  void close(Deadline) override {}

  Result<std::vector<std::string>> start_sampling(std::span<const SampledSignal> signals,
                                                  Deadline) override {
    next_ = monotonic_now();
    wanted_.clear();
    for (const auto& each : signals) {
      if (each.signal != "offered") wanted_.push_back(each.signal);
    }
    return wanted_;
  }

  Result<std::vector<SignalBlock>> fetch_samples(Deadline deadline) override {
    const double rate = offered_ > 0 ? offered_ : kIdleRate;
    const nanoseconds interval{std::llround(1e9 * kChannels.size() / rate)};
    const auto count = std::clamp<std::int64_t>(kBlockTime / interval, 1, kMostValues);
    const auto end = next_ + interval * count;
    if (end > deadline.when()) {
      std::this_thread::sleep_until(deadline.when());
      return std::vector<SignalBlock>{};
    }
    std::this_thread::sleep_until(end);
    std::vector<SignalBlock> blocks;
    for (const auto& name : wanted_) {
      blocks.push_back({.signal = name, .start = next_, .interval = interval});
      take(static_cast<std::size_t>(count), blocks.back().values);
    }
    next_ = end;
    return blocks;
  }

 private:
  void take(std::size_t count, std::vector<double>& values) {
    if (place_ + count > values_.size()) place_ = 0;
    const auto from = values_.begin() + static_cast<std::ptrdiff_t>(place_);
    values.assign(from, from + static_cast<std::ptrdiff_t>(count));
    place_ += count;
  }

  const std::vector<double> values_ = signal();
  std::vector<std::string> wanted_;
  double offered_ = 0;
  MonotonicTime next_{};
  std::size_t place_ = 0;
};

Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& /*setup*/) {
  return std::make_unique<FloodDriver>();
}

}  // namespace
}  // namespace benchd::plugin

int main(int argc, char** argv) {
  return benchd::plugin::run_plugin(argc, argv, {.name = "flood", .version = "1"},
                                    benchd::plugin::make_driver);
}
