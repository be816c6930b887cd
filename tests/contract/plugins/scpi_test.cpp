#include "plugins/scpi/driver.hpp"
#include "tests/contract/plugins/simulated_device.hpp"

namespace benchd::plugin::testing {
namespace {

class PsbDevice final : public SimulatedDevice {
 public:
  PsbDevice() : SimulatedDevice("psb") {}
  DriverFactory factory() override { return scpi::make_driver; }
  v1::Setup setup() override {
    v1::Setup setup =
        benchd::test::setup_with_profile(benchd::test::local(bench_.psb_port()), "ea-psb-10060-60");
    *setup.add_channels() = channel("out", "voltage_set", 0.0, 52.0, true);
    *setup.add_channels() = channel("in", "voltage", -60.0, 60.0, false);
    return setup;
  }
  double harmless_value() const override { return 1.0; }
};

INSTANTIATE_TEST_SUITE_P(Psb, PluginContractTest, ::testing::Values(make_device<PsbDevice>));

}  // namespace
}  // namespace benchd::plugin::testing
