#include "benchd/plugin/run_plugin.hpp"
#include "plugins/labjack_t7/driver.hpp"

int main(int argc, char** argv) {
  return benchd::plugin::run_plugin(argc, argv, {.name = "labjack_t7", .version = "0.1.0"},
                                    benchd::plugin::labjack_t7::make_driver);
}
