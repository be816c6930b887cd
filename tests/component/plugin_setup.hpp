// What a station would tell a plugin, for tests that call drivers directly.
#pragma once

#include <chrono>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "daemon/config/files.hpp"

namespace benchd::test {

inline plugin::Deadline soon(std::chrono::milliseconds time = std::chrono::seconds(4)) {
  return plugin::Deadline::in(time);
}

inline plugin::v1::Setup setup_for(const std::string& address) {
  plugin::v1::Setup setup;
  setup.set_device("device");
  setup.set_address(address);
  return setup;
}

inline std::string local(std::uint16_t port) { return "tcp://127.0.0.1:" + std::to_string(port); }

// `profile` is the name of a file in bench-configs/profiles.
inline plugin::v1::Setup setup_with_profile(const std::string& address,
                                            const std::string& profile) {
  plugin::v1::Setup setup = setup_for(address);
  auto loaded = config::load_profile_file("bench-configs/profiles/" + profile + ".yaml");
  if (!loaded) throw std::runtime_error(loaded.error().to_string());
  *setup.mutable_profile() = loaded->value;
  return setup;
}

inline void add_channel(plugin::v1::Setup& setup, const std::string& signal) {
  auto* channel = setup.add_channels();
  channel->set_channel("bench/" + signal);
  channel->set_signal(signal);
  channel->set_gain(1.0);
}

inline void add_setting(plugin::v1::Setup& setup,
                        const std::string& key,
                        const std::string& value) {
  auto* setting = setup.add_settings();
  setting->set_key(key);
  setting->set_value(value);
}

inline plugin::Result<std::vector<plugin::RawReading>> read(plugin::Driver& driver,
                                                            const std::vector<std::string>& signals,
                                                            plugin::Deadline deadline = soon()) {
  return driver.read(signals, deadline);
}

// Waits for what another thread or process brings about; fails where it does not within 10 s.
template <typename Condition>
void wait_until(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing happened";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// The reason of a failure, "" of a success.
template <typename T>
std::string reason_of(const plugin::Result<T>& result) {
  return result ? "" : result.error().reason;
}

template <typename T>
std::string message_of(const plugin::Result<T>& result) {
  return result ? "" : result.error().message;
}

}  // namespace benchd::test

// Succeeds where a plugin's Result holds a value; else shows the error.
#define EXPECT_DONE(expression)                                                            \
  do {                                                                                     \
    const auto& outcome_of_call = (expression);                                            \
    EXPECT_TRUE(outcome_of_call.has_value()) << benchd::test::message_of(outcome_of_call); \
  } while (false)
#define ASSERT_DONE(expression)                                                            \
  do {                                                                                     \
    const auto& outcome_of_call = (expression);                                            \
    ASSERT_TRUE(outcome_of_call.has_value()) << benchd::test::message_of(outcome_of_call); \
  } while (false)
