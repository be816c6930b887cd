#include "plugins/labjack_t7/driver.hpp"
#include "tests/contract/plugins/simulated_device.hpp"

namespace benchd::plugin::testing {
namespace {

class T7Device final : public SimulatedDevice {
 public:
  T7Device() : SimulatedDevice("t7") {}
  DriverFactory factory() override { return labjack_t7::make_driver; }
  v1::Setup setup() override {
    v1::Setup setup = benchd::test::setup_for(benchd::test::local(bench_.t7_port()));
    *setup.add_channels() = channel("out", "DAC0", 0.0, 5.0, true);
    *setup.add_channels() = channel("in", "AIN5", -100.0, 100.0, false);
    return setup;
  }
  double harmless_value() const override { return 0.5; }
};

INSTANTIATE_TEST_SUITE_P(T7, PluginContractTest, ::testing::Values(make_device<T7Device>));

}  // namespace
}  // namespace benchd::plugin::testing
