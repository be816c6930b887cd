// Drives a step machine in simulated time, as a station would: answers writes, delivers samples,
// acknowledges what is durable. Everything can be made slow or fail.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sequence/machine.hpp"

namespace benchd::sequence {

using namespace std::chrono_literals;

class SimulatedDriver final : public Readings {
 public:
  // The value of a channel at a time; by default the setpoint of the same name, or 0.
  using Plant = std::function<double(std::string_view channel, Nanoseconds elapsed)>;

  SimulatedDriver(Machine machine, const Environment& bench)
      : machine_(std::move(machine)), bench_(bench) {
    for (const auto& channel : bench.channels) setpoints_[channel.id.text()] = channel.safe_value;
  }

  Plant plant;
  Nanoseconds write_latency = 1ms;
  Nanoseconds durable_latency = 2ms;
  Nanoseconds sample_period_of_delivery = 20ms;
  bool never_durable = false;
  // Fails the write if it gives an error.
  std::function<std::optional<Error>(const Write&)> refuse;
  // Called before each advance; may change anything, or replace the machine.
  std::function<void(SimulatedDriver&)> before_advance;

  void stop_at(Nanoseconds at, StopRequest stop) { stops_.push_back({at, std::move(stop)}); }

  // Until the machine has finished or `limit` has passed.
  void run(Nanoseconds limit = 1h) {
    while (!machine_.finished() && elapsed() < limit) step();
  }
  void run_until(Nanoseconds at) {
    while (!machine_.finished() && next_time() <= start_ + at) step();
  }
  // One advance at the next moment at which something is due.
  void step() {
    now_ = std::max(now_, next_time());
    if (before_advance) before_advance(*this);
    deliver();
  }

  [[nodiscard]] std::optional<Reading> latest(std::string_view channel) const override {
    if (missing_.contains(std::string(channel))) return std::nullopt;
    return Reading{value_of(channel, elapsed()), now_, true};
  }
  void lose(const std::string& channel) { missing_[channel] = true; }

  [[nodiscard]] Nanoseconds elapsed() const { return now_ - start_; }
  [[nodiscard]] MonotonicTime now() const { return now_; }
  [[nodiscard]] Machine& machine() { return machine_; }
  void replace(Machine machine) { machine_ = std::move(machine); }
  [[nodiscard]] double setpoint(const std::string& channel) const { return setpoints_.at(channel); }

