#include "benchd/plugin/run_plugin.hpp"
#include "plugins/modbus/driver.hpp"

int main(int argc, char** argv) {
  return benchd::plugin::run_plugin(argc, argv, {.name = "modbus", .version = "0.1.0"},
                                    benchd::plugin::modbus::make_driver);
}
