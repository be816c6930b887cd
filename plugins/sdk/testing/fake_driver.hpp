// An instrument without wires, whose behaviour is in the test's hand, and the driver for it.
//
// The instrument outlives the driver, as a real one does. Safe from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "benchd/plugin/run_plugin.hpp"

namespace benchd::plugin::testing {

class FakeInstrument {
 public:
  // Signals "voltage" (V, written and read, 0..60), "output" (switch), "current" (A, read only).
  FakeInstrument();

  [[nodiscard]] DriverFactory factory();

  // Every call that the driver got, in order: "identify", "write voltage 5", "make_safe ch1".
  [[nodiscard]] std::vector<std::string> calls() const;
  [[nodiscard]] int count(const std::string& call) const;
  // Blocks until a call has been made so often; false after 10 s.
  [[nodiscard]] bool wait_for(const std::string& call, int times = 1) const;
  [[nodiscard]] double value(const std::string& signal) const;
  void set_value(const std::string& signal, double value, Quality quality = Quality::Good);

  // From now on these calls fail ("read", "write", …); an empty reason mends them.
  void fail(const std::string& call, const std::string& reason);
  // The call does not come back until release, whatever its deadline says.
  void hold(const std::string& call);
  void release();
  // What the next identify finds.
  void describe(const std::function<void(Description&)>& change);
  void set_faults(std::vector<Fault> faults);

 private:
  friend class FakeDriver;
  [[nodiscard]] Result<void> enter(const std::string& call, const std::string& details);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> calls_;
  std::map<std::string, RawReading> values_;
  std::map<std::string, std::string> failures_;
  std::string held_;
  Description description_;
  std::vector<Fault> faults_;
};

}  // namespace benchd::plugin::testing
