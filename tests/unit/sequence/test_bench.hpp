// A thrust stand as the tests of sequences see it, and sequences from YAML.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon/config/files.hpp"
#include "daemon/sequence/check.hpp"
#include "daemon/sequence/environment.hpp"

namespace benchd::sequence {

inline model::Channel writable(std::string name, std::string_view unit, double min, double max) {
  model::Channel channel;
  channel.id = ChannelId(std::move(name));
  channel.unit = units::unit(unit);
  channel.min = min;
  channel.max = max;
  channel.writable = true;
  return channel;
}

inline model::Channel sampled(
    std::string name, std::string_view unit, double min, double max, double rate_hz = 100) {
  auto channel = writable(std::move(name), unit, min, max);
  channel.writable = false;
  channel.rate_hz = rate_hz;
  return channel;
}

inline model::Limit limit(std::string id,
                          std::string channel,
                          double max,
                          std::string rating = {}) {
  model::Limit result;
  result.id = std::move(id);
  result.channel = ChannelId(std::move(channel));
  result.max = max;
  result.rating = std::move(rating);
  return result;
}

inline Environment thrust_stand() {
  Environment bench;
  auto throttle = writable("throttle", "%", 0, 100);
  throttle.slew_per_s = 20;
  auto output = writable("supply_output", "1", 0, 1);
  output.states = {"off", "on"};
  auto guard = sampled("guard", "1", 0, 1);
  guard.states = {"open", "closed"};
  auto thrust = sampled("thrust", "N", -50, 500);
  thrust.zero_bound = 1;
  auto torque = sampled("torque", "N.m", -5, 5);
  torque.zero_bound = 0.1;
  auto supply_current = sampled("supply_current", "A", 0, 60);
  supply_current.rate_hz.reset();
  bench.channels = {throttle,
                    writable("supply_voltage", "V", 0, 60),
                    writable("supply_current_limit", "A", 0, 60),
                    output,
                    guard,
                    thrust,
                    torque,
                    sampled("rpm", "rpm", 0, 12000),
                    sampled("bus_voltage", "V", 0, 60),
                    sampled("bus_current", "A", 0, 80),
                    sampled("power", "W", 0, 3000, 20),
                    sampled("motor_temperature", "degC", -20, 250, 20),
                    supply_current};
  bench.limits = {limit("overvoltage", "supply_voltage", 52, "max_voltage"),
                  limit("motor-hot", "motor_temperature", 120)};
  return bench;
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("no such file: " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline config::Loaded<config::v1::Sequence> loaded(std::string_view yaml) {
  config::Diagnostics diagnostics;
  auto result = config::read_sequence(yaml, "sequence.yaml", diagnostics);
  if (!result) throw std::runtime_error(to_string(diagnostics));
  return *std::move(result);
}

// The needs of the whole thrust stand, in front of what a test is about.
inline constexpr std::string_view kNeeds = R"(sequence:
  name: test
  time_limit: 10 min
  needs:
    throttle: {unit: "%", write: true}
    supply_voltage: {unit: V, write: true}
    supply_output: {unit: "1", write: true}
    guard: {unit: "1"}
    thrust: {unit: N}
    torque: {unit: N.m}
    rpm: {unit: rpm}
    bus_voltage: {unit: V}
    motor_temperature: {unit: degC}
)";

inline config::v1::Sequence sequence_of(std::string_view rest) {
  return loaded(std::string(kNeeds) + std::string(rest)).value;
}

}  // namespace benchd::sequence
