#include <algorithm>

#include "plugins/sdk/testing/fake_driver.hpp"
#include "tests/contract/plugins/plugin_contract.hpp"

namespace benchd::plugin::testing {
namespace {

class FakeDevice final : public ContractDevice {
 public:
  DriverFactory factory() override { return instrument_.factory(); }
  v1::Setup setup() override {
    v1::Setup setup;
    *setup.add_channels() = channel("out", "voltage", 0.0, 50.0, true);
    *setup.add_channels() = channel("in", "current", 0.0, 0.0, false);
    return setup;
  }
  double harmless_value() const override { return 1.0; }
  int writes() override {
    const auto calls = instrument_.calls();
    return static_cast<int>(std::count_if(calls.begin(), calls.end(), [](const auto& call) {
      return call.rfind("write", 0) == 0 || call == "make_safe";
    }));
  }
  void fall_silent() override { fail_all("DEVICE_TIMEOUT"); }
  void talk_nonsense() override { fail_all("DEVICE_LOST"); }
  void mend() override { fail_all(""); }

 private:
  void fail_all(const std::string& reason) {
    for (const char* call : {"identify", "open", "read", "write", "make_safe"}) {
      instrument_.fail(call, reason);
    }
  }
  FakeInstrument instrument_;
};

INSTANTIATE_TEST_SUITE_P(Fake, PluginContractTest, ::testing::Values(make_device<FakeDevice>));

}  // namespace
}  // namespace benchd::plugin::testing
