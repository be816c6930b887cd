// An instrument of the simulated thrust stand.
#pragma once

#include <string>
#include <utility>

#include "tests/component/plugin_setup.hpp"
#include "tests/contract/plugins/plugin_contract.hpp"
#include "tests/support/simulator_process.hpp"

namespace benchd::plugin::testing {

class SimulatedDevice : public ContractDevice {
 public:
  explicit SimulatedDevice(std::string instrument) : instrument_(std::move(instrument)) {
    bench_.mark();
  }
  int writes() override {
    int count = 0;
    for (const auto& write : bench_.writes_since_mark()) {
      if (write.at("instrument") == instrument_) ++count;
    }
    return count;
  }
  void fall_silent() override { bench_.fault(instrument_, "silent"); }
  void talk_nonsense() override { bench_.fault(instrument_, "garbage"); }
  void mend() override { bench_.clear_faults(); }

 protected:
  benchd::test::SimulatorProcess bench_;

 private:
  std::string instrument_;
};

}  // namespace benchd::plugin::testing