  struct Happened {
    Nanoseconds at;
    Action action;
  };
  [[nodiscard]] const std::vector<Happened>& trace() const { return trace_; }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const auto& [at, action] : trace_) text += to_string(action) + "\n";
    return text;
  }
  template <typename Kind>
  [[nodiscard]] std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& [at, action] : trace_) {
      if (const auto* kind = std::get_if<Kind>(&action)) found.push_back(*kind);
    }
    return found;
  }
  [[nodiscard]] Finished finish() const {
    const auto finished = all<Finished>();
    return finished.size() == 1 ? finished.front() : Finished{};
  }
  // The finished step at `path`, the last if there are several.
  [[nodiscard]] std::optional<StepFinished> finished_step(std::string_view path) const {
    std::optional<StepFinished> found;
    for (const auto& step : all<StepFinished>()) {
      if (step.path == path) found = step;
    }
    return found;
  }
  // What was written to a channel, with the times.
  [[nodiscard]] std::vector<std::pair<Nanoseconds, double>> writes(std::string_view channel) const {
    std::vector<std::pair<Nanoseconds, double>> found;
    for (const auto& [at, action] : trace_) {
      const auto* write = std::get_if<Write>(&action);
      if (write == nullptr) continue;
      for (const auto& value : write->values) {
        if (value.channel == channel) found.emplace_back(at, value.value);
      }
    }
    return found;
  }
  [[nodiscard]] std::optional<Nanoseconds> time_of(std::string_view action_text) const {
    for (const auto& [at, action] : trace_) {
      if (to_string(action).starts_with(action_text)) return at;
    }
    return std::nullopt;
  }

 private:
  struct Due {
    MonotonicTime at;
    WriteResult result;
  };
  struct DueToken {
    MonotonicTime at;
    StepToken token;
  };
  struct Stop {
    Nanoseconds at;
    StopRequest stop;
  };

  [[nodiscard]] double value_of(std::string_view channel, Nanoseconds at) const {
    if (plant) return plant(channel, at);
    return setpoints_.at(std::string(channel));
  }

  [[nodiscard]] MonotonicTime next_time() const {
    auto next = wake_at_.value_or(now_);
    for (const auto& due : results_) next = std::min(next, due.at);
    for (const auto& due : tokens_) next = std::min(next, due.at);
    for (const auto& stop : stops_) next = std::min(next, start_ + stop.at);
    if (!sampled_.empty()) next = std::min(next, next_delivery_);
    return next;
  }

  void deliver() {
    Inputs inputs;
    inputs.readings = this;
    std::vector<WriteResult> results;
    while (!results_.empty() && results_.front().at <= now_) {
      results.push_back(std::move(results_.front().result));
      results_.pop_front();
    }
    inputs.writes = results;
    while (!tokens_.empty() && tokens_.front().at <= now_) {
      durable_ = tokens_.front().token;
      tokens_.pop_front();
    }
    inputs.durable = durable_;
    if (!stops_.empty() && start_ + stops_.front().at <= now_) {
      inputs.stop = stops_.front().stop;
      stops_.erase(stops_.begin());
    }
    std::vector<std::vector<double>> values;
    std::vector<SampleBlock> blocks;
    sample(values, blocks);
    inputs.samples = blocks;
    take(machine_.advance(now_, inputs));
  }

  // All samples that fell due since the last delivery, at whole multiples of their interval.
  void sample(std::vector<std::vector<double>>& values, std::vector<SampleBlock>& blocks) {
    if (sampled_.empty() || now_ < next_delivery_) return;
    values.reserve(sampled_.size());
    for (const auto& name : sampled_) {
      if (missing_.contains(name)) continue;
      const auto interval =
          Nanoseconds(std::llround(1e9 / bench_.find_channel(name)->rate_hz.value_or(1)));
      const auto first = (last_delivery_ - start_) / interval + 1;
      const auto last = (now_ - start_) / interval;
      auto& block = values.emplace_back();
      for (auto i = first; i <= last; ++i) block.push_back(value_of(name, i * interval));
      blocks.push_back({name, start_ + first * interval, interval, {}, block, true});
    }
    last_delivery_ = now_;
    next_delivery_ = now_ + sample_period_of_delivery;
  }

  void take(Advance advance) {
    wake_at_ = advance.wake_at;
    for (auto& action : advance.actions) {
      if (const auto* write = std::get_if<Write>(&action)) take(*write);
      if (const auto* request = std::get_if<SampleRequest>(&action)) take(*request);
      if (const auto* step = std::get_if<StepFinished>(&action)) {
        if (!never_durable) tokens_.push_back({now_ + durable_latency, step->token});
      }
      trace_.push_back({elapsed(), std::move(action)});
    }
  }

  void take(const Write& write) {
    WriteResult result;
    result.id = write.id;
    if (refuse) result.error = refuse(write);
    if (!result.error) {
      for (const auto& value : write.values) setpoints_[value.channel] = value.value;
    }
    results_.push_back({now_ + write_latency, std::move(result)});
  }

  void take(const SampleRequest& request) {
    if (!request.start) {
      sampled_.clear();
      return;
    }
    sampled_ = request.channels;
    last_delivery_ = now_;
    next_delivery_ = now_ + sample_period_of_delivery;
  }

  Machine machine_;
  Environment bench_;
  // Not 0, so that elapsed time and the clock are told apart.
  MonotonicTime start_{12345s};
  MonotonicTime now_{12345s};
  std::optional<MonotonicTime> wake_at_;
  std::deque<Due> results_;
  std::deque<DueToken> tokens_;
  std::vector<Stop> stops_;
  StepToken durable_ = 0;
  std::vector<std::string> sampled_;
  MonotonicTime last_delivery_;
  MonotonicTime next_delivery_;
  std::map<std::string, double> setpoints_;
  std::map<std::string, bool> missing_;
  std::vector<Happened> trace_;
};

}  // namespace benchd::sequence
