#include "benchd/plugin/run_plugin.hpp"
#include "plugins/scpi/driver.hpp"

int main(int argc, char** argv) {
  return benchd::plugin::run_plugin(argc, argv, {.name = "scpi", .version = "0.1.0"},
                                    benchd::plugin::scpi::make_driver);
}
