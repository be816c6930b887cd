#include "plugins/modbus/driver.hpp"
#include "tests/contract/plugins/simulated_device.hpp"

namespace benchd::plugin::testing {
namespace {

class AdamDevice final : public SimulatedDevice {
 public:
  AdamDevice() : SimulatedDevice("adam") {}
  DriverFactory factory() override { return modbus::make_driver; }
  v1::Setup setup() override {
    v1::Setup setup =
        benchd::test::setup_with_profile(benchd::test::local(bench_.adam_port()), "adam-6050");
    *setup.add_channels() = channel("out", "do1", 0.0, 1.0, true);
    *setup.add_channels() = channel("in", "di0", 0.0, 1.0, false);
    return setup;
  }
  double harmless_value() const override { return 1.0; }
};

INSTANTIATE_TEST_SUITE_P(Adam, PluginContractTest, ::testing::Values(make_device<AdamDevice>));

}  // namespace
}  // namespace benchd::plugin::testing
